import { describe, expect, it } from "vitest";
import { helpFor, mayNeedOtherFile } from "./help.ts";

describe("what helps first", () => {
  it("is another file where the file is to blame", () => {
    for (const code of ["TOO_MANY_POINTS", "NO_USABLE_POINTS", "FILE_CORRUPTED"] as const) {
      expect(helpFor(code)).toBe("otherFile");
    }
    expect(helpFor("INVALID_GPX_FORMAT", "cut_off")).toBe("otherFile");
  });

  it("is the same again where the service or the connection was", () => {
    const passing = [
      "offline",
      "unknown",
      "INTERNAL_ERROR",
      "DATABASE_UNAVAILABLE",
      "STORAGE_UNAVAILABLE",
      "SERVICE_BUSY",
      "OUT_OF_MEMORY",
      "PROCESSING_TIMEOUT",
      "PROCESSING_ABANDONED",
    ] as const;
    for (const code of passing) expect(helpFor(code), code).toBe("again");
  });

  it("is to name the columns of a table that has them", () => {
    expect(helpFor("INVALID_GPX_FORMAT", "missing_columns")).toBe("columns");
    expect(helpFor("INVALID_GPX_FILE", "ambiguous_dates")).toBe("columns");
  });

  it("is nothing where the ride has what it needs", () => {
    expect(helpFor("TRIP_ALREADY_HAS_GPX")).toBe("none");
  });
});

it("another file is the second thing to try of what was too much for the service", () => {
  expect(mayNeedOtherFile("PROCESSING_TIMEOUT")).toBe(true);
  expect(mayNeedOtherFile("STORAGE_UNAVAILABLE")).toBe(false);
  expect(mayNeedOtherFile("TOO_MANY_POINTS")).toBe(false);
});
