import { describe, expect, it } from "vitest";
import { formatOf } from "../i18n/format.ts";
import { LANGUAGES } from "../i18n/texts.ts";
import engine from "../../../backend/src/gpx/statistics/device.py?raw";
import { deviceRows } from "./device.ts";
import { nameFrom } from "./downloads.ts";
import { paragraphsOf } from "./paragraphs.ts";
import { texts } from "./texts.ts";

describe("what the device says", () => {
  const format = formatOf({ language: "es", units: "km" });

  const totals = {
    distance_km: 59.39,
    elevation_gain: 0,
    elevation_loss: null,
    total_time_minutes: null,
    moving_time_minutes: null,
    avg_speed_kmh: 21.26,
    max_speed_kmh: null,
    device: null,
    differences: [{ number: "avg_speed_kmh", ours: 20, theirs: 21.26, reason: "rest" } as const],
  };

  it("is told where it is known, zero too, with the reason where it differs", () => {
    expect(deviceRows(totals, format)).toEqual([
      { name: "distance", value: "59,4\u00a0km", reason: null },
      { name: "gain", value: "0\u00a0m", reason: null },
      { name: "average", value: "21,3\u00a0km/h", reason: "rest" },
    ]);
    expect(deviceRows(null, format)).toEqual([]);
  });

  it("differs for reasons that have a sentence each, in both languages", () => {
    const words = /class Reason\(StrEnum\):(.*?)\n\n\n/s.exec(engine)?.[1] ?? "";
    const named = [...words.matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map(([, word]) => word ?? "");
    expect(named).toContain("wheel_sensor");
    for (const language of LANGUAGES) {
      const { reasons } = texts[language];
      expect(new Set(Object.keys(reasons))).toEqual(new Set(named));
      expect(new Set(Object.values(reasons)).size).toBe(named.length);
    }
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
