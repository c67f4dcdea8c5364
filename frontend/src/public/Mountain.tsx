import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { climbs, FOOT_M, LENGTH_KM, type Steepness, stretches, TOP_M } from "./mountain.ts";
import styles from "./Mountain.module.css";
import { texts } from "./texts.ts";

const WIDTH = 1200;
const HEIGHT = 300;
/** Below the foot, so that there is ground to colour. */
const GROUND = 34;
const SHOWN: readonly Steepness[] = ["downhill", "flat", "moderate", "steep", "very-steep"];

const x = (km: number) => Math.round((km / LENGTH_KM) * WIDTH * 10) / 10;
const y = (elevation: number) =>
  Math.round((4 + ((TOP_M - elevation) / (TOP_M - FOOT_M)) * (HEIGHT - 4 - GROUND)) * 10) / 10;

const ROAD = stretches();
const CLIMBS = climbs();

/** What the app does, in one picture: the profile of a ride, its climbs and their gradients. */
export function Mountain() {
  const t = useTexts(texts);
  const format = useFormat();
  const named = CLIMBS.map((climb) => ({
    ...climb,
    name: t.climb(format.distance(climb.lengthKm), format.gradient(climb.gradient)),
    top: format.elevation(climb.topM),
  }));
  return (
    <figure className={styles["mountain"]}>
      <div className={styles["picture"]}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t.picture(named.map(({ name }) => name).join("; "))}
        >
          {ROAD.map(({ steepness, points }) => (
            <path
              key={points[0]?.[0]}
              className={styles[steepness]}
              d={`${lineOf(points)}V${HEIGHT}H${x(points[0]?.[0] ?? 0)}Z`}
            />
          ))}
          <path className={styles["road"]} d={lineOf(ROAD.flatMap(({ points }) => points))} />
        </svg>
        {named.map(({ toKm, topM, name, top }) => (
          <p
            key={toKm}
            aria-hidden="true"
            className={styles["climb"]}
            style={{
              left: `${(x(toKm) / WIDTH) * 100}%`,
              bottom: `${(1 - y(topM) / HEIGHT) * 100}%`,
            }}
          >
            <strong>{top}</strong>
            {name}
          </p>
        ))}
      </div>
      <figcaption className={styles["legend"]}>
        <span>{t.legend}</span>
        <ul>
          {SHOWN.map((steepness) => (
            <li key={steepness} className={styles[steepness]}>
              {t.steepness[steepness]}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function lineOf(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([km, elevation], index) => `${index === 0 ? "M" : "L"}${x(km)},${y(elevation)}`)
    .join("");
}
