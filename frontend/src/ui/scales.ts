/** Classes of colour for what was measured along a ride; the same on the map and on the profile. */
import { firstFrom, type Range, type Samples } from "../api/samples.ts";

export const MEASURES = ["gradient", "speed_kmh", "heart_rate_bpm", "power_w"] as const;
export type Measure = (typeof MEASURES)[number];

export const SHADES = ["downhill", "flat", "moderate", "steep", "very-steep"] as const;
export type Shade = (typeof SHADES)[number];

/** A value below the first break has the first shade, and so on. */
export interface Scale {
  measure: Measure;
  breaks: readonly number[];
  shades: readonly Shade[];
}

/** A bit of road in one shade; null where nothing is known. */
export interface Band extends Range {
  shade: Shade | null;
}

/** As the service's classes of steepness, and what goes down steeper than the flat. */
export const GRADIENTS: Scale = { measure: "gradient", breaks: [-3, 3, 6, 10], shades: SHADES };

/** Four classes of about as much road each; of gradients, those that everybody knows. */
export function scaleOf(measure: Measure, samples: Samples): Scale {
  if (measure === "gradient") return GRADIENTS;
  const known = (samples.column(measure) ?? []).filter((value) => value !== null);
  const sorted = Float64Array.from(known).sort();
  const quarter = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  const breaks = [...new Set([quarter(0.25), quarter(0.5), quarter(0.75)])];
  return { measure, breaks, shades: SHADES.slice(1, breaks.length + 2) };
}

export function shadeOf({ breaks, shades, measure }: Scale, value: number): Shade {
  // Exactly 3 % is flat yet, as the service counts it; exactly -3 % too.
  const at = breaks.findIndex((limit, index) =>
    measure === "gradient" && index > 0 ? value <= limit : value < limit,
  );
  return shades[at === -1 ? shades.length - 1 : at] ?? "flat";
}

/** The road in at most `most` bits of equal length, each with the shade of its mean. */
export function bandsOf(samples: Samples, scale: Scale, most: number): Band[] {
  const values = samples.column(scale.measure) ?? [];
  const { fromKm, toKm } = samples.range;
  const width = (toKm - fromKm) / most;
  const bands: Band[] = [];
  if (!(width > 0)) return bands;
  for (let at = 0; at < most; at += 1) {
    const start = fromKm + at * width;
    const end = at === most - 1 ? toKm : start + width;
    const mean = meanOf(samples.km, values, start, end);
    const shade = mean === null ? null : shadeOf(scale, mean);
    const last = bands.at(-1);
    if (last && last.shade === shade) last.toKm = end;
    else bands.push({ fromKm: start, toKm: end, shade });
  }
  return bands;
}

/** The mean over distance between two places; where no sample lies, of the nearest ones around. */
function meanOf(
  km: readonly number[],
  values: readonly (number | null)[],
  from: number,
  to: number,
): number | null {
  const first = Math.max(firstFrom(km, from) - 1, 0);
  const last = Math.min(firstFrom(km, to), km.length - 1);
  let sum = 0;
  let length = 0;
  for (let at = first; at < last; at += 1) {
    const before = values[at] ?? null;
    const after = values[at + 1] ?? before;
    const part = Math.min(km[at + 1] ?? to, to) - Math.max(km[at] ?? from, from);
    if (before === null || after === null || part <= 0) continue;
    sum += ((before + after) / 2) * part;
    length += part;
  }
  return length > 0 ? sum / length : null;
}
