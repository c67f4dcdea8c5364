import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Schemas } from "../api/client.ts";
import { type Range, type Sensor, SENSORS } from "../api/samples.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { OVERVIEW_POINTS } from "../map/detail.ts";
import { lineOf } from "../map/line.ts";
import { RouteSketch } from "../map/RouteSketch.tsx";
import { Profile } from "../profile/Profile.tsx";
import type { Axis, Second } from "../profile/profile-math.ts";
import { ProfileTables } from "../profile/ProfileTables.tsx";
import { climbsOf } from "../ride/climbs.ts";
import { Climbs } from "../ride/Climbs.tsx";
import { Description } from "../ride/Description.tsx";
import { Gradients } from "../ride/Gradients.tsx";
import { hashOf, rangeOf } from "../ride/hash.ts";
import { DeviceTotals } from "../ride/DeviceTotals.tsx";
import { FirstNumbers, OtherNumbers } from "../ride/Numbers.tsx";
import { Places } from "../ride/Places.tsx";
import { useOverview, useSamples } from "../ride/queries.ts";
import { Stretch } from "../ride/Stretch.tsx";
import { texts } from "../ride/texts.ts";
import { Warnings } from "../ride/Warnings.tsx";
import { classes } from "../ui/classes.ts";
import type { Measure } from "../ui/scales.ts";
import { createSignal } from "../ui/signal.ts";
import { Trouble } from "../ui/Trouble.tsx";
import styles from "./RidePage.module.css";

// On its way as soon as this page is, while the ride is asked for.
const loadMap = () => import("../map/RideMap.tsx");
const mapCode = loadMap();
const RideMap = lazy(() => mapCode);

interface RecordingProps {
  trip: Schemas["TripOut"];
  file: Schemas["GpxMetadataOut"];
  address: string;
}

/** The numbers, map and profile of a ride, and everything that is told of them. */
export function Recording({ trip, file, address }: RecordingProps) {
  const t = useTexts(texts);
  const id = file.gpx_file_id;
  const [cursor] = useState(() => createSignal<number | null>(null));
  const [stretch, setStretch] = useRangeOfAddress();
  const [zoom, setZoom] = useState<Range | null>(null);
  const [axis, setAxis] = useState<Axis>("distance");
  const hasElevation = file.has_elevation ?? false;
  const sensors = SENSORS.filter((sensor) => file.sensors?.[sensor]);
  const speed = file.has_timestamps ? (["speed_kmh"] as const) : [];
  const measures: readonly Measure[] = [
    ...(hasElevation ? (["gradient"] as const) : []),
    ...speed,
    ...(["heart_rate_bpm", "power_w"] as const).filter((each) => sensors.includes(each)),
  ];
  // Where no elevation is known, what else was measured is worth a look.
  const seconds: readonly Second[] = [...speed, ...sensors];
  const [second, setSecond] = useState<Second | null>(hasElevation ? null : (seconds[0] ?? null));
  const [measure, setMeasure] = useState<Measure>(measures[0] ?? "gradient");
  const overview = useOverview(id, OVERVIEW_POINTS);
  const wanted = (shown: string | null): Sensor[] => sensors.filter((sensor) => sensor === shown);
  const whole = useSamples(id, wanted(measure), null);
  const shown = useSamples(id, wanted(second), zoom);
  const track = overview.data;
  const line = useMemo(() => track && lineOf(track.trackpoints), [track]);
  const climbs = useMemo(() => climbsOf(track?.route_statistics?.top_climbs ?? [], t), [track, t]);
  const samples = shown.data;
  const [isBroken, setIsBroken] = useState(false);
  const profile = useRef<HTMLDivElement>(null);
  const sketch = file.preview && (
    <RouteSketch polyline={file.preview.polyline} isInstead={isBroken} />
  );
  const distribution = track?.route_statistics?.gradient_distribution;

  return (
    <>
      <div className={styles["numbers"]}>
        <FirstNumbers file={file} statistics={track?.route_statistics} />
      </div>
      <div className={styles["stage"]}>
        <div className={styles["map"]}>
          {sketch}
          {line && !isBroken && (
            <Suspense>
              <RideMap
                gpxFileId={id}
                overview={line}
                storedPoints={file.simplified_points ?? 0}
                samples={whole.data ?? null}
                cursor={cursor}
                stretch={stretch}
                climbs={climbs}
                places={track?.waypoints ?? []}
                measure={measure}
                measures={measures}
                onMeasure={setMeasure}
                onStretch={setStretch}
                onBroken={() => setIsBroken(true)}
              />
            </Suspense>
          )}
        </div>
        {(overview.error ?? shown.error) && (
          <Trouble
            error={overview.error ?? shown.error}
            onRetry={() => void Promise.all([overview.refetch(), shown.refetch(), whole.refetch()])}
          />
        )}
        <div
          ref={profile}
          className={classes(
            styles["profile"],
            !hasElevation && seconds.length === 0 && styles["nothing"],
          )}
        >
          {samples && (hasElevation || seconds.length > 0) && (
            <Profile
              samples={samples}
              cursor={cursor}
              stretch={stretch}
              onStretch={setStretch}
              axis={axis}
              onAxis={setAxis}
              second={second}
              onSecond={setSecond}
              seconds={seconds}
              hasElevation={hasElevation}
              hasTime={file.has_timestamps ?? false}
              isZoomed={zoom !== null}
              onZoom={(isZoomed) => setZoom(isZoomed ? stretch : null)}
            />
          )}
        </div>
        {stretch && (
          <Stretch
            gpxFileId={id}
            range={stretch}
            address={`${address}${hashOf(stretch)}`}
            onClear={() => {
              setStretch(null);
              // What was pressed goes with the stretch.
              profile.current?.querySelector<HTMLElement>("[role=application]")?.focus();
            }}
          />
        )}
      </div>
      {track ? (
        <div className={styles["rest"]}>
          <Climbs climbs={climbs} hasElevation={track.has_elevation} onStretch={setStretch} />
          <OtherNumbers file={file} statistics={track.route_statistics} />
          <DeviceTotals file={file} statistics={track.route_statistics} />
          {distribution && <Gradients distribution={distribution} />}
          <Warnings warnings={file.warnings ?? []} />
          <Places places={track.waypoints} />
          <Description html={trip.description} />
          {whole.data && <ProfileTables samples={whole.data} climbs={climbs} />}
        </div>
      ) : (
        <div className={styles["rest-ghost"]} aria-hidden="true" />
      )}
    </>
  );
}

/** The stretch that the address names, so that it can be shared and comes back. */
function useRangeOfAddress(): [Range | null, (range: Range | null) => void] {
  const { hash, pathname, search } = useLocation();
  const navigate = useNavigate();
  const range = useMemo(() => rangeOf(hash), [hash]);
  const setRange = (next: Range | null) => {
    void navigate(
      { pathname, search, hash: hashOf(next) },
      { replace: true, preventScrollReset: true },
    );
  };
  return [range, setRange];
}
