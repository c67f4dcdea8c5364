import { describe, expect, it } from "vitest";
import { samplesOf } from "../api/samples.ts";
import { formatOf } from "../i18n/format.ts";
import {
  curvesOf,
  heightsShown,
  decimalsOf,
  kilometresOf,
  kmAfter,
  kmAt,
  said,
  stopsOf,
  xAt,
} from "./profile-math.ts";

const format = formatOf({ language: "es", units: "km" });
const miles = formatOf({ language: "en", units: "mi" });

/** Two segments with an hour between them. */
const ride = samplesOf({
  gpx_file_id: "1",
  total_points: 4,
  samples: 4,
  from_km: 0,
  to_km: 2.5,
  columns: {
    distance_km: [0, 1, 1, 2.5],
    elevation: [100, 150, 150, 120],
    gradient: [5, 5, -2, -2],
    time: [1000, 1300, 4900, 5200],
    segment: [0, 0, 1, 1],
    speed_kmh: [12, 12, 18, null],
  },
});

describe("the curves of a profile", () => {
  it("end at a gap of the recording", () => {
    const { x, elevation, second } = curvesOf(ride, "time", "speed_kmh", format);
    expect(x).toEqual([0, 300, 300, 3900, 4200]);
    expect(elevation).toEqual([100, 150, null, 150, 120]);
    expect(second).toEqual([12, 12, null, 18, null]);
  });

  it("are in the rider's units", () => {
    const { x, elevation } = curvesOf(ride, "distance", null, miles);
    expect(x.at(-1)).toBeCloseTo(1.553, 3);
    expect(elevation[0]).toBeCloseTo(328.08, 2);
  });

  it("find the distance at a place, and the place at a distance", () => {
    const curves = curvesOf(ride, "time", null, format);
    expect(kmAt(curves, 4190)).toBe(2.5);
    expect(xAt(ride, "time", 0.5, format)).toBe(150);
    expect(xAt(ride, "distance", 0.5, format)).toBe(0.5);
  });

  it("have their colours where they are seen", () => {
    const bands = [
      { fromKm: 0, toKm: 1, shade: "flat" as const },
      { fromKm: 1, toKm: 2, shade: "steep" as const },
      { fromKm: 2, toKm: 4, shade: null },
    ];
    expect(stopsOf(bands, (km) => km, 0.5, 1.5)).toEqual([
      { from: 0, to: 0.5, shade: "flat" },
      { from: 0.5, to: 1, shade: "steep" },
    ]);
  });
});

describe("the keys", () => {
  const range = { fromKm: 0, toKm: 25 };

  it("move by steps that suit what is seen, and not beyond it", () => {
    expect(kmAfter("ArrowRight", 1, range)).toBeCloseTo(1.1);
    expect(kmAfter("ArrowLeft", 0.05, range)).toBe(0);
    expect(kmAfter("PageUp", 1, range)).toBeCloseTo(2);
    expect(kmAfter("Home", 9, range)).toBe(0);
    expect(kmAfter("End", null, range)).toBe(25);
    expect(kmAfter("a", 9, range)).toBeNull();
  });
});

describe("what is said of a place", () => {
  it("is where it is, how high and how steep", () => {
    const { where, values } = said(ride, 0.5, format, "speed_kmh");
    expect([where, ...values].join(", ").replaceAll("\u00a0", " ")).toBe(
      "km 0,50, 125 m, 5,0 %, 12,0 km/h",
    );
  });
});

describe("the table of kilometres", () => {
  it("has every kilometre and the rest of the ride", () => {
    const rows = kilometresOf(ride, 1);
    expect(rows.map(({ fromKm, toKm }) => [fromKm, toKm])).toEqual([
      [0, 1],
      [1, 2],
      [2, 2.5],
    ]);
    expect(rows[0]).toMatchObject({ elevation: 150, rise: 50, gradient: 5, minutes: 5 });
    expect(rows[2]?.rise).toBeCloseTo(-10);
  });

  it("goes in larger steps on a long ride", () => {
    const long = samplesOf({
      gpx_file_id: "1",
      total_points: 2,
      samples: 2,
      from_km: 0,
      to_km: 2000,
      columns: { distance_km: [0, 2000], elevation: [0, 0], time: [null, null] },
    });
    expect(kilometresOf(long, 1)).toHaveLength(200);
    expect(kilometresOf(long, 1)[0]?.minutes).toBeNull();
  });
});

describe("the marks of an axis", () => {
  it.each([
    [20, 0],
    [5, 0],
    [2.5, 1],
    [0.2, 1],
    [0.25, 2],
  ])("stand %d apart, told with %d decimals", (step, decimals) => {
    expect(decimalsOf(step)).toBe(decimals);
  });
});

describe("the elevations that are drawn", () => {
  it("have a little air above and below", () => {
    expect(heightsShown(800, 1800)).toEqual([740, 1860]);
  });

  it("are ground under a flat road, which stays flat", () => {
    const [low, high] = heightsShown(0, 12);
    expect(low).toBeGreaterThan(-5);
    expect(high - low).toBeGreaterThan(60);
  });

  it("are some where none is known", () => {
    expect(heightsShown(null, null)).toEqual([0, 100]);
  });
});
