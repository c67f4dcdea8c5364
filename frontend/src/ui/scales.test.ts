import { describe, expect, it } from "vitest";
import { samplesOf } from "../api/samples.ts";
import { bandsOf, GRADIENTS, scaleOf, shadeOf } from "./scales.ts";

function samples(columns: Record<string, (number | null)[]>) {
  const km = columns["distance_km"] ?? [];
  return samplesOf({
    gpx_file_id: "1",
    total_points: km.length,
    samples: km.length,
    from_km: 0,
    to_km: km.at(-1) ?? 0,
    columns,
  });
}

describe("colours of what was measured", () => {
  it("are those of the service's classes of gradients", () => {
    const shades = [-8, -3, 0, 3, 3.01, 6, 6.1, 10, 10.1].map((value) => shadeOf(GRADIENTS, value));
    expect(shades).toEqual([
      "downhill",
      "flat",
      "flat",
      "flat",
      "moderate",
      "moderate",
      "steep",
      "steep",
      "very-steep",
    ]);
  });

  it("are of four classes with about as many samples each for anything else", () => {
    const speed = Array.from({ length: 100 }, (_, at) => at);
    const scale = scaleOf("speed_kmh", samples({ distance_km: speed, speed_kmh: speed }));
    expect(scale.breaks).toEqual([25, 50, 75]);
    expect([0, 25, 60, 99].map((value) => shadeOf(scale, value))).toEqual([
      "flat",
      "moderate",
      "steep",
      "very-steep",
    ]);
  });

  it("have no class that nothing can be in", () => {
    const power = [200, 200, 200, 200];
    const scale = scaleOf("power_w", samples({ distance_km: [0, 1, 2, 3], power_w: power }));
    expect(scale.breaks).toEqual([200]);
    expect(scale.shades).toHaveLength(2);
  });

  it("follow the mean of the road, and leave out what is not known", () => {
    const ride = samples({
      distance_km: [0, 1, 1, 2, 2, 3],
      gradient: [0, 0, 8, 8, null, null],
    });
    expect(bandsOf(ride, GRADIENTS, 3)).toEqual([
      { fromKm: 0, toKm: 1, shade: "flat" },
      { fromKm: 1, toKm: 2, shade: "steep" },
      { fromKm: 2, toKm: 3, shade: null },
    ]);
    expect(bandsOf(ride, GRADIENTS, 300)).toHaveLength(3);
  });
});
