import type { Format } from "../i18n/format.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { classes } from "../ui/classes.ts";
import type { Measure, Scale } from "../ui/scales.ts";
import styles from "./RideMap.module.css";
import { texts } from "./texts.ts";

/** What the colours of the line mean. */
export function Legend({ scale }: { scale: Scale }) {
  const t = useTexts(texts);
  const format = useFormat();
  const say = (value: number) => told(format, scale.measure, value);
  return (
    <ul className={styles["legend"]} aria-label={t.legend}>
      {scale.shades.map((shade, at) => {
        const low = scale.breaks[at - 1];
        const high = scale.breaks[at];
        return (
          <li key={shade}>
            <span className={classes(styles["swatch"], styles[shade])} aria-hidden="true" />
            {scale.measure === "gradient" && at < 2
              ? at === 0
                ? t.shades.downhill
                : t.shades.flat
              : low === undefined
                ? high !== undefined && t.shades.below(say(high))
                : high === undefined
                  ? t.shades.above(say(low))
                  : t.shades.between(bare(say(low)), say(high))}
          </li>
        );
      })}
    </ul>
  );
}

function told(format: Format, measure: Measure, value: number): string {
  if (measure === "gradient") return format.gradient(value, 0);
  if (measure === "speed_kmh") {
    return `${format.number(value / format.kmPerUnit)}\u00a0${format.speedUnit}`;
  }
  return measure === "power_w" ? format.power(value) : format.heartRate(value);
}

/** The number without its unit. */
function bare(text: string): string {
  return text.split("\u00a0")[0] ?? text;
}
