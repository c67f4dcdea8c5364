/** What the profile draws and says, worked out of the samples of a ride. */
import { nearestTo, type Range, type Samples, type Sensor, valueAt } from "../api/samples.ts";
import type { Format } from "../i18n/format.ts";
import type { Band, Shade } from "../ui/scales.ts";

export type Axis = "distance" | "time";
/** What may be drawn over the elevation. */
export const SECONDS = [
  "speed_kmh",
  "heart_rate_bpm",
  "cadence_rpm",
  "power_w",
  "temperature_c",
] as const;
export type Second = "speed_kmh" | Sensor;

export interface Curves {
  /** In the unit of distance that is chosen, or in seconds from the start. */
  x: number[];
  elevation: (number | null)[];
  second: (number | null)[];
  /** The distance at each place of the curves. */
  km: number[];
}

/** Flat road looks flat, and as ground: so many metres (or feet) are shown at least. */
const LEAST_SHOWN = 60;
const AIR = 0.06;

/** From where to where the elevations of a profile are drawn. */
export function heightsShown(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 100];
  const span = Math.max(max - min, LEAST_SHOWN);
  return [min - span * AIR, min + span * (1 + AIR)];
}

/** The curves in the rider's units; they end at every gap of the recording. */
export function curvesOf(
  samples: Samples,
  axis: Axis,
  second: Second | null,
  format: Pick<Format, "kmPerUnit" | "elevationPerM" | "units">,
): Curves {
  const curves: Curves = { x: [], elevation: [], second: [], km: [] };
  const heights = samples.column("elevation") ?? [];
  const others = (second && samples.column(second)) ?? [];
  for (let at = 0; at < samples.length; at += 1) {
    const km = samples.km[at] ?? 0;
    const x = axis === "time" ? samples.seconds[at] : km / format.kmPerUnit;
    if (x === null || x === undefined) continue;
    const isGap = at > 0 && samples.segment[at] !== samples.segment[at - 1];
    if (isGap && curves.x.length) push(curves, curves.x.at(-1) ?? x, km, null, null);
    const height = heights[at] ?? null;
    const other = others[at] ?? null;
    push(
      curves,
      x,
      km,
      height === null ? null : height * format.elevationPerM,
      other === null || second === null ? null : shown(other, second, format),
    );
  }
  return curves;
}

function push(
  curves: Curves,
  x: number,
  km: number,
  elevation: number | null,
  second: number | null,
): void {
  curves.x.push(x);
  curves.km.push(km);
  curves.elevation.push(elevation);
  curves.second.push(second);
}

function shown(value: number, second: Second, format: Pick<Format, "kmPerUnit" | "units">): number {
  if (second === "speed_kmh") return value / format.kmPerUnit;
  return second === "temperature_c" && format.units === "mi" ? value * 1.8 + 32 : value;
}

/** The distance at a place of the axis: at that of the nearest sample. */
export function kmAt(curves: Curves, x: number): number | null {
  return curves.km[nearestTo(curves.x, x)] ?? null;
}

/** The place on the axis at a distance. */
export function xAt(
  samples: Samples,
  axis: Axis,
  km: number,
  { kmPerUnit }: Pick<Format, "kmPerUnit">,
): number | null {
  return axis === "time" ? valueAt(samples.km, samples.seconds, km) : km / kmPerUnit;
}

/** Where the colour changes along the curve, as shares of its width. */
export function stopsOf(
  bands: readonly Band[],
  place: (km: number) => number | null,
  from: number,
  to: number,
): { from: number; to: number; shade: Shade | null }[] {
  const share = (km: number) => {
    const x = place(km);
    return x === null ? null : Math.min(Math.max((x - from) / (to - from), 0), 1);
  };
  return bands.flatMap((band) => {
    const [start, end] = [share(band.fromKm), share(band.toKm)];
    if (start === null || end === null || end <= start) return [];
    return [{ from: start, to: end, shade: band.shade }];
  });
}

