import { describe, expect, it } from "vitest";
import { gridStep, levelFor, metresPerPixel, stepOf } from "./detail.ts";

describe("the detail of the line", () => {
  it("grows as the rider comes nearer, down to what was recorded", () => {
    const names = [100, 20, 4, 1].map((metres) => levelFor(metres, 8000).name);
    expect(names).toEqual(["overview", "stored", "fine", "finest"]);
    expect(levelFor(1, 8000).toleranceM).toBe(1);
  });

  it("asks for nothing more where the overview has all stored points", () => {
    expect(levelFor(20, 400).name).toBe("overview");
    expect(levelFor(4, 400).name).toBe("fine");
  });

  it("knows how large a pixel is", () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.5, 1);
    expect(metresPerPixel(10, 60)).toBeCloseTo(38.2, 1);
  });

  it("puts each mark into the largest step", () => {
    expect([1, 5, 10, 50, 100, 35].map(stepOf)).toEqual([1, 5, 10, 50, 100, 5]);
  });

  it("draws a grid that is neither dense nor empty", () => {
    expect(gridStep(0.0001)).toBe(0.01);
    expect(gridStep(0.1)).toBe(10);
    expect(gridStep(50)).toBe(30);
  });
});
