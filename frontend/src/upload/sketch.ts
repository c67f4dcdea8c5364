/** A profile in a few strokes, for a look at a file before it is saved. */

interface Point {
  elevation: number | null;
  distance_km: number;
}

const STROKES = 160;
/** A flat ride stays flat: a drawing is at least so high, in metres. */
const LEAST_RANGE_M = 60;

/**
 * The outline as the path of an SVG that is closed at the foot, from left to right by distance;
 * empty where fewer than two points have an elevation.
 */
export function profilePath(
  points: readonly Point[],
  { width, height }: { width: number; height: number },
): string {
  const known = points.filter((point): point is Point & { elevation: number } => {
    return point.elevation !== null;
  });
  const length = known.at(-1)?.distance_km ?? 0;
  if (known.length < 2 || length <= 0) return "";
  const columns = new Map<number, number>();
  for (const { elevation, distance_km } of known) {
    const column = Math.round((distance_km / length) * STROKES);
    columns.set(column, Math.max(columns.get(column) ?? elevation, elevation));
  }
  const heights = [...columns.values()];
  const lowest = Math.min(...heights);
  const range = Math.max(Math.max(...heights) - lowest, LEAST_RANGE_M);
  const outline = [...columns].map(([column, elevation]) => {
    const x = ((column / STROKES) * width).toFixed(1);
    const y = (height - 2 - ((elevation - lowest) / range) * (height - 6)).toFixed(1);
    return `${x} ${y}`;
  });
  const [first = ""] = outline;
  const left = first.split(" ")[0] ?? "0";
  return `M${left} ${height}L${outline.join("L")}L${width} ${height}Z`;
}

/** Every n-th of them and the last, at most `most` and one. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  const step = Math.max(Math.ceil(points.length / most), 1);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
