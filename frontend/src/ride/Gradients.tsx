import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { classes } from "../ui/classes.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

const CLASSES = [
  ["llano", "flat"],
  ["moderado", "moderate"],
  ["empinado", "steep"],
  ["muy_empinado", "very-steep"],
] as const;

/** How much road is how steep, uphill and downhill. */
export function Gradients({ distribution }: { distribution: Schemas["GradientDistributionOut"] }) {
  const t = useTexts(texts);
  const format = useFormat();
  const longest = Math.max(...CLASSES.map(([name]) => distribution[name].distance_km), 1e-9);
  const width = (km: number) => ({ width: `${(100 * km) / longest}%` });
  return (
    <section className={styles["card"]}>
      <h2>{t.gradients}</h2>
      <ul className={styles["gradients"]}>
        {CLASSES.map(([name, shade]) => {
          const { distance_km, percentage, uphill_km, downhill_km } = distribution[name];
          return (
            <li key={name}>
              <span className={styles["gradient-name"]}>{t.classes[name]}</span>
              <span className={styles["gradient-value"]}>
                {format.distance(distance_km)} · {format.percent(percentage / 100)}
              </span>
              <span className={styles["bar"]} aria-hidden="true">
                <span className={classes(styles["up"], styles[shade])} style={width(uphill_km)} />
                <span
                  className={classes(styles["down"], styles[shade])}
                  style={width(downhill_km)}
                />
              </span>
              <span className={styles["gradient-parts"]}>
                {t.up} {format.distance(uphill_km)} · {t.down} {format.distance(downhill_km)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