/** Where a key takes the cursor; null for one that does nothing here. */
export function kmAfter(key: string, km: number | null, { fromKm, toKm }: Range): number | null {
  const at = km ?? fromKm;
  const step = stepFor(toKm - fromKm);
  const moves: Record<string, number> = {
    ArrowRight: at + step,
    ArrowUp: at + step,
    ArrowLeft: at - step,
    ArrowDown: at - step,
    PageUp: at + 10 * step,
    PageDown: at - 10 * step,
    Home: fromKm,
    End: toKm,
  };
  const next = moves[key];
  return next === undefined ? null : Math.min(Math.max(next, fromKm), toKm);
}

/** About a two hundredth of what is seen, at least ten metres. */
export function stepFor(km: number): number {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5].find((step) => km / step <= 250) ?? 10;
}

/** "km 12,4, 834 m, 7 %": what is at a place of the ride. */
export function said(
  samples: Samples,
  km: number,
  format: Format,
  second: Second | null,
): { where: string; values: string[] } {
  const at = (field: Parameters<Samples["column"]>[0]) =>
    samples.has(field) ? valueAt(samples.km, samples.column(field) ?? [], km) : null;
  const values: string[] = [];
  const height = at("elevation");
  if (height !== null) values.push(format.elevation(height));
  const gradient = at("gradient");
  if (gradient !== null) values.push(format.gradient(gradient, Math.abs(gradient) < 10 ? 1 : 0));
  const other = second && at(second);
  if (second && other !== null) values.push(toldOf(second, other, format));
  const decimals = samples.range.toKm - samples.range.fromKm < 10 ? 2 : 1;
  return {
    where: `${format.distanceUnit} ${format.number(km / format.kmPerUnit, decimals)}`,
    values,
  };
}

export function toldOf(second: Second, value: number, format: Format): string {
  const tell = {
    speed_kmh: format.speed,
    heart_rate_bpm: format.heartRate,
    cadence_rpm: format.cadence,
    power_w: format.power,
    temperature_c: format.temperature,
  }[second];
  return tell(value);
}

export interface Kilometre {
  fromKm: number;
  toKm: number;
  /** Metres at its end, and above its start. */
  elevation: number | null;
  rise: number | null;
  gradient: number | null;
  minutes: number | null;
}

/** The ride kilometre by kilometre (or mile); of long ones every five or ten. */
export function kilometresOf(samples: Samples, kmPerUnit: number): Kilometre[] {
  const { fromKm, toKm } = samples.range;
  const units = (toKm - fromKm) / kmPerUnit;
  const step = ([1, 5, 10, 50].find((size) => units / size <= 250) ?? 100) * kmPerUnit;
  const heights = samples.column("elevation") ?? [];
  const rows: Kilometre[] = [];
  // A last bit of a few metres is no row of its own.
  for (let start = fromKm; toKm - start > step / 100 || rows.length === 0; start += step) {
    const end = Math.min(start + step, toKm);
    const [low, high] = [start, end].map((km) => valueAt(samples.km, heights, km));
    const [begun, ended] = [start, end].map((km) => valueAt(samples.km, samples.seconds, km));
    const rise = low === null || high === null ? null : (high ?? 0) - (low ?? 0);
    rows.push({
      fromKm: start,
      toKm: end,
      elevation: high ?? null,
      rise,
      gradient: rise === null || end <= start ? null : rise / (end - start) / 10,
      minutes: begun === null || ended === null ? null : ((ended ?? 0) - (begun ?? 0)) / 60,
    });
    if (end >= toKm) break;
  }
  return rows;
}

/** So many decimals tell the marks of an axis apart: 2.5 of steps of 2.5, but 5 of steps of 5. */
export function decimalsOf(step: number): number {
  return (
    [0, 1, 2].find(
      (decimals) => Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) < 1e-6,
    ) ?? 3
  );
}
