/** How fine the line must be at a zoom. */

/** From the whole at a glance to what the recorder wrote; tolerances in metres. */
export const LEVELS = [
  { name: "overview", toleranceM: null, mostBands: 500 },
  { name: "stored", toleranceM: 10, mostBands: 1500 },
  { name: "fine", toleranceM: 3, mostBands: 4000 },
  { name: "finest", toleranceM: 1, mostBands: 4000 },
] as const;
export type Level = (typeof LEVELS)[number];
export const OVERVIEW = LEVELS[0];
/** So many points show a whole ride on any screen. */
export const OVERVIEW_POINTS = 1500;
const EQUATOR_M = 40_075_017;
const TILE_PX = 512;

export function metresPerPixel(zoom: number, latitude: number): number {
  return (EQUATOR_M * Math.cos((latitude * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
}

/**
 * The coarsest level that looks no different. The overview of a ride that is stored in few points
 * is all that is stored; for how many there are see `storedPoints`.
 */
export function levelFor(metresPerPx: number, storedPoints: number): Level {
  const [overview, stored, fine, finest] = LEVELS;
  if (metresPerPx <= 1.5) return finest;
  if (metresPerPx <= 5) return fine;
  if (metresPerPx <= 40 && storedPoints > OVERVIEW_POINTS) return stored;
  return overview;
}

/** How many kilometres (or miles) lie between the marks along the line. */
export const MARK_STEPS = [
  { every: 100, minzoom: 6.5 },
  { every: 50, minzoom: 8 },
  { every: 10, minzoom: 9.5 },
  { every: 5, minzoom: 11 },
  { every: 1, minzoom: 12.5 },
] as const;

/** The largest step that a mark belongs to. */
export function stepOf(count: number): number {
  return MARK_STEPS.find(({ every }) => count % every === 0)?.every ?? 1;
}

const GRID_DEGREES = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** The step of the grid, in degrees, whose cells are about as wide as a hand on a screen. */
export function gridStep(degreesPerPx: number): number {
  return GRID_DEGREES.findLast((step) => step / degreesPerPx >= 90) ?? 30;
}
