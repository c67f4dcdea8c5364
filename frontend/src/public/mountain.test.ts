import { describe, expect, it } from "vitest";
import {
  climbs,
  elevationAt,
  FOOT_M,
  LENGTH_KM,
  steepnessOf,
  STEP_KM,
  stretches,
  TOP_M,
} from "./mountain.ts";

describe("the ride of the landing page", () => {
  it("is one road without a gap or a step", () => {
    const cut = stretches();
    expect(cut[0]?.points[0]?.[0]).toBe(0);
    expect(cut.at(-1)?.points.at(-1)?.[0]).toBeCloseTo(LENGTH_KM);
    for (const [index, { points }] of cut.entries()) {
      if (index > 0) expect(points[0]).toEqual(cut[index - 1]?.points.at(-1));
    }
    for (let km = STEP_KM; km <= LENGTH_KM; km += STEP_KM) {
      const gradient = (elevationAt(km) - elevationAt(km - STEP_KM)) / STEP_KM / 10;
      expect(Math.abs(gradient), `at km ${String(km)}`).toBeLessThan(16);
    }
  });

  it("stays between its foot and its top, and the air that the drawing leaves", () => {
    for (const { points } of stretches()) {
      for (const [, elevation] of points) {
        expect(elevation).toBeGreaterThan(FOOT_M - 20);
        expect(elevation).toBeLessThan(TOP_M + 40);
      }
    }
  });

  it("shows every steepness, each in the colour that it has in a ride", () => {
    const shown = new Set(stretches().map(({ steepness }) => steepness));
    expect(shown).toEqual(new Set(["downhill", "flat", "moderate", "steep", "very-steep"]));
    expect([-3.1, -3, 2.9, 3, 6, 10].map(steepnessOf)).toEqual([
      "downhill",
      "flat",
      "flat",
      "moderate",
      "steep",
      "very-steep",
    ]);
  });

  it("says of its climbs what they are", () => {
    for (const climb of climbs()) {
      const rise = elevationAt(climb.toKm) - elevationAt(climb.fromKm);
      expect(climb.gainM).toBeCloseTo(rise);
      expect(climb.gradient).toBeCloseTo((rise / (climb.lengthKm * 1000)) * 100);
      expect(climb.gradient).toBeGreaterThan(5);
    }
  });
});
