import { describe, expect, it } from "vitest";
import { formatOf } from "../i18n/format.ts";
import { marginOf } from "./give-or-take.ts";

const spanish = formatOf({ language: "es", units: "km" });

describe("how sure an elevation is", () => {
  it("is half of what lies between the two, in whole metres", () => {
    const margin = { half: "35\u00a0m", low: "1505\u00a0m", high: "1576\u00a0m" };
    expect(marginOf(1505.2, 1575.9, spanish)).toEqual(margin);
    expect(marginOf(14_950, 15_050, spanish)?.high).toBe("15.050\u00a0m");
  });

  it("is told in the units that were chosen", () => {
    const feet = formatOf({ language: "en", units: "mi" });
    expect(marginOf(1500, 1561, feet)?.half).toBe("100\u00a0ft");
  });

  it("is not told below a metre", () => {
    expect(marginOf(100, 101.9, spanish)).toBeNull();
    expect(marginOf(100, 102, spanish)?.half).toBe("1\u00a0m");
    expect(marginOf(0, 0, spanish)).toBeNull();
  });

  it("begins at sea level as anywhere else", () => {
    expect(marginOf(0, 17, spanish)?.low).toBe("0\u00a0m");
  });

  it.each([
    [null, null],
    [null, 10],
    [0, null],
    // Of a service from before.
    [undefined, undefined],
    [Number.NaN, 10],
  ])("is not told where %s and %s are all that is known", (low, high) => {
    expect(marginOf(low, high, spanish)).toBeNull();
  });
});
