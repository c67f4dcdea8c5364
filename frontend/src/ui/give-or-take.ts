/** How sure an elevation is that was worked out. */
import { type Format } from "../i18n/format.ts";

type Known = number | null | undefined;

/** What follows a number behind a "±", and the two elevations between which the true one lies. */
export interface Margin {
  half: string;
  low: string;
  high: string;
}

/** Null where it is not known, or so little that nobody cares. */
export function marginOf(lowM: Known, highM: Known, format: Format): Margin | null {
  if (typeof lowM !== "number" || typeof highM !== "number") return null;
  const halfM = (highM - lowM) / 2;
  if (!(halfM >= 1)) return null;
  return {
    half: format.elevation(halfM),
    low: format.elevation(lowM),
    high: format.elevation(highM),
  };
}
