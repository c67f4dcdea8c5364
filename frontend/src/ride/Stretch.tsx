import { Share2, X } from "lucide-react";
import type { Range } from "../api/samples.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { share } from "./sharing.ts";
import { texts } from "./texts.ts";
import { useStretch } from "./queries.ts";
import styles from "./Ride.module.css";

interface StretchProps {
  gpxFileId: string;
  range: Range;
  address: string;
  onClear: () => void;
}

/** The numbers of the chosen stretch. */
export function Stretch({ gpxFileId, range, address, onClear }: StretchProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const { data, error, refetch } = useStretch(gpxFileId, range);
  const names = t.stretchNumbers;
  const place = (km: number) => format.number(km / format.kmPerUnit, 1);
  const numbers: [string, string][] = data
    ? [
        [names.distance, format.distance(data.distance_km, data.distance_km < 10 ? 2 : 1)],
        [names.gain, format.elevation(data.elevation_gain)],
        [names.loss, format.elevation(data.elevation_loss)],
        [names.average, format.gradient(data.avg_gradient)],
        [names.steepest, format.gradient(data.max_gradient)],
        [names.time, format.duration(data.moving_time_minutes)],
        [names.speed, format.speed(data.avg_speed_kmh)],
      ]
    : [];
  return (
    <section className={styles["stretch"]} aria-label={t.stretch}>
      <div className={styles["stretch-head"]}>
        <strong>
          {format.distanceUnit} {place(range.fromKm)} – {place(range.toKm)}
        </strong>
        <Button kind="quiet" label={t.shareStretch} onPress={() => void share(address, t)}>
          <Share2 aria-hidden="true" />
        </Button>
        <Button kind="quiet" label={t.clear} onPress={onClear}>
          <X aria-hidden="true" />
        </Button>
      </div>
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <dl className={styles["stretch-numbers"]} aria-busy={!data} aria-live="polite">
          {data
            ? numbers.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))
            : Object.values(names).map((name) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>…</dd>
                </div>
              ))}
        </dl>
      )}
    </section>
  );
}
