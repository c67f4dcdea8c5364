/** What the analysis mended in a file, as sentences. */
import type { Schemas } from "../api/client.ts";
import { defineTexts, plural } from "../i18n/texts.ts";

export type Told = (count: number, shown: string) => string;

/** Of every kind that the engine knows, and one for those that it may learn. */
export const sentences = defineTexts({
  es: {
    padded_document: (n, shown) =>
      plural(
        n,
        "El archivo tenía relleno delante o detrás, que no cuenta.",
        `El archivo tenía relleno en ${shown} sitios, que no cuenta.`,
      ),
    bare_ampersand: (n, shown) =>
      plural(
        n,
        "Un nombre tenía un «&» sin codificar, que se ha leído como tal.",
        `Los nombres tenían ${shown} «&» sin codificar, que se han leído como tales.`,
      ),
    misplaced_point: (n, shown) =>
      plural(
        n,
        "Un punto estaba fuera de los tramos y se ha leído igualmente.",
        `${shown} puntos estaban fuera de los tramos y se han leído como uno.`,
      ),
    odd_number: (n, shown) =>
      plural(
        n,
        "Un número estaba escrito de forma poco habitual y se ha interpretado.",
        `${shown} números estaban escritos de forma poco habitual y se han interpretado.`,
      ),
    odd_time: (n, shown) =>
      plural(
        n,
        "Una hora estaba escrita de forma poco habitual y se ha interpretado.",
        `${shown} horas estaban escritas de forma poco habitual y se han interpretado.`,
      ),
    checksum_missing: (n, shown) =>
      plural(
        n,
        "El archivo no tiene suma de control y se ha leído sin ella.",
        `${shown} partes del archivo no tienen suma de control y se han leído sin ella.`,
      ),
    checksum_wrong: (n, shown) =>
      plural(
        n,
        "La suma de control del archivo no coincide: puede haber datos dañados.",
        `La suma de control de ${shown} partes del archivo no coincide: puede haber datos dañados.`,
      ),
    file_cut_off: (n, shown) =>
      plural(
        n,
        "El archivo está cortado y se ha leído hasta donde llega.",
        `${shown} partes del archivo están cortadas y se han leído hasta donde llegan.`,
      ),
    wrong_data_size: (n, shown) =>
      plural(
        n,
        "El archivo dice mal su longitud y se ha leído hasta donde llega.",
        `${shown} partes del archivo dicen mal su longitud y se han leído hasta donde llegan.`,
      ),
    unreadable_messages: (n, shown) =>
      plural(
        n,
        "Una parte del archivo es ilegible desde algún punto y lo que sigue no cuenta.",
        `${shown} partes del archivo son ilegibles desde algún punto y lo que sigue en ellas no cuenta.`,
      ),
    irregular_row: (n, shown) =>
      plural(
        n,
        "Una fila tenía más o menos campos que la cabecera: lo que le falta o sobra no cuenta.",
        `${shown} filas tenían más o menos campos que la cabecera: lo que les falta o sobra no cuenta.`,
      ),
    time_without_zone: (n, shown) =>
      plural(
        n,
        "Una hora no tenía zona horaria y se ha leído como UTC.",
        `${shown} horas no tenían zona horaria y se han leído como UTC.`,
      ),
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
    false_elevation: (n, shown) =>
      plural(
        n,
        "Una altitud no encajaba con las de alrededor y no se ha tenido en cuenta.",
        `${shown} altitudes no encajaban con las de alrededor y no se han tenido en cuenta.`,
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
    other_clock: (n, shown) =>
      plural(
        n,
        "Una hora estaba muy alejada de las demás y no se usa: el reloj cambió.",
        `${shown} horas estaban muy alejadas de las demás y no se usan: el reloj cambió.`,
      ),
    overlapping_time: (n, shown) =>
      plural(
        n,
        "Un punto tenía una hora en la que otra parte del viaje estaba en otro sitio, y no se usa.",
        `${shown} puntos tenían horas en las que otra parte del viaje estaba en otro sitio, y no se usan.`,
      ),
    backward_time: (n, shown) =>
      plural(
        n,
        "El reloj dio un salto atrás en un punto, cuya hora no se usa.",
        `El reloj iba hacia atrás en ${shown} puntos, cuyas horas no se usan.`,
      ),
    repeated_time: (n, shown) =>
      plural(
        n,
        "Un punto repetía la hora de otro: se ha repartido hasta la siguiente.",
        `${shown} puntos repetían la hora de otro: se han repartido hasta la siguiente.`,
      ),
    missing_time: (n, shown) =>
      plural(
        n,
        "La mayoría de los puntos no tiene hora: falta la de uno. Tiempos y velocidades son aproximados.",
        `La mayoría de los puntos no tiene hora: faltan las de ${shown}. Tiempos y velocidades son aproximados.`,
      ),
    duplicate_point: (n, shown) =>
      plural(
        n,
        "Un punto estaba repetido y cuenta una sola vez.",
        `${shown} puntos estaban repetidos y cuentan una sola vez.`,
      ),
    repeated_segment: (n, shown) =>
      plural(
        n,
        "Un punto estaba en un tramo grabado dos veces y cuenta una sola vez.",
        `${shown} puntos estaban en tramos grabados dos veces y cuentan una sola vez.`,
      ),
    unsorted_points: (n, shown) =>
      plural(
        n,
        "Un punto estaba desordenado y se ha puesto en orden por su hora.",
        `${shown} puntos estaban desordenados y se han puesto en orden por su hora.`,
      ),
    one_point_segment: (n, shown) =>
      plural(
        n,
        "Un punto estaba en un tramo propio y se ha unido al anterior.",
        `${shown} puntos estaban cada uno en un tramo propio y se han unido.`,
      ),
    teleport: (n, shown) =>
      plural(
        n,
        "Un punto estaba demasiado lejos para haber llegado hasta él y se ha quitado.",
        `${shown} puntos estaban demasiado lejos para haber llegado hasta ellos y se han quitado.`,
      ),
    broken_line: (n, shown) =>
      plural(
        n,
        "El recorrido continúa una vez en un lugar lejano: lo que hay en medio no cuenta.",
        `El recorrido continúa ${shown} veces en un lugar lejano: lo que hay en medio no cuenta.`,
      ),
    impossible_speed: (n, shown) =>
      plural(
        n,
        "Entre dos puntos se va a más de 150 km/h: no cuenta para las velocidades.",
        `Entre ${shown} puntos y el siguiente se va a más de 150 km/h: no cuentan para las velocidades.`,
      ),
    motor_speed: (n, shown) =>
      plural(
        n,
        "Un punto tiene la velocidad de un vehículo a motor o un tren, no de una bicicleta.",
        `${shown} puntos tienen la velocidad de un vehículo a motor o un tren, no de una bicicleta.`,
      ),
    unknown: (n, shown) =>
      plural(
        n,
        "Un dato del archivo no podía ser cierto y se ha corregido o quitado.",
        `${shown} datos del archivo no podían ser ciertos y se han corregido o quitado.`,
      ),
  } satisfies Record<string, Told>,
  en: {
    padded_document: (n, shown) =>
      plural(
        n,
        "The file had padding before or behind it, which does not count.",
        `The file had padding at ${shown} places, which does not count.`,
      ),
    bare_ampersand: (n, shown) =>
      plural(
        n,
        "A name had a bare “&” in it, which was read as such.",
        `Names had ${shown} bare “&” in them, which were read as such.`,
      ),
    misplaced_point: (n, shown) =>
      plural(
        n,
        "One point stood outside the segments and was read all the same.",
        `${shown} points stood outside the segments and were read as one.`,
      ),
    odd_number: (n, shown) =>
      plural(
        n,
        "One number was written in an unusual way and was read all the same.",
        `${shown} numbers were written in an unusual way and were read all the same.`,
      ),
    odd_time: (n, shown) =>
      plural(
        n,
        "One time was written in an unusual way and was read all the same.",
        `${shown} times were written in an unusual way and were read all the same.`,
      ),
    checksum_missing: (n, shown) =>
      plural(
        n,
        "The file has no checksum and was read without it.",
        `${shown} parts of the file have no checksum and were read without it.`,
      ),
    checksum_wrong: (n, shown) =>
      plural(
        n,
        "The checksum of the file is wrong: some of it may be damaged.",
        `The checksums of ${shown} parts of the file are wrong: some of them may be damaged.`,
      ),
    file_cut_off: (n, shown) =>
      plural(
        n,
        "The file is cut off and was read as far as it goes.",
        `${shown} parts of the file are cut off and were read as far as they go.`,
      ),
    wrong_data_size: (n, shown) =>
      plural(
        n,
        "The file is wrong about its length and was read as far as it goes.",
        `${shown} parts of the file are wrong about their length and were read as far as they go.`,
      ),
    unreadable_messages: (n, shown) =>
      plural(
        n,
        "One part of the file is unreadable from some place on, and what follows in it does not count.",
        `${shown} parts of the file are unreadable from some place on, and what follows in them does not count.`,
      ),
    irregular_row: (n, shown) =>
      plural(
        n,
        "One row had fewer or more fields than the header: what does not fit does not count.",
        `${shown} rows had fewer or more fields than the header: what does not fit does not count.`,
      ),
    time_without_zone: (n, shown) =>
      plural(
        n,
        "One time had no time zone and was read as UTC.",
        `${shown} times had no time zone and were read as UTC.`,
      ),
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
    false_elevation: (n, shown) =>
      plural(
        n,
        "One elevation did not fit those around it and was not used.",
        `${shown} elevations did not fit those around them and were not used.`,
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
    other_clock: (n, shown) =>
      plural(
        n,
        "One time was far from the others and is not used: the clock changed.",
        `${shown} times were far from the others and are not used: the clock changed.`,
      ),
    overlapping_time: (n, shown) =>
      plural(
        n,
        "One point had a time at which another part of the ride was elsewhere; it is not used.",
        `${shown} points had times at which another part of the ride was elsewhere; they are not used.`,
      ),
    backward_time: (n, shown) =>
      plural(
        n,
        "The clock went back at one point, whose time is not used.",
        `The clock went back at ${shown} points, whose times are not used.`,
      ),
    repeated_time: (n, shown) =>
      plural(
        n,
        "One point had the time of another: it was spread until the next.",
        `${shown} points had the time of another: they were spread until the next.`,
      ),
    missing_time: (n, shown) =>
      plural(
        n,
        "Most points have no time: that of one is missing. Durations and speeds are approximate.",
        `Most points have no time: those of ${shown} are missing. Durations and speeds are approximate.`,
      ),
    duplicate_point: (n, shown) =>
      plural(
        n,
        "One point was there twice and counts once.",
        `${shown} points were there twice and count once.`,
      ),
    repeated_segment: (n, shown) =>
      plural(
        n,
        "One point was in a part recorded twice and counts once.",
        `${shown} points were in parts recorded twice and count once.`,
      ),
    unsorted_points: (n, shown) =>
      plural(
        n,
        "One point was out of order and was sorted by its time.",
        `${shown} points were out of order and were sorted by their times.`,
      ),
    one_point_segment: (n, shown) =>
      plural(
        n,
        "One point stood in a segment of its own and was joined to the one before.",
        `${shown} points stood in segments of their own and were joined.`,
      ),
    teleport: (n, shown) =>
      plural(
        n,
        "One point was too far away to have been reached and was left out.",
        `${shown} points were too far away to have been reached and were left out.`,
      ),
    broken_line: (n, shown) =>
      plural(
        n,
        "The ride goes on far away once: what lies in between does not count.",
        `The ride goes on far away ${shown} times: what lies in between does not count.`,
      ),
    impossible_speed: (n, shown) =>
      plural(
        n,
        "Between two points the speed is over 150 km/h: it does not count for the speeds.",
        `At ${shown} points the speed to the next is over 150 km/h: they do not count for the speeds.`,
      ),
    motor_speed: (n, shown) =>
      plural(
        n,
        "One point has the speed of a motor vehicle or a train, not of a bicycle.",
        `${shown} points have the speed of a motor vehicle or a train, not of a bicycle.`,
      ),
    unknown: (n, shown) =>
      plural(
        n,
        "One value of the file could not be true and was mended or left out.",
        `${shown} values of the file could not be true and were mended or left out.`,
      ),
  },
});
type Sentences = (typeof sentences)["es"];
type Kind = Exclude<keyof Sentences, "unknown">;
export const KINDS = Object.keys(sentences.es).filter(isKnown);

/** The sentences of one language for what was found; kinds that are not known are one of them. */
export function warningsOf(
  warnings: readonly Pick<Schemas["WarningOut"], "kind" | "count">[],
  told: Sentences,
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
  return kind !== "unknown" && Object.hasOwn(sentences.es, kind);
}
