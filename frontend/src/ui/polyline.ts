/** Lines as the service writes them down for thumbnails (Google's encoded polyline format). */

/** West, south, east, north, in degrees; where a line crosses the antimeridian east is below west. */
export type Bounds = readonly [number, number, number, number];

/** The points of an encoded polyline with 5 decimals, as [latitude, longitude] in degrees. */
export function decodePolyline(encoded: string): [number, number][] {
  const points: [number, number][] = [];
  let at = 0;
  let latitude = 0;
  let longitude = 0;
  const next = () => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const chunk = encoded.charCodeAt(at++) - 63;
      if (Number.isNaN(chunk)) return Number.NaN;
      value |= (chunk & 0x1f) << shift;
      if (chunk < 0x20) return value & 1 ? ~(value >> 1) : value >> 1;
      shift += 5;
    }
  };
  while (at < encoded.length) {
    latitude += next();
    longitude += next();
    // What is cut off in the middle of a point ends there.
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) break;
    points.push([latitude / 1e5, longitude / 1e5]);
  }
  return points;
}

/**
 * A line as the path of an SVG, in the middle of a box and as large as `margin` allows; empty for
 * less than two points. Longitudes are shortened as on a Mercator map of that latitude, and taken
 * the short way round across the antimeridian.
 */
export function pathOf(
  points: readonly (readonly [number, number])[],
  { width, height, margin }: { width: number; height: number; margin: number },
): string {
  if (points.length < 2) return "";
  const latitudes = points.map(([latitude]) => latitude);
  const middle = (Math.max(...latitudes) + Math.min(...latitudes)) / 2;
  const shortening = Math.max(Math.cos((middle * Math.PI) / 180), 0.01);
  let turns = 0;
  const flat = points.map(([latitude, longitude], index) => {
    const before = points[index - 1]?.[1] ?? longitude;
    if (longitude - before > 180) turns -= 1;
    else if (longitude - before < -180) turns += 1;
    return [(longitude + 360 * turns) * shortening, -latitude] as const;
  });
  const xs = flat.map(([x]) => x);
  const ys = flat.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const fit = (space: number, extent: number) =>
    extent > 0 ? (space - 2 * margin) / extent : Number.POSITIVE_INFINITY;
  const scale = Math.min(fit(width, right - left), fit(height, bottom - top));
  // All points in one place: a dot.
  const used = Number.isFinite(scale) ? scale : 0;
  const place = (value: number, low: number, high: number, space: number) =>
    (space / 2 + (value - (low + high) / 2) * used).toFixed(1);
  return flat
    .map(
      ([x, y], index) =>
        `${index === 0 ? "M" : "L"}${place(x, left, right, width)} ${place(y, top, bottom, height)}`,
    )
    .join("");
}
