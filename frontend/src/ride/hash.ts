/** A stretch of the ride as part of an address: `#km=12.4-17.9`. */
import type { Range } from "../api/samples.ts";

const SHAPE = /^#km=(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/;

/** The stretch that an address asks for; null where it asks for none that makes sense. */
export function rangeOf(hash: string): Range | null {
  const [, from, to] = SHAPE.exec(hash) ?? [];
  const range = { fromKm: Number(from), toKm: Number(to) };
  return range.toKm > range.fromKm ? range : null;
}

/** In steps of ten metres, and no more digits than it takes. */
export function hashOf(range: Range | null): string {
  if (range === null) return "";
  const [from, to] = [range.fromKm, range.toKm].map((km) => String(Math.round(km * 100) / 100));
  return from === to ? "" : `#km=${from ?? ""}-${to ?? ""}`;
}
