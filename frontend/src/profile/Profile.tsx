import { ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import "uplot/dist/uPlot.min.css";
import type { Range, Samples } from "../api/samples.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import type { Signal } from "../ui/signal.ts";
import { type Axis, kmAfter, kmAt, said, type Second, SECONDS, xAt } from "./profile-math.ts";
import { texts } from "./texts.ts";
import { type Pointing, usePointer } from "./use-pointer.ts";
import { usePlot } from "./use-plot.ts";
import styles from "./Profile.module.css";

export interface ProfileProps {
  samples: Samples;
  cursor: Signal<number | null>;
  stretch: Range | null;
  onStretch: (range: Range | null) => void;
  axis: Axis;
  onAxis: (axis: Axis) => void;
  second: Second | null;
  onSecond: (second: Second | null) => void;
  /** What the recording has beside the elevation. */
  seconds: readonly Second[];
  hasTime: boolean;
  isZoomed: boolean;
  onZoom: (isZoomed: boolean) => void;
}

/** Keys wait so long for the next one before a stretch is measured or a place is read out. */
const PAUSE_MS = 350;

export function Profile(props: ProfileProps) {
  const { samples, cursor, stretch, onStretch, axis, second } = props;
  const t = useTexts(texts);
  const format = useFormat();
  const hint = useId();
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  const live = useRef<HTMLParagraphElement>(null);
  const { plot, curves } = usePlot(box, props);
  const pointing = useRef<Pointing | null>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** The stretch that keys are choosing, and the end of it that stays. */
  const choosing = useRef<{ anchorKm: number; range: Range } | null>(null);
  usePointer(box, pointing);

  const draw = (range: Range) =>
    plot?.setStretch(
      xAt(samples, axis, range.fromKm, format),
      xAt(samples, axis, range.toKm, format),
    );
  useEffect(() => {
    pointing.current = {
      kmAt: (clientX) => (plot ? kmAt(curves, plot.xAt(clientX)) : null),
      leftOf: (km) => {
        const x = xAt(samples, axis, km, format);
        return plot && x !== null ? plot.leftOf(x) : null;
      },
      stretch: () => stretch,
      onPoint: cursor.set,
      onDrag: (range, isDone) => (isDone ? onStretch(range) : draw(range)),
    };
  });

  useEffect(() => {
    const tell = (km: number | null) => {
      if (!readout.current) return;
      const { where, values } =
        km === null ? { where: t.hint, values: [] } : said(samples, km, format, second);
      readout.current.textContent = [where, ...values].join("  ·  ");
    };
    tell(cursor.get());
    return cursor.subscribe(tell);
  }, [cursor, samples, format, second, t]);
  useEffect(() => () => clearTimeout(pause.current), []);

  /** After the last of several keys, so that nobody has to listen to all of them. */
  const afterKeys = (run: () => void) => {
    clearTimeout(pause.current);
    pause.current = setTimeout(run, PAUSE_MS);
  };
  const readOut = (text: string) => {
    if (live.current) live.current.textContent = text;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      clearTimeout(pause.current);
      choosing.current = null;
      plot?.setStretch(null, null);
      onStretch(null);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const before = cursor.get();
    const km = kmAfter(event.key, before, samples.range);
    if (km === null) return;
    event.preventDefault();
    cursor.set(km);
    if (!event.shiftKey) {
      choosing.current = null;
      const { where, values } = said(samples, km, format, second);
      afterKeys(() => readOut([where, ...values].join(", ")));
      return;
    }
    const anchorKm = choosing.current?.anchorKm ?? before ?? samples.range.fromKm;
    const range = { fromKm: Math.min(anchorKm, km), toKm: Math.max(anchorKm, km) };
    choosing.current = { anchorKm, range };
    draw(range);
    afterKeys(() => {
      onStretch(range.toKm > range.fromKm ? range : null);
      readOut(
        t.stretch(
          ...([range.fromKm, range.toKm].map((end) => format.distance(end)) as [string, string]),
        ),
      );
    });
  };

  return (
    <section className={styles["profile"]} aria-label={t.title}>
      <div className={styles["head"]}>
        <p ref={readout} className={styles["readout"]} aria-hidden="true" />
        <Tools {...props} />
      </div>
      {/* The keys are those of a slider and more: an instrument of its own. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={box}
        className={styles["canvas"]}
        role="application"
        aria-label={t.profile}
        aria-describedby={hint}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <p id={hint} className="only-for-readers">
        {t.keys}
      </p>
      <p ref={live} className="only-for-readers" role="status" aria-live="polite" />
    </section>
  );
}

function Tools(props: ProfileProps) {
  const t = useTexts(texts);
  const seconds = SECONDS.filter((second) => props.seconds.includes(second));
  return (
    <div className={styles["tools"]}>
      {seconds.length > 0 && (
        <Choice
          label={t.second}
          isQuiet
          value={props.second ?? "none"}
          choices={(["none", ...seconds] as const).map(
            (second) => [second, t.seconds[second]] as const,
          )}
          onChange={(second) => props.onSecond(second === "none" ? null : second)}
        />
      )}
      {props.hasTime && (
        <Choice
          label={t.axis}
          isQuiet
          value={props.axis}
          choices={(["distance", "time"] as const).map((axis) => [axis, t.by[axis]] as const)}
          onChange={props.onAxis}
        />
      )}
      <Button
        kind="quiet"
        label={props.isZoomed ? t.whole : t.zoom}
        isDisabled={!props.isZoomed && props.stretch === null}
        onPress={() => props.onZoom(!props.isZoomed)}
      >
        {props.isZoomed ? <ZoomOut aria-hidden="true" /> : <ZoomIn aria-hidden="true" />}
      </Button>
    </div>
  );
}
