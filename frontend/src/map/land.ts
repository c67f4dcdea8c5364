/** The outline of the land on a flat map. */
import type { MultiPolygon, Position } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** As world-atlas has it, whose rings are those of a globe. */
export function flatLand(topology: Topology): MultiPolygon {
  const land = topology.objects["land"] as GeometryCollection;
  const polygons = feature(topology, land).features.flatMap(({ geometry }) =>
    geometry.type === "MultiPolygon" ? geometry.coordinates : [],
  );
  return { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map(unrolled)) };
}

/**
 * The same ring without an edge that runs around the world. A ring over the antimeridian goes from
 * 180° on at -180°, and drawn flat would fill a band as wide as the map; here it goes on past 180°,
 * as maps take it.
 */
export function unrolled(ring: readonly Position[]): Position[] {
  let turns = 0;
  let before: number | null = null;
  const points = ring.map(([longitude = 0, latitude = 0]): Position => {
    const step = longitude - (before ?? longitude);
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    before = longitude;
    return [longitude + 360 * turns, latitude];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || turns === 0) return points;
  // Once around a pole: it is closed over that.
  const pole = Math.sign(first[1] ?? 0) * 90;
  return [...points, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}
