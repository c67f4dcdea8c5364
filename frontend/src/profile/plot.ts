/** The curves on a canvas; drawn anew only when they change, while the cursor moves above them. */
import uPlot from "uplot";
import type { Shade } from "../ui/scales.ts";
import { SHADES } from "../ui/scales.ts";
import type { Tokens } from "../ui/tokens.ts";
import { type Curves, heightsShown } from "./profile-math.ts";

export const PLOT_TOKENS = [...SHADES, "ink", "ink-soft", "line", "line-strong", "accent"] as const;
export type PlotTokens = Tokens<(typeof PLOT_TOKENS)[number]>;

export interface Drawing {
  curves: Curves;
  hasSecond: boolean;
  colours: PlotTokens;
  /** Of the elevation's filling, as shares of what is seen. */
  stops: (from: number, to: number) => { from: number; to: number; shade: Shade | null }[];
  told: {
    /** `step` lies between it and the next. */
    x: (value: number, step: number) => string;
    elevation: (value: number) => string;
    second: (value: number) => string;
  };
  isTime: boolean;
  hasElevation: boolean;
}

export class Plot {
  readonly #plot: uPlot;

  constructor(box: HTMLElement, drawing: Drawing) {
    const { x, elevation, second } = drawing.curves;
    const size = { width: box.clientWidth || 320, height: box.clientHeight || 200 };
    this.#plot = new uPlot(optionsFor(drawing, size), [x, elevation, second], box);
  }

  /** Where the drawn road lies on the screen. */
  get area(): DOMRect {
    return this.#plot.rect;
  }

  resize(width: number, height: number): void {
    if (width > 0 && height > 0) this.#plot.setSize({ width, height });
  }

  setCursor(x: number | null): void {
    const left = x === null ? -10 : this.#plot.valToPos(x, "x");
    this.#plot.setCursor({ left, top: x === null ? -10 : 10 });
  }

  setStretch(from: number | null, to: number | null): void {
    const height = this.#plot.over.clientHeight;
    if (from === null || to === null) {
      this.#plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      return;
    }
    const most = this.#plot.over.clientWidth;
    const [left, right] = [from, to].map((x) =>
      Math.min(Math.max(this.#plot.valToPos(x, "x"), 0), most),
    ) as [number, number];
    this.#plot.setSelect({ left, width: Math.max(right - left, 1), top: 0, height }, false);
  }

  /** What stands at a place of the screen. */
  xAt(clientX: number): number {
    const { left, width } = this.area;
    return this.#plot.posToVal(Math.min(Math.max(clientX - left, 0), width), "x");
  }

  leftOf(x: number): number {
    return this.area.left + this.#plot.valToPos(x, "x");
  }

  remove(): void {
    this.#plot.destroy();
  }
}

const nothing = () => null;

function optionsFor(drawing: Drawing, size: { width: number; height: number }): uPlot.Options {
  const { colours, told, isTime, hasSecond } = drawing;
  const axis: uPlot.Axis = {
    stroke: colours["ink-soft"],
    font: "12px system-ui, sans-serif",
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    padding: [8, hasSecond ? 0 : 12, 0, drawing.hasElevation ? 0 : 12],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 9, width: 2 },
      drag: { x: false, y: false, setScale: false },
      // Pointers are heard where the whole page can answer them.
      bind: {
        mousedown: nothing,
        mouseup: nothing,
        mousemove: nothing,
        mouseenter: nothing,
        mouseleave: nothing,
        click: nothing,
        dblclick: nothing,
      },
    },
    scales: {
      x: { time: false, range: (_, min, max) => [min, max > min ? max : min + 1] },
      y: { range: (_, min, max) => heightsShown(min, max) },
      z: { range: (_, min, max) => [Math.min(min, 0), max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        gap: 4,
        grid: { show: false },
        space: 64,
        ...(isTime && {
          incrs: [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800, 604800],
        }),
        values: (_, splits) => splits.map((at) => told.x(at, (splits[1] ?? 1) - (splits[0] ?? 0))),
      },
      {
        ...axis,
        show: drawing.hasElevation,
        size: 56,
        gap: 6,
        space: 36,
        values: (_, splits) => splits.map(told.elevation),
      },
      {
        ...axis,
        scale: "z",
        // On the right.
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- uPlot has the type alone
        side: 1,
        show: hasSecond,
        size: 52,
        gap: 6,
        space: 36,
        grid: { show: !drawing.hasElevation, stroke: colours.line, width: 1 },
        values: (_, splits) => splits.map(told.second),
      },
    ],
    series: [
      {},
      {
        stroke: colours["ink-soft"],
        width: 1.5,
        fill: (plot) => filling(plot, drawing),
        // Also of a road by the sea.
        fillTo: (plot) => plot.scales["y"]?.min ?? 0,
        points: { show: false },
      },
      {
        scale: "z",
        show: hasSecond,
        stroke: colours.ink,
        width: 1.25,
        points: { show: false },
      },
    ],
  };
}

function filling(plot: uPlot, { stops, colours }: Drawing): CanvasGradient | string {
  const { min, max } = plot.scales["x"] ?? {};
  if (min === undefined || max === undefined) return colours.line;
  const { left, width } = plot.bbox;
  if (!(width > 0)) return colours.line;
  const gradient = plot.ctx.createLinearGradient(left, 0, left + width, 0);
  for (const { from, to, shade } of stops(min, max)) {
    const colour = softened(shade === null ? colours.line : colours[shade]);
    gradient.addColorStop(from, colour);
    gradient.addColorStop(to, colour);
  }
  return gradient;
}

/** A second curve must be seen in front of it. */
function softened(colour: string): string {
  return `color-mix(in srgb, ${colour} 72%, transparent)`;
}
