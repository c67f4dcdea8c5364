import { describe, expect, it } from "vitest";
import { boundsOf, lineOf, nearestKm, partsOf, positionAt } from "./line.ts";

const point = (longitude: number, latitude: number, distance_km: number, segment = 0) => ({
  longitude,
  latitude,
  distance_km,
  segment,
});
/** Two segments; the second begins elsewhere, at the distance where the first has ended. */
const withGap = lineOf([
  point(0, 0, 0),
  point(0, 0.01, 1),
  point(0, 0.02, 2),
  point(1, 1, 2, 1),
  point(1, 1.02, 4, 1),
]);

describe("a line", () => {
  it("tells where the ride is at a distance", () => {
    expect(positionAt(withGap, 0.5)).toEqual([0, 0.005]);
    expect(positionAt(withGap, 3)).toEqual([1, 1.01]);
    expect(positionAt(withGap, Infinity)).toEqual([1, 1.02]);
    expect(positionAt(lineOf([]), 1)).toBeNull();
  });

  it("is cut at gaps and at the ends of a stretch", () => {
    expect(partsOf(withGap, { fromKm: 1.5, toKm: 3 })).toEqual([
      [
        [0, 0.015],
        [0, 0.02],
      ],
      [
        [1, 1],
        [1, 1.01],
      ],
    ]);
    expect(partsOf(withGap, { fromKm: 0, toKm: Infinity })).toHaveLength(2);
    expect(partsOf(withGap, { fromKm: 9, toKm: 10 })).toEqual([]);
  });

  it("goes on past the antimeridian", () => {
    const line = lineOf([point(179.9, 0, 0), point(-179.9, 0, 22), point(179.8, 0, 50)]);
    expect([...line.longitude]).toEqual([179.9, 180.1, 179.8]);
    expect(boundsOf(partsOf(line, { fromKm: 0, toKm: 50 }))).toEqual([179.8, 0, 180.1, 0]);
  });

  it("is found from a place near it, and from none further away", () => {
    expect(nearestKm(withGap, [0.0005, 0.012], 100, null)).toBeCloseTo(1.2, 3);
    expect(nearestKm(withGap, [0.01, 0.012], 100, null)).toBeNull();
    // Nothing was ridden across the gap.
    expect(nearestKm(withGap, [0.5, 0.51], 5000, null)).toBeNull();
  });

  it("is found where the cursor goes on, on a road that is ridden twice", () => {
    const thereAndBack = lineOf([point(0, 0, 0), point(0, 0.09, 10), point(0.00001, 0, 20)]);
    expect(nearestKm(thereAndBack, [0, 0.045], 200, 4.9)).toBeCloseTo(5, 1);
    expect(nearestKm(thereAndBack, [0, 0.045], 200, 15.1)).toBeCloseTo(15, 1);
  });
});
