import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

const MOST = 50;

/** The named places of the file, for those who do not see them on the map. */
export function Places({ places }: { places: readonly Schemas["WaypointOut"][] }) {
  const t = useTexts(texts);
  const format = useFormat();
  if (places.length === 0) return null;
  return (
    <section className={styles["card"]}>
      <h2>{t.places}</h2>
      <ul className={styles["sentences"]}>
        {places.slice(0, MOST).map(({ name, elevation }, index) => (
          <li key={index}>
            {name ?? t.noName}
            {elevation !== null && (
              <span className={styles["soft"]}> · {format.elevation(elevation)}</span>
            )}
          </li>
        ))}
        {places.length > MOST && <li>+ {format.number(places.length - MOST)}</li>}
      </ul>
    </section>
  );
}
