/** The line of a thumbnail, as the service encodes it (Google's encoded polyline, five decimals). */
import type { Position } from "./line.ts";

export function decoded(polyline: string): Position[] {
  const points: Position[] = [];
  let [at, latitude, longitude] = [0, 0, 0];
  const next = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const code = polyline.charCodeAt(at) - 63;
      at += 1;
      // Not by shifts: the antimeridian crossed many times needs more than 32 bits.
      value += (code & 31) * 2 ** shift;
      shift += 5;
      if (!(code >= 32)) break;
    }
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };
  while (at < polyline.length) {
    latitude += next();
    longitude += next();
    points.push([longitude / 1e5, latitude / 1e5]);
  }
  return points;
}

/** The points as the path of an SVG of this size, north up, with room around. */
export function sketch(points: readonly Position[], width: number, height: number): string {
  let [turns, before] = [0, points[0]?.[0] ?? 0];
  const placed = points.map(([longitude, latitude]): Position => {
    if (longitude - before > 180) turns -= 360;
    else if (longitude - before < -180) turns += 360;
    before = longitude;
    return [longitude + turns, northOf(latitude)];
  });
  const [xs, ys] = [placed.map(([x]) => x), placed.map(([, y]) => y)];
  const [west, north] = [Math.min(...xs), Math.max(...ys)];
  const [wide, high] = [Math.max(...xs) - west, north - Math.min(...ys)];
  const room = 0.1 * Math.min(width, height);
  const scale = Math.min((width - 2 * room) / (wide || 1e-9), (height - 2 * room) / (high || 1e-9));
  const [left, top] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  return placed
    .map(([x, y], index) => {
      const place = `${(left + (x - west) * scale).toFixed(1)} ${(top + (north - y) * scale).toFixed(1)}`;
      return `${index === 0 ? "M" : "L"}${place}`;
    })
    .join("");
}

/** Mercator's, in degrees of longitude. */
function northOf(latitude: number): number {
  const angle = (Math.min(Math.max(latitude, -85), 85) * Math.PI) / 180;
  return (Math.log(Math.tan(Math.PI / 4 + angle / 2)) * 180) / Math.PI;
}
