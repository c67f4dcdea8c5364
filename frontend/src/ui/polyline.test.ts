import { describe, expect, it } from "vitest";
import { decodePolyline, pathOf } from "./polyline.ts";

const box = { width: 100, height: 60, margin: 5 };

describe("an encoded polyline", () => {
  it("is read as the format's own example says", () => {
    expect(decodePolyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@")).toEqual([
      [38.5, -120.2],
      [40.7, -120.95],
      [43.252, -126.453],
    ]);
  });

  it("has no points where it is empty, and none after the place where it is cut off", () => {
    expect(decodePolyline("")).toEqual([]);
    expect(decodePolyline("_p~iF~ps|U_ulL")).toEqual([[38.5, -120.2]]);
  });
});

describe("the path of a thumbnail", () => {
  it("fills the box up to its margin, north up", () => {
    const path = pathOf(
      [
        [0, 0],
        [1, 0],
      ],
      box,
    );
    expect(path).toBe("M50.0 55.0L50.0 5.0");
  });

  it("shortens longitudes by the latitude", () => {
    const path = pathOf(
      [
        [60, 10],
        [60.5, 11],
        [59.5, 10],
      ],
      box,
    );
    const x = /^M([\d.]+) /.exec(path)?.[1];
    // One degree to the east is half as long at 60 degrees: as long as half a degree to the north.
    expect(Number(x)).toBeCloseTo(50 - 12.5, 0);
  });

  it("goes the short way across the antimeridian", () => {
    const there = pathOf(
      [
        [0, 179],
        [1, -179],
      ],
      box,
    );
    const here = pathOf(
      [
        [0, 1],
        [1, 3],
      ],
      box,
    );
    expect(there).toBe(here);
  });

  it("is a dot in the middle where all points are one place, and nothing for less than two", () => {
    expect(
      pathOf(
        [
          [1, 1],
          [1, 1],
        ],
        box,
      ),
    ).toBe("M50.0 30.0L50.0 30.0");
    expect(pathOf([[1, 1]], box)).toBe("");
  });
});
