import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { climbs, FOOT_M, LENGTH_KM, type Steepness, stretches, TOP_M } from "./mountain.ts";
import styles from "./Mountain.module.css";
import { texts } from "./texts.ts";

const WIDTH = 1200;
const HEIGHT = 340;
/** Above the top, for what is written there. */
const AIR = 62;
const GROUND = 34;
const SHOWN: readonly Steepness[] = ["downhill", "flat", "moderate", "steep", "very-steep"];

const x = (km: number) => Math.round((km / LENGTH_KM) * WIDTH * 10) / 10;
const y = (elevation: number) =>
  Math.round((AIR + ((TOP_M - elevation) / (TOP_M - FOOT_M)) * (HEIGHT - AIR - GROUND)) * 10) / 10;

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
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
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
        {named.map(({ toKm, topM, name, top }) => (
          <g key={toKm} className={styles["climb"]}>
            <path d={`M${x(toKm)},${y(topM) - 8}V${y(topM) - 18}`} />
            <circle cx={x(toKm)} cy={y(topM)} r="5" />
            <text x={x(toKm)} y={y(topM) - 44} className={styles["top"]}>
              {top}
            </text>
            <text x={x(toKm)} y={y(topM) - 25}>
              {name}
            </text>
          </g>
        ))}
      </svg>
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
