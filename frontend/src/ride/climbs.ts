import type { Schemas } from "../api/client.ts";

interface Words {
  category: (name: string) => string;
  noCategory: string;
}

/** The climbs as map, profile and cards take them, in the order in which they are ridden. */
export function climbsOf(climbs: readonly Schemas["ClimbOut"][], words: Words) {
  return climbs
    .map((climb) => ({
      fromKm: climb.start_km,
      toKm: climb.end_km,
      lengthKm: climb.distance_km,
      gainM: climb.elevation_gain_m,
      average: climb.avg_gradient,
      steepest: climb.max_gradient,
      sign: climb.category ?? "↗",
      name: climb.category === null ? words.noCategory : words.category(climb.category),
    }))
    .sort((a, b) => a.fromKm - b.fromKm);
}

export type Climb = ReturnType<typeof climbsOf>[number];
