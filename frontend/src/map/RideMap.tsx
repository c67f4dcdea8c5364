import { Maximize2 } from "lucide-react";
import "maplibre-gl/dist/maplibre-gl.css";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Range, Samples } from "../api/samples.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { bandsOf, type Measure, MEASURES, scaleOf } from "../ui/scales.ts";
import type { Signal } from "../ui/signal.ts";
import { Legend } from "./Legend.tsx";
import type { Place } from "./layers.ts";
import type { Line } from "./line.ts";
import { texts } from "./texts.ts";
import { type Climb, useMapView } from "./use-map-view.ts";
import { useDetail } from "./use-detail.ts";
import styles from "./RideMap.module.css";

export interface RideMapProps {
  gpxFileId: string;
  /** The ride at a glance, and of how many points it is stored. */
  overview: Line;
  storedPoints: number;
  /** What was measured along it; null until it is known. */
  samples: Samples | null;
  cursor: Signal<number | null>;
  stretch: Range | null;
  climbs: readonly Climb[];
  places: readonly Place[];
  /** What colours the line, and of what there is to choose. */
  measure: Measure;
  measures: readonly Measure[];
  onMeasure: (measure: Measure) => void;
  onStretch: (range: Range) => void;
  /** The map cannot be shown. */
  onBroken: () => void;
}

export default function RideMap(props: RideMapProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const [metresPerPx, setMetresPerPx] = useState<number | null>(null);
  const { line, level } = useDetail(props, metresPerPx);
  const scale = useMemo(
    () => props.samples && scaleOf(props.measure, props.samples),
    [props.samples, props.measure],
  );
  const bands = useMemo(
    () => (props.samples && scale ? bandsOf(props.samples, scale, level.mostBands) : []),
    [props.samples, scale, level],
  );
  const view = useMapView(box, {
    ...props,
    kmPerUnit: format.kmPerUnit,
    onScale: setMetresPerPx,
  });

  useEffect(() => view?.setLine(line, bands), [view, line, bands]);
  useEffect(() => view?.setStretch(props.stretch), [view, props.stretch]);
  useEffect(() => view?.setPlaces(props.places), [view, props.places]);
  useEffect(() => {
    // What is chosen on the map's own part of the page is looked at, the whole again when it is not.
    if (props.stretch) view?.goTo(props.stretch);
  }, [view, props.stretch]);
  const choices = MEASURES.filter((measure) => props.measures.includes(measure));

  return (
    <>
      <div className={styles["canvas"]} data-level={level.name}>
        <div ref={box} className={styles["map"]} />
      </div>
      <div className={styles["tools"]}>
        {choices.length > 1 && (
          <Choice
            label={t.colour}
            isQuiet
            value={props.measure}
            choices={choices.map((measure) => [measure, t.measures[measure]] as const)}
            onChange={props.onMeasure}
          />
        )}
        <Button label={t.whole} onPress={() => view?.goTo(null)}>
          <Maximize2 aria-hidden="true" />
        </Button>
      </div>
      <div className={styles["foot"]}>{scale && <Legend scale={scale} />}</div>
    </>
  );
}
