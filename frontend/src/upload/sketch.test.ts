import { expect, it } from "vitest";
import { profilePath, thinned } from "./sketch.ts";

const box = { width: 100, height: 50 };

it("a profile climbs from left to right, and is closed at its foot", () => {
  const path = profilePath(
    [
      { elevation: 100, distance_km: 0 },
      { elevation: 500, distance_km: 2 },
    ],
    box,
  );
  expect(path).toBe("M0.0 50L0.0 48.0L100.0 4.0L100 50Z");
});

it("a profile stays low where the ride is flat, and away where no height is known", () => {
  const flat = [0, 1, 2].map((distance_km) => ({ elevation: 7 + distance_km, distance_km }));
  expect(Number(/L100\.0 ([\d.]+)L100 50Z$/.exec(profilePath(flat, box))?.[1])).toBeGreaterThan(44);
  expect(profilePath([{ elevation: null, distance_km: 1 }], box)).toBe("");
});

it("thinning keeps both ends", () => {
  expect(thinned([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5, 6]);
});
