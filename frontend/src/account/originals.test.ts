import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, serve } from "../../tests/service.ts";
import { nameOf, takeOriginals } from "./originals.ts";

const saved: { name: string; file: Blob }[] = [];
vi.mock("../api/files.ts", async (original) => ({
  ...(await original<object>()),
  save: (file: Blob, name: string) => saved.push({ name, file }),
}));

beforeEach(() => saved.splice(0));

function rideOf(number: number, hasFile = true) {
  const upload = { gpx_file_id: `file-${number}`, file_name: "ride.fit.gz" };
  return {
    title: "Puig Major",
    start_date: "2026-05-01",
    upload: hasFile ? upload : null,
  };
}

/** A rider with so many rides; `fileAt` answers for each file. */
function serveRides(
  count: number,
  fileAt: (asked: Asked) => ReturnType<Parameters<typeof serve>[0]>,
) {
  return serve((asked) => {
    if (!asked.path.endsWith("/trips")) return fileAt(asked);
    const offset = Number(asked.query.get("offset"));
    const trips = Array.from({ length: count }, (_, index) => rideOf(index)).slice(
      offset,
      offset + Number(asked.query.get("limit")),
    );
    return { data: { trips, total: count, count: trips.length, offset, limit: 100 } };
  });
}

const take = (onProgress = vi.fn(), archiveBytes?: number) =>
  takeOriginals("ana", "rutas", {
    signal: new AbortController().signal,
    onProgress,
    ...(archiveBytes && { archiveBytes }),
  });

describe("taking everything along", () => {
  it("asks for every page and every file, and hands over one archive", async () => {
    const asked = serveRides(130, ({ path }) => ({ body: path }));
    const told = vi.fn();
    expect(await take(told)).toEqual({ files: 130, missing: 0 });
    expect(asked.filter(({ path }) => path.endsWith("/download"))).toHaveLength(130);
    expect(saved.map(({ name }) => name)).toEqual(["rutas.zip"]);
    const content = await saved[0]?.file.text();
    expect(content).toContain("2026-05-01 Puig Major.fit.gz/gpx/file-0/download");
    expect(content).toContain("2026-05-01 Puig Major (130).fit.gz/gpx/file-129/download");
    expect(told).toHaveBeenLastCalledWith(129, 130);
  });

  it("says how many files are not there any more, and takes the others", async () => {
    serveRides(3, ({ path }) =>
      path.includes("file-1")
        ? { status: 404, error: { code: "NOT_FOUND", message: "gone" } }
        : { body: "x" },
    );
    expect(await take()).toEqual({ files: 2, missing: 1 });
    expect(saved).toHaveLength(1);
  });

  it("saves nothing half when the service is away", async () => {
    serveRides(3, ({ path }) =>
      path.includes("file-2")
        ? { status: 503, error: { code: "STORAGE_UNAVAILABLE", message: "away" } }
        : { body: "x" },
    );
    await expect(take()).rejects.toMatchObject({ status: 503 });
    expect(saved).toEqual([]);
  });

  it("begins another archive where one would be too large to hold", async () => {
    serveRides(3, () => ({ body: new Uint8Array(1000) }));
    expect(await take(vi.fn(), 2500)).toEqual({ files: 3, missing: 0 });
    expect(saved.map(({ name }) => name)).toEqual(["rutas.zip", "rutas-2.zip"]);
  });

  it("saves nothing where there is nothing", async () => {
    serveRides(0, () => ({ body: "x" }));
    expect(await take()).toEqual({ files: 0, missing: 0 });
    expect(saved).toEqual([]);
  });
});

describe("a name in the archive", () => {
  const name = (title: string, file_name = "a.gpx", taken = new Set<string>()) =>
    nameOf({ title, start_date: "2026-05-01", upload: { gpx_file_id: "x", file_name } }, taken);

  it("is one that every system takes", () => {
    expect(name('Sa Calobra: ida/vuelta "1"')).toBe("2026-05-01 Sa Calobra_ ida_vuelta _1_.gpx");
    expect(name("..\\..\\etc")).toBe("2026-05-01 .._.._etc.gpx");
    expect(name("x".repeat(200))).toHaveLength(104);
  });

  it("ends as the file did", () => {
    expect(name("a", "Ride.FIT.gz")).toBe("2026-05-01 a.FIT.gz");
    expect(name("a", "2026.05.01.tcx")).toBe("2026-05-01 a.tcx");
    expect(name("a", "rides.zip")).toBe("2026-05-01 a.zip");
    expect(name("a", "noname")).toBe("2026-05-01 a.gpx");
  });

  it("is no other's, whatever the case", () => {
    const taken = new Set<string>();
    expect(["Vuelta", "vuelta", "Vuelta"].map((title) => name(title, "a.gpx", taken))).toEqual([
      "2026-05-01 Vuelta.gpx",
      "2026-05-01 vuelta (2).gpx",
      "2026-05-01 Vuelta (3).gpx",
    ]);
  });
});
