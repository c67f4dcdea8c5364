import { describe, expect, it } from "vitest";
import { hashOf, rangeOf } from "./hash.ts";

describe("the address of a stretch", () => {
  it("is read back as it was written", () => {
    expect(hashOf({ fromKm: 12.4, toKm: 17.899999 })).toBe("#km=12.4-17.9");
    expect(rangeOf("#km=12.4-17.9")).toEqual({ fromKm: 12.4, toKm: 17.9 });
    expect(rangeOf("#km=0-5")).toEqual({ fromKm: 0, toKm: 5 });
  });

  it("means nothing where it makes no sense", () => {
    for (const hash of ["", "#km=5-5", "#km=9-3", "#km=a-b", "#km=1", "#km=-1-2", "#other", "#%"]) {
      expect(rangeOf(hash)).toBeNull();
    }
    expect(hashOf(null)).toBe("");
    expect(hashOf({ fromKm: 1, toKm: 1.001 })).toBe("");
  });
});
