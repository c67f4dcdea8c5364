import { describe, expect, it } from "vitest";
import { dayIn, dayOf, suggestedTitle, suggestionFor, titleOf } from "./suggest.ts";

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
    ["puerto.CSV.gz", "Puerto"],
    ["puerto.gpx.xml", "Puerto"],
    [".gpx.gz", "Gpx"],
  ])("of %s is %s", (name, title) => expect(titleOf(name)).toBe(title));

  it("is no longer than a form takes", () => {
    expect(titleOf(`${"a".repeat(300)}.gpx`)).toHaveLength(200);
  });
});

describe("the title of a ride", () => {
  const titled = (xml: string) => suggestedTitle(xml, "2026-05-01_activity 42.gpx");

  it.each([
    ["<gpx><trk><name>Vuelta al pantano</name><trkseg>", "Vuelta al pantano"],
    [
      "<metadata><name>File</name></metadata><trk><name>Ride &amp; <![CDATA[<b>]]></name>",
      "Ride & <b>",
    ],
    ["<metadata><name>A pass</name></metadata><trk><name> </name><trkseg>", "A pass"],
    ["<trk><name>Sierra &#225; &#xe9; &nada;</name>", "Sierra á é &nada;"],
    ["<wpt><name>Fountain</name></wpt><trk><trkseg>", "Activity 42"],
    ["<trk><name>Track 3</name>", "Activity 42"],
    ["<trk><name>2026-05-01 10:15</name>", "Activity 42"],
    ["lat,lon", "Activity 42"],
  ])("in %s is %s", (xml, title) => expect(titled(xml)).toBe(title));
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

  it("is found in other formats too", () => {
    const tcx = "<Id>2026-05-20T10:00:00Z</Id><Trackpoint><Time>2026-05-01T10:00:00Z</Time>";
    expect(dayIn(tcx, today)).toBe("2026-05-01");
    expect(dayIn("lat;lon;hora\n40,1;-3,2;2026-05-01 10:00:00\n", today)).toBe("2026-05-01");
    expect(dayIn("lat,lon,ele\n40.1,-3.2,12026-05-011\n", today)).toBeNull();
  });

  it("is what stands there where an offset is given", () => {
    expect(dayIn("<trkpt><time>2026-05-20T23:30:00-05:00</time>", today)).toBe("2026-05-20");
  });

  it("is found in a FIT file, of either order of bytes", async () => {
    for (const isLittle of [true, false]) {
      expect(await dayOfFile(fitHead("2026-05-01T10:00:00Z", isLittle))).toBe("2026-05-01");
    }
    const cutOff = fitHead("2026-05-01T10:00:00Z", true).slice(0, 24);
    expect(await dayOfFile(cutOff)).toBe(dayOf(new Date()));
  });

  it("is found in what is packed", async () => {
    const text = "<trkpt lat='1' lon='1'><time>2026-05-01T10:00:00Z</time></trkpt>";
    expect(await dayOfFile(await packedAs("gzip", text))).toBe("2026-05-01");
    const local = new Uint8Array(33);
    local.set([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0]);
    local.set([3, 0, 0, 0, 0x61, 0x2e, 0x62], 26);
    const deflated = await packedAs("deflate-raw", text);
    expect(await dayOfFile(local, deflated)).toBe("2026-05-01");
    const cutOff = (await packedAs("gzip", text + text)).slice(0, 40);
    expect(await dayOfFile(cutOff)).toBe(dayOf(new Date()));
  });

  it("is not one that a clock that was never set says", () => {
    expect(dayIn("<trkpt><time>1970-01-01T00:00:00Z</time>", today)).toBeNull();
    expect(dayIn("<trkpt><time>2026-06-02T12:00:00</time>", today)).toBeNull();
  });
});

async function dayOfFile(...parts: BlobPart[]): Promise<string> {
  return (await suggestionFor(new File(parts, "ride"))).day;
}

async function packedAs(format: CompressionFormat, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Response(text).body?.pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** The header, a definition of `file_id` with type and time, and the message. */
function fitHead(time: string, isLittle: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  bytes.set([14, 32, 0, 0, 18, 0, 0, 0, ...new TextEncoder().encode(".FIT"), 0, 0]);
  bytes.set([0x40, 0, isLittle ? 0 : 1, 0, 0, 2, 0, 1, 0, 4, 4, 0x86], 14);
  bytes.set([0x00, 4], 26);
  view.setUint32(28, Date.parse(time) / 1000 - 631_065_600, isLittle);
  return bytes;
}
