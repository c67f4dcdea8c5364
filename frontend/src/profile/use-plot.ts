import { type RefObject, useEffect, useMemo, useState } from "react";
import type { Range, Samples } from "../api/samples.ts";
import { type Format, useFormat } from "../i18n/format.ts";
import { bandsOf, GRADIENTS } from "../ui/scales.ts";
import type { Signal } from "../ui/signal.ts";
import { useTokens } from "../ui/tokens.ts";
import { Plot, PLOT_TOKENS } from "./plot.ts";
import { type Axis, type Curves, curvesOf, type Second, stopsOf, xAt } from "./profile-math.ts";

/** So many bits of colour are told apart on any screen. */
const MOST_BANDS = 700;

interface Wanted {
  samples: Samples;
  axis: Axis;
  second: Second | null;
  cursor: Signal<number | null>;
  stretch: Range | null;
}

/** The drawn curves, which follow the cursor and the stretch by themselves. */
export function usePlot(
  box: RefObject<HTMLElement | null>,
  { samples, axis, second, cursor, stretch }: Wanted,
): { plot: Plot | null; curves: Curves } {
  const format = useFormat();
  const colours = useTokens(PLOT_TOKENS);
  const curves = useMemo(
    () => curvesOf(samples, axis, second, format),
    [samples, axis, second, format],
  );
  const [plot, setPlot] = useState<Plot | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element || curves.x.length < 2) return;
    const bands = bandsOf(samples, GRADIENTS, MOST_BANDS);
    const made = new Plot(element, {
      curves,
      colours,
      hasSecond: second !== null,
      isTime: axis === "time",
      stops: (from, to) => stopsOf(bands, (km) => xAt(samples, axis, km, format), from, to),
      told: {
        x: (value) => toldX(value, axis, format, (curves.x.at(-1) ?? 0) - (curves.x[0] ?? 0)),
        elevation: (value) => `${format.number(value)}\u00a0${format.elevationUnit}`,
        second: (value) => format.number(value),
      },
    });
    const fit = () => made.resize(element.clientWidth, element.clientHeight);
    // It tells the first size too, when the curves are ready to be pointed at.
    const sized = new ResizeObserver(() => {
      fit();
      setPlot(made);
    });
    sized.observe(element);
    const onPaper = () =>
      made.resize(Math.min(element.clientWidth, PAPER_PX), element.clientHeight);
    globalThis.addEventListener("beforeprint", onPaper);
    globalThis.addEventListener("afterprint", fit);
    return () => {
      globalThis.removeEventListener("beforeprint", onPaper);
      globalThis.removeEventListener("afterprint", fit);
      sized.disconnect();
      made.remove();
      setPlot(null);
    };
  }, [box, samples, curves, axis, second, colours, format]);

  useEffect(() => {
    if (!plot) return;
    const follow = (km: number | null) =>
      plot.setCursor(km === null ? null : xAt(samples, axis, km, format));
    follow(cursor.get());
    return cursor.subscribe(follow);
  }, [plot, cursor, samples, axis, format]);

  useEffect(() => {
    const place = (km: number) => xAt(samples, axis, km, format);
    const { fromKm, toKm } = samples.range;
    // A tint over all that is seen would say nothing.
    const isAll =
      stretch !== null && stretch.fromKm <= fromKm + 0.01 && stretch.toKm >= toKm - 0.01;
    if (stretch && !isAll) plot?.setStretch(place(stretch.fromKm), place(stretch.toKm));
    else plot?.setStretch(null, null);
  }, [plot, stretch, samples, axis, format]);
  return { plot, curves };
}

/** The width of a sheet between its margins. */
const PAPER_PX = 640;

function toldX(value: number, axis: Axis, format: Format, seen: number): string {
  if (axis === "distance") return format.number(value, seen < 3 ? 2 : seen < 8 ? 1 : 0);
  const minutes = Math.round(value / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
