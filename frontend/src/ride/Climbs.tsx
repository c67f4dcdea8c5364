import type { Range } from "../api/samples.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import type { Climb } from "./climbs.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

interface ClimbsProps {
  climbs: readonly Climb[];
  hasElevation: boolean;
  onStretch: (range: Range) => void;
}

/** The climbs; pressed, map and profile go there. */
export function Climbs({ climbs, hasElevation, onStretch }: ClimbsProps) {
  const t = useTexts(texts);
  const format = useFormat();
  if (!hasElevation) return null;
  const place = (km: number) => format.number(km / format.kmPerUnit, 1);
  const at = format.units === "km" ? t.at : t.atMiles;
  return (
    <section className={styles["card"]}>
      <h2>{t.climbs}</h2>
      {climbs.length === 0 ? (
        <p className={styles["soft"]}>{t.noClimbs}</p>
      ) : (
        <ul className={styles["climbs"]}>
          {climbs.map((climb) => (
            <li key={climb.fromKm}>
              <button
                type="button"
                className={styles["climb"]}
                title={t.seeClimb(climb.name)}
                onClick={() => onStretch({ fromKm: climb.fromKm, toKm: climb.toKm })}
              >
                <span className={styles["sign"]} aria-hidden="true">
                  {climb.sign}
                </span>
                <span className={styles["climb-name"]}>
                  <strong>{climb.name}</strong>
                  <span className={styles["soft"]}>
                    {at(place(climb.fromKm), place(climb.toKm))}
                  </span>
                </span>
                <span className={styles["climb-numbers"]}>
                  <span>{format.distance(climb.lengthKm)}</span>
                  <span>+{format.elevation(climb.gainM)}</span>
                  <span>
                    {format.gradient(climb.average)}{" "}
                    <span className={styles["soft"]}>
                      ({t.steepest(format.gradient(climb.steepest))})
                    </span>
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
