import { describe, expect, it } from "vitest";
import service from "../../../backend/src/services/uploads/file_names.py?raw";
import { headOfTable, isTrackLog } from "./track-logs.ts";

describe("a track log", () => {
  it("is every kind that the service takes, in any case, also packed or with what phones add", () => {
    const listed = /EXTENSIONS: Final = \((.*)\)/.exec(service)?.[1] ?? "";
    const extensions = [...listed.matchAll(/"(\.\w+)"/g)].map(([, extension]) => extension ?? "");
    expect(extensions).toContain(".fit");
    for (const extension of extensions) {
      const names = [`a${extension}`, `A${extension.toUpperCase()}.gz`, `a b${extension}.xml`];
      expect(names.filter((name) => !isTrackLog(name))).toEqual([]);
    }
  });

  it.each(["a.kmz", "gpx", ".gpx", "a.gz", "a.gpx.zipped", "a.fit.exe", "a.xml", "agpx"])(
    "is not %s",
    (name) => expect(isTrackLog(name)).toBe(false),
  );

  it("gives its first whole lines where it is a large table", async () => {
    const line = "40.123456;-3.123456;2026-03-21T10:00:00Z\n";
    const head = await headOfTable(new File([line.repeat(30_000)], "a.csv"));
    const text = (await head?.text()) ?? "";
    expect(text.length).toBeLessThanOrEqual(1e6);
    expect(text.length).toBeGreaterThan(9e5);
    expect(text.endsWith(line)).toBe(true);
    expect(await headOfTable(new File(["x"], "a.csv.gz"))).toBeNull();
    expect(await headOfTable(new File(["x"], "a.fit"))).toBeNull();
  });
});
