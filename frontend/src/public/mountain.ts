/**
 * A ride to look at: the road over two passes, made up, and measured as any other is.
 *
 * What the drawing says of its climbs is worked out from its own points, so that it is true.
 */

export type Steepness = "downhill" | "flat" | "moderate" | "steep" | "very-steep";

export interface Climb {
  fromKm: number;
  toKm: number;
  topM: number;
  lengthKm: number;
  gainM: number;
  /** In percent. */
  gradient: number;
}

export interface Stretch {
  steepness: Steepness;
  points: readonly (readonly [km: number, elevationM: number])[];
}

/** Where the road bends: kilometre, elevation in metres. */
const ROAD: readonly (readonly [number, number])[] = [
  [0, 412],
  [4, 428],
  [7.5, 470],
  [10, 455],
  [13, 540],
  [16, 735],
  [18.4, 905],
  [20.6, 1140],
  [22.4, 1248],
  [23.2, 1252],
  [27, 985],
  [31, 760],
  [34.5, 705],
  [38, 742],
  [41, 712],
  [44, 850],
  [47, 1065],
  [49.2, 1262],
  [51, 1475],
  [53.4, 1655],
  [54.3, 1668],
  [58, 1370],
  [63, 1010],
  [68, 742],
  [73, 588],
  [78, 486],
  [82, 430],
];
const CLIMBS: readonly (readonly [number, number])[] = [
  [13, 22.4],
  [41, 53.4],
];

export const STEP_KM = 0.5;
export const LENGTH_KM = ROAD.at(-1)?.[0] ?? 0;
export const TOP_M = Math.max(...ROAD.map(([, elevation]) => elevation));
export const FOOT_M = Math.min(...ROAD.map(([, elevation]) => elevation));

/** Metres above the sea; the bends rounded, and the road a little restless. */
export function elevationAt(km: number): number {
  const index = Math.max(
    ROAD.findIndex(([at]) => at >= km),
    1,
  );
  const [x0, y0] = ROAD[index - 1] ?? [0, 0];
  const [x1, y1] = ROAD[index] ?? [1, 0];
  const share = Math.min(Math.max((km - x0) / (x1 - x0), 0), 1);
  const slope = (at: number) => {
    const [xa, ya] = ROAD[Math.max(at - 1, 0)] ?? [0, 0];
    const [xb, yb] = ROAD[Math.min(at + 1, ROAD.length - 1)] ?? [1, 0];
    return ((yb - ya) / (xb - xa)) * (x1 - x0);
  };
  // Cubic Hermite through the bends.
  const [s2, s3] = [share ** 2, share ** 3];
  const smooth =
    (2 * s3 - 3 * s2 + 1) * y0 +
    (s3 - 2 * s2 + share) * slope(index - 1) +
    (3 * s2 - 2 * s3) * y1 +
    (s3 - s2) * slope(index);
  return smooth + 4 * Math.sin(km * 1.7) + 1.2 * Math.sin(km * 5.9);
}

/** The classes that every ride of the service is coloured by. */
export function steepnessOf(gradient: number): Steepness {
  if (gradient < -3) return "downhill";
  if (gradient < 3) return "flat";
  if (gradient < 6) return "moderate";
  return gradient < 10 ? "steep" : "very-steep";
}

/** The whole road, cut where its steepness changes; each stretch begins where the last one ends. */
export function stretches(): Stretch[] {
  const steps = Math.round(LENGTH_KM / STEP_KM);
  const cut: { steepness: Steepness; points: (readonly [number, number])[] }[] = [];
  let before = pointAt(0);
  for (let step = 1; step <= steps; step += 1) {
    const point = pointAt(step * STEP_KM);
    const steepness = steepnessOf(gradientBetween(before, point));
    const last = cut.at(-1);
    if (last?.steepness === steepness) last.points.push(point);
    else cut.push({ steepness, points: [before, point] });
    before = point;
  }
  return cut;
}

export function climbs(): Climb[] {
  return CLIMBS.map(([fromKm, toKm]) => {
    const gainM = elevationAt(toKm) - elevationAt(fromKm);
    const lengthKm = toKm - fromKm;
    const topM = elevationAt(toKm);
    return { fromKm, toKm, topM, lengthKm, gainM, gradient: gainM / lengthKm / 10 };
  });
}

function pointAt(km: number): readonly [number, number] {
  return [km, elevationAt(km)];
}

function gradientBetween(from: readonly [number, number], to: readonly [number, number]): number {
  return (to[1] - from[1]) / (to[0] - from[0]) / 10;
}
