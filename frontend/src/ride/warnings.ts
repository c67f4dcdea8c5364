/** What the analysis mended in a file, as sentences. */
import type { Schemas } from "../api/client.ts";
import { defineTexts, plural } from "../i18n/texts.ts";

export type Told = (count: number, shown: string) => string;

/** Every kind that the engine knows, and one sentence for those that it may learn. */
export const KINDS = [
  "invalid_position",
  "wrapped_longitude",
  "invalid_elevation",
  "invalid_sensor",
  "invalid_time",
  "implausible_time",
  "duplicate_point",
  "repeated_time",
  "backward_time",
  "teleport",
] as const;
type Kind = (typeof KINDS)[number];

export const sentences = defineTexts<Record<Kind | "unknown", Told>>({
  es: {
    invalid_position: (n, shown) =>
      plural(
        n,
        "Un punto no estaba en la Tierra y se ha quitado.",
        `${shown} puntos no estaban en la Tierra y se han quitado.`,
      ),
    wrapped_longitude: (n, shown) =>
      plural(
        n,
        "Una longitud pasaba de 180° y se ha corregido.",
        `${shown} longitudes pasaban de 180° y se han corregido.`,
      ),
    invalid_elevation: (n, shown) =>
      plural(
        n,
        "Una altitud era imposible y no se ha tenido en cuenta.",
        `${shown} altitudes eran imposibles y no se han tenido en cuenta.`,
      ),
    invalid_sensor: (n, shown) =>
      plural(
        n,
        "Un dato de los sensores era imposible y se ha quitado.",
        `${shown} datos de los sensores eran imposibles y se han quitado.`,
      ),
    invalid_time: (n, shown) =>
      plural(
        n,
        "Una hora no se podía leer y se ha quitado.",
        `${shown} horas no se podían leer y se han quitado.`,
      ),
    implausible_time: (n, shown) =>
      plural(
        n,
        "Una hora es anterior a 1990 o está en el futuro: revisa el reloj del aparato.",
        `${shown} horas son anteriores a 1990 o están en el futuro: revisa el reloj del aparato.`,
      ),
    duplicate_point: (n, shown) =>
      plural(
        n,
        "Un punto estaba repetido y cuenta una sola vez.",
        `${shown} puntos estaban repetidos y cuentan una sola vez.`,
      ),
    repeated_time: (n, shown) =>
      plural(
        n,
        "Un punto repetía la hora de otro: se usa su posición, no su hora.",
        `${shown} puntos repetían la hora de otro: se usa su posición, no su hora.`,
      ),
    backward_time: (n, shown) =>
      plural(
        n,
        "El reloj dio un salto atrás en un punto, cuya hora no se usa.",
        `El reloj iba hacia atrás en ${shown} puntos, cuyas horas no se usan.`,
      ),
    teleport: (n, shown) =>
      plural(
        n,
        "Un punto estaba demasiado lejos para haber llegado hasta él y se ha quitado.",
        `${shown} puntos estaban demasiado lejos para haber llegado hasta ellos y se han quitado.`,
      ),
    unknown: (n, shown) =>
      plural(
        n,
        "Un dato del archivo no podía ser cierto y se ha corregido o quitado.",
        `${shown} datos del archivo no podían ser ciertos y se han corregido o quitado.`,
      ),
  },
  en: {
    invalid_position: (n, shown) =>
      plural(
        n,
        "One point was nowhere on earth and was left out.",
        `${shown} points were nowhere on earth and were left out.`,
      ),
    wrapped_longitude: (n, shown) =>
      plural(
        n,
        "One longitude was over 180° and was mended.",
        `${shown} longitudes were over 180° and were mended.`,
      ),
    invalid_elevation: (n, shown) =>
      plural(
        n,
        "One elevation was impossible and was not used.",
        `${shown} elevations were impossible and were not used.`,
      ),
    invalid_sensor: (n, shown) =>
      plural(
        n,
        "One value of the sensors was impossible and was left out.",
        `${shown} values of the sensors were impossible and were left out.`,
      ),
    invalid_time: (n, shown) =>
      plural(
        n,
        "One time could not be read and was left out.",
        `${shown} times could not be read and were left out.`,
      ),
    implausible_time: (n, shown) =>
      plural(
        n,
        "One time is before 1990 or in the future: look at the clock of the device.",
        `${shown} times are before 1990 or in the future: look at the clock of the device.`,
      ),
    duplicate_point: (n, shown) =>
      plural(
        n,
        "One point was there twice and counts once.",
        `${shown} points were there twice and count once.`,
      ),
    repeated_time: (n, shown) =>
      plural(
        n,
        "One point had the time of another: its place is used, its time is not.",
        `${shown} points had the time of another: their places are used, their times are not.`,
      ),
    backward_time: (n, shown) =>
      plural(
        n,
        "The clock went back at one point, whose time is not used.",
        `The clock went back at ${shown} points, whose times are not used.`,
      ),
    teleport: (n, shown) =>
      plural(
        n,
        "One point was too far away to have been reached and was left out.",
        `${shown} points were too far away to have been reached and were left out.`,
      ),
    unknown: (n, shown) =>
      plural(
        n,
        "One value of the file could not be true and was mended or left out.",
        `${shown} values of the file could not be true and were mended or left out.`,
      ),
  },
});

/** The sentences of one language for what was found; kinds that are not known are one of them. */
export function warningsOf(
  warnings: readonly Pick<Schemas["WarningOut"], "kind" | "count">[],
  told: Record<Kind | "unknown", Told>,
  number: (count: number) => string,
): string[] {
  const unknown = warnings.filter(({ kind }) => !isKnown(kind));
  const known = warnings.flatMap(({ kind, count }) =>
    isKnown(kind) ? [told[kind](count, number(count))] : [],
  );
  const others = unknown.reduce((sum, { count }) => sum + count, 0);
  return others > 0 ? [...known, told.unknown(others, number(others))] : known;
}

function isKnown(kind: string): kind is Kind {
  return KINDS.some((each) => each === kind);
}
