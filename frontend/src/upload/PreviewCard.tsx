import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { marginOf } from "../ui/give-or-take.ts";
import { GiveOrTake } from "../ui/GiveOrTake.tsx";
import { pathOf } from "../ui/polyline.ts";
import { type Preview } from "./look.ts";
import { profilePath, thinned } from "./sketch.ts";
import { texts } from "./texts.ts";
import styles from "./PreviewCard.module.css";

const LINE = { width: 160, height: 120, margin: 10 };
const PROFILE = { width: 320, height: 96 };

/** What a file says: its line, its profile, its numbers. */
export function PreviewCard({ preview }: { preview: Preview }) {
  const t = useTexts(texts);
  const format = useFormat();
  const line = thinned(preview.trackpoints, 400).map(
    ({ latitude, longitude }) => [latitude, longitude] as const,
  );
  const profile = profilePath(preview.trackpoints, PROFILE);
  const margin = marginOf(preview.elevation_gain_low, preview.elevation_gain_high, format);
  const numbers = [
    { label: t.distance, value: format.distance(preview.distance_km) },
    { label: t.gain, value: format.elevation(preview.elevation_gain), margin },
    { label: t.moving, value: format.duration(preview.moving_time_minutes) },
    { label: t.highest, value: format.elevation(preview.max_elevation) },
  ];
  return (
    <div className={styles["card"]}>
      <svg
        className={styles["line"]}
        viewBox={`0 0 ${LINE.width} ${LINE.height}`}
        role="img"
        aria-label={t.line}
      >
        <path d={pathOf(line, LINE)} />
      </svg>
      {profile ? (
        <svg
          className={styles["profile"]}
          viewBox={`0 0 ${PROFILE.width} ${PROFILE.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t.profile}
        >
          <path d={profile} />
        </svg>
      ) : (
        <p className={styles["none"]}>{t.noElevation}</p>
      )}
      <dl className={styles["numbers"]}>
        {numbers.map(({ label, value, margin }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {value} {margin && <GiveOrTake margin={margin} />}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
