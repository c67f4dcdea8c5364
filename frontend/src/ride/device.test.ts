import { describe, expect, it } from "vitest";
import { formatOf } from "../i18n/format.ts";
import { deviceNumbers } from "./device.ts";
import { nameFrom } from "./downloads.ts";
import { paragraphsOf } from "./paragraphs.ts";

describe("what the device says", () => {
  const format = formatOf({ language: "es", units: "km" });

  it("is told where it is a number, zero too", () => {
    const totals = { distance_km: 59.39, elevation_gain_m: 0, max_speed_kmh: "fast", timer: 3 };
    expect(deviceNumbers(totals, format)).toEqual({
      distance: "59,4\u00a0km",
      gain: "0\u00a0m",
    });
    expect(deviceNumbers(null, format)).toEqual({});
  });
});

describe("a downloaded file", () => {
  it("has the name that the service gives it", () => {
    expect(nameFrom('attachment; filename="vuelta.gpx"')).toBe("vuelta.gpx");
    expect(nameFrom("attachment; filename*=utf-8''L%C3%A6rdal.gpx")).toBe("Lærdal.gpx");
    expect(nameFrom(null)).toBeNull();
  });
});

describe("a description", () => {
  it("is shown as paragraphs, without its markup", () => {
    expect(
      paragraphsOf("<p>Uno <b>dos</b></p><ul><li>tres</li><li>cuatro</li></ul>cinco<br>seis"),
    ).toEqual(["Uno dos", "tres", "cuatro", "cinco", "seis"]);
    expect(paragraphsOf("<p> </p>")).toEqual([]);
  });
});
