import { describe, expect, it } from "vitest";
import { dayIn, titleOf } from "./suggest.ts";

describe("the title from a file's name", () => {
  it.each([
    ["vuelta_al-pantano.gpx", "Vuelta Al Pantano"],
    ["2026-05-01_ruta de la sierra (2).gpx", "Ruta De La Sierra"],
    ["ruta final v2.gpx", "Ruta"],
    ["20260501T101500Z.gpx", "20260501T101500Z"],
    ["Puerto de Navacerrada copia.GPX", "Puerto De Navacerrada"],
    ["1.5.2026 ávila.gpx", "Ávila"],
    ["finale.gpx", "Finale"],
    [".gpx", "Gpx"],
  ])("of %s is %s", (name, title) => expect(titleOf(name)).toBe(title));

  it("is no longer than a form takes", () => {
    expect(titleOf(`${"a".repeat(300)}.gpx`)).toHaveLength(200);
  });
});

describe("the day of a ride", () => {
  const today = "2026-06-01";

  it("is that of the first point, not of the export", () => {
    const head =
      "<metadata><time>2026-05-20T10:00:00Z</time></metadata>" +
      "<trkpt lat='1' lon='1'><time>2026-05-01T10:00:00Z</time></trkpt>";
    expect(dayIn(head, today)).toBe("2026-05-01");
  });

  it("is any other time where points have none, and null where there is none at all", () => {
    expect(dayIn("<time>2026-05-20T10:00:00Z</time><trkpt/>", today)).toBe("2026-05-20");
    expect(dayIn("<trkpt/>", today)).toBeNull();
  });

  it("is what stands there where an offset is given", () => {
    expect(dayIn("<trkpt><time>2026-05-20T23:30:00-05:00</time>", today)).toBe("2026-05-20");
  });

  it("is not one that a clock that was never set says", () => {
    expect(dayIn("<trkpt><time>1970-01-01T00:00:00Z</time>", today)).toBeNull();
    expect(dayIn("<trkpt><time>2026-06-02T12:00:00</time>", today)).toBeNull();
  });
});
