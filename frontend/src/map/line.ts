/** The recorded line as columns: where it runs, how far it is, and which part is near a place. */
import { firstFrom, type Range } from "../api/samples.ts";

/** Longitudes go on past 180 degrees where the line crosses the antimeridian. */
export interface Line {
  longitude: Float64Array;
  latitude: Float64Array;
  km: Float64Array;
  segment: Int32Array;
}

export type Position = [longitude: number, latitude: number];
/** West, south, east, north. */
export type Bounds = [number, number, number, number];

interface Trackpoint {
  longitude: number;
  latitude: number;
  distance_km: number;
  segment: number;
}

export function lineOf(points: readonly Trackpoint[]): Line {
  const line: Line = {
    longitude: new Float64Array(points.length),
    latitude: new Float64Array(points.length),
    km: new Float64Array(points.length),
    segment: new Int32Array(points.length),
  };
  let turns = 0;
  let before = points[0]?.longitude ?? 0;
  points.forEach((point, at) => {
    if (point.longitude - before > 180) turns -= 360;
    else if (point.longitude - before < -180) turns += 360;
    before = point.longitude;
    line.longitude[at] = point.longitude + turns;
    line.latitude[at] = point.latitude;
    line.km[at] = point.distance_km;
    line.segment[at] = point.segment;
  });
  return line;
}

/** Where the ride is at a distance. */
export function positionAt(line: Line, km: number): Position | null {
  const last = line.km.length - 1;
  if (last < 0) return null;
  const next = Math.min(firstFrom(line.km, km), last);
  const before = next - 1;
  if (before < 0 || line.segment[before] !== line.segment[next]) return pointOf(line, next);
  return between(line, before, next, km);
}

/** The parts of the line between two distances, each without a gap. */
export function partsOf(line: Line, { fromKm, toKm }: Range): Position[][] {
  const parts: Position[][] = [];
  const last = line.km.length - 1;
  let at = Math.max(firstFrom(line.km, fromKm) - 1, 0);
  // Several points stand at one distance on both sides of a gap.
  let part: Position[] = [];
  for (; at < last; at += 1) {
    const start = line.km[at] ?? 0;
    const end = line.km[at + 1] ?? 0;
    if (start > toKm) break;
    if (line.segment[at] !== line.segment[at + 1]) {
      if (part.length > 1) parts.push(part);
      part = [];
      continue;
    }
    if (end < fromKm) continue;
    if (part.length === 0) part.push(between(line, at, at + 1, Math.max(fromKm, start)));
    part.push(between(line, at, at + 1, Math.min(toKm, end)));
  }
  if (part.length > 1) parts.push(part);
  return parts;
}

export function boundsOf(parts: readonly (readonly Position[])[]): Bounds | null {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [longitude, latitude] of parts.flat()) {
    bounds[0] = Math.min(bounds[0], longitude);
    bounds[1] = Math.min(bounds[1], latitude);
    bounds[2] = Math.max(bounds[2], longitude);
    bounds[3] = Math.max(bounds[3], latitude);
  }
  return Number.isFinite(bounds[0]) ? bounds : null;
}

/**
 * The distance along the ride at what is nearest to a place, in kilometres, or null where that is
 * further away than `withinM` metres. Where the ride passes twice, what is nearer to `aroundKm`.
 */
export function nearestKm(
  line: Line,
  [longitude, latitude]: Position,
  withinM: number,
  aroundKm: number | null,
): number | null {
  const metres = 111_320;
  const shrink = Math.cos((latitude * Math.PI) / 180);
  let best: { km: number; cost: number } | null = null;
  for (let at = 0; at < line.km.length; at += 1) {
    const joins = at > 0 && line.segment[at - 1] === line.segment[at];
    const from = joins ? at - 1 : at;
    const ax = turned((line.longitude[from] ?? 0) - longitude) * shrink;
    const ay = (line.latitude[from] ?? 0) - latitude;
    const bx = ax + ((line.longitude[at] ?? 0) - (line.longitude[from] ?? 0)) * shrink;
    const by = (line.latitude[at] ?? 0) - latitude;
    const dx = bx - ax;
    const dy = by - ay;
    const length = dx * dx + dy * dy;
    const share = length > 0 ? Math.min(Math.max(-(ax * dx + ay * dy) / length, 0), 1) : 0;
    const away = Math.hypot(ax + share * dx, ay + share * dy) * metres;
    if (away > withinM) continue;
    const start = line.km[from] ?? 0;
    const km = start + share * ((line.km[at] ?? 0) - start);
    // What is a little further away may go on from where the cursor is.
    const leap = aroundKm === null ? 0 : Math.min(Math.abs(km - aroundKm), 2) / 2;
    const cost = away + leap * withinM * 0.25;
    if (!best || cost < best.cost) best = { km, cost };
  }
  return best?.km ?? null;
}

function turned(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}

function between(line: Line, before: number, after: number, km: number): Position {
  const start = line.km[before] ?? 0;
  const length = (line.km[after] ?? 0) - start;
  const share = length > 0 ? Math.min(Math.max((km - start) / length, 0), 1) : 1;
  const [a, b] = [pointOf(line, before), pointOf(line, after)];
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
}

function pointOf(line: Line, at: number): Position {
  return [line.longitude[at] ?? 0, line.latitude[at] ?? 0];
}
