import type { Position } from "geojson";
import type { Topology } from "topojson-specification";
import { describe, expect, it } from "vitest";
import world from "world-atlas/land-50m.json?raw";
import { flatLand, unrolled } from "./land.ts";

describe("the outline of the land", () => {
  it("goes on past the antimeridian, both ways", () => {
    const east = [178, -178, -178, 178, 178].map((longitude, index) => [longitude, index]);
    expect(unrolled(east).map(([longitude]) => longitude)).toEqual([178, 182, 182, 178, 178]);
    const west = [-178, 178, -178].map((longitude, index) => [longitude, index]);
    expect(unrolled(west).map(([longitude]) => longitude)).toEqual([-178, -182, -178]);
  });

  it("is left as it is elsewhere", () => {
    const ring: Position[] = [
      [-10, 36],
      [3, 42],
      [-2, 43],
      [-10, 36],
    ];
    expect(unrolled(ring)).toEqual(ring);
  });

  it("is closed over the pole that it goes around", () => {
    const around = [-180, -60, 60, 170, -180].map((longitude) => [longitude, -80]);
    expect(unrolled(around).slice(-4)).toEqual([
      [180, -80],
      [180, -90],
      [-180, -90],
      [-180, -80],
    ]);
  });

  it("of the whole world has no edge around it but over the pole", () => {
    const { coordinates } = flatLand(JSON.parse(world) as Topology);
    expect(coordinates.length).toBeGreaterThan(1000);
    const long = coordinates.flat().flatMap((ring) =>
      ring.filter(([longitude = 0], index) => {
        const before = ring[index - 1]?.[0] ?? longitude;
        return Math.abs(longitude - before) > 180;
      }),
    );
    expect(new Set(long.map(([, latitude]) => latitude))).toEqual(new Set([-90]));
  });
});
