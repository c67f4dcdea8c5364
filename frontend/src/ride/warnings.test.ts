import { describe, expect, it } from "vitest";
import engine from "../../../backend/src/gpx/warning_kinds.py?raw";
import { LANGUAGES } from "../i18n/texts.ts";
import { KINDS, sentences, warningsOf } from "./warnings.ts";

describe("what was mended", () => {
  it("has a sentence for every kind that the engine names, one and many", () => {
    const named = [...engine.matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map(([, kind]) => kind);
    expect(new Set(KINDS)).toEqual(new Set(named));
    for (const language of LANGUAGES) {
      const told = KINDS.flatMap((kind) =>
        [1, 3].map((n) => sentences[language][kind](n, String(n))),
      );
      expect(new Set(told).size).toBe(2 * KINDS.length);
    }
  });

  it("has one sentence for all kinds that are not known yet", () => {
    const found = [
      { kind: "invalid_elevation", count: 3 },
      { kind: "moved_by_magnets", count: 1 },
      { kind: "constructor", count: 4 },
    ];
    expect(warningsOf(found, sentences.en, String)).toEqual([
      "3 elevations were impossible and were not used.",
      "5 values of the file could not be true and were mended or left out.",
    ]);
    expect(warningsOf([], sentences.es, String)).toEqual([]);
  });
});
