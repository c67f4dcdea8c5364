import { describe, expect, it } from "vitest";
import { firstFrom, nearestTo, valueAt } from "./samples.ts";

describe("looking up a place of the ride", () => {
  const km = [0, 1, 2, 2, 4];

  it("finds the first that is not before it", () => {
    expect([-1, 0, 0.5, 2, 3, 5].map((wanted) => firstFrom(km, wanted))).toEqual([
      0, 0, 1, 2, 4, 5,
    ]);
  });

  it("finds the nearest, and the first of equally near ones", () => {
    expect([-1, 0.4, 0.5, 0.6, 2.9, 9].map((wanted) => nearestTo(km, wanted))).toEqual([
      0, 0, 0, 1, 2, 4,
    ]);
    expect(nearestTo([], 1)).toBe(-1);
  });

  it("tells values between samples, and zero as a value", () => {
    expect(valueAt([0, 2], [0, 10], 1)).toBe(5);
    expect(valueAt([0, 2], [0, 10], 0)).toBe(0);
    expect(valueAt([0, 2], [0, 10], 7)).toBe(10);
    expect(valueAt([0, 2], [null, 10], 1)).toBe(10);
    expect(valueAt([0, 2], [null, null], 1)).toBeNull();
  });
});
