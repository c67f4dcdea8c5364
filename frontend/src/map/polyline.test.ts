import { describe, expect, it } from "vitest";
import { decoded, sketch } from "./polyline.ts";

describe("the line of a thumbnail", () => {
  it("is read as it is written", () => {
    // The example of Google's description of the format.
    expect(decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@")).toEqual([
      [-120.2, 38.5],
      [-120.95, 40.7],
      [-126.453, 43.252],
    ]);
    expect(decoded("")).toEqual([]);
  });

  it("fits into its box with the north above", () => {
    const path = sketch(
      [
        [0, 0],
        [0, 1],
      ],
      600,
      400,
    );
    expect(path).toBe("M300.0 360.0L300.0 40.0");
  });
});
