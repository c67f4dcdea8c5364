import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeRequest, installFakes } from "./fake-browser.ts";
import { FakeFiles, type FakeService } from "./fake-service.ts";
import { losesOnLeaving, startUploads, type Uploads, withoutKnown } from "./store.ts";
import { type Upload } from "./upload-state.ts";

const trip = {
  title: "Vuelta",
  description: "Una vuelta.",
  startDate: "2026-05-01",
  endDate: null,
  difficulty: null,
  isPrivate: false,
};
const rideOf = (name: string, text = "<gpx/>") =>
  new File([text], name, { lastModified: 1_700_000_000_000 });

let service: FakeService;
let files: FakeFiles;
let tabs: Uploads[];

beforeEach(() => {
  service = installFakes();
  files = new FakeFiles();
  tabs = [];
});

afterEach(() => {
  for (const tab of tabs) tab.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function open(): Uploads {
  const tab = startUploads("u1", files);
  tabs.push(tab);
  return tab;
}

/** The same page after a reload: what runs ends, what is kept is there. */
function reload(tab: Uploads): Uploads {
  tab.stop();
  return open();
}

const add = (tab: Uploads, ...names: string[]) =>
  tab.add(names.map((name) => ({ file: rideOf(name), trip: { ...trip, title: name } })));

function the(tab: Uploads, index = 0): Upload {
  const upload = tab.now()[index];
  if (!upload) throw new Error("there is no such upload");
  return upload;
}

const states = (tab: Uploads) => tab.now().map(({ state }) => state);

async function becomes(tab: Uploads, state: Upload["state"], index = 0): Promise<Upload> {
  await vi.waitFor(() => expect(the(tab, index).state).toBe(state), { timeout: 4000 });
  return the(tab, index);
}

async function sending(index = 0): Promise<FakeRequest> {
  await vi.waitFor(() => expect(service.sendings[index]).toBeDefined(), { timeout: 4000 });
  return service.sendings[index] as FakeRequest;
}

async function finish(tab: Uploads, index = 0, errorCode: string | null = null): Promise<void> {
  const { tripId } = await becomes(tab, "processing", index);
  const upload = service.uploadOf(tripId);
  if (!upload) throw new Error("the service has no such upload");
  service.finish(upload, errorCode);
}

describe("an upload", () => {
  it("makes a trip, sends its bytes, hears of the stages, and ends with its numbers", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const request = await sending();
    request.bytes(3);
    expect(the(tab).sent).toBe(3);
    await request.arrive();
    await becomes(tab, "processing");
    await vi.waitFor(() => expect(the(tab).progress?.stage).toBe("parsing"));
    await finish(tab);
    const { numbers } = await becomes(tab, "done");
    expect(numbers).toMatchObject({ distanceKm: 42, gainM: 500, movingMin: 120 });
    expect(service.trips).toHaveLength(1);
    expect(files.all.size).toBe(0);
  });

  it("runs beside two others, while the fourth waits and each keeps its place", async () => {
    const tab = open();
    await add(tab, "a.gpx", "b.gpx", "c.gpx", "d.gpx");
    await sending(2);
    expect(states(tab)).toEqual(["sending", "sending", "sending", "queued"]);
    await (await sending(1)).arrive();
    await finish(tab, 1);
    await becomes(tab, "done", 1);
    await sending(3);
    expect(states(tab)).toEqual(["sending", "done", "sending", "sending"]);
    expect(tab.now().map(({ name }) => name)).toEqual(["a.gpx", "b.gpx", "c.gpx", "d.gpx"]);
  });

  it("of the wrong kind or empty is refused here, and costs the service nothing", async () => {
    const tab = open();
    await tab.add([
      { file: rideOf("notes.txt"), trip },
      { file: rideOf("empty.gpx", ""), trip },
    ]);
    await vi.waitFor(() => expect(states(tab)).toEqual(["failed", "failed"]));
    expect(tab.now().map(({ failure }) => failure?.code)).toEqual([
      "INVALID_FILE_TYPE",
      "emptyFile",
    ]);
    expect(service.calls).toEqual([]);
  });

  it.each([
    { status: 400, code: "FILE_TOO_LARGE", message: "El archivo supera el límite de 50 MB" },
    { status: 413, code: null },
  ])("over the limit ($status) leaves no empty trip, and wants another file", async (refusal) => {
    const tab = open();
    await add(tab, "big.gpx");
    await (await sending()).refuse(refusal);
    const { failure } = await becomes(tab, "failed");
    expect(failure).toMatchObject({ code: "FILE_TOO_LARGE", help: "otherFile" });
    if (refusal.message) expect(failure?.detail).toBe(refusal.message);
    await vi.waitFor(() => expect(service.trips).toEqual([]));
  });

  it("that cannot be read says why and where, and takes another file in its place", async () => {
    const tab = open();
    await add(tab, "cut.gpx");
    const message = "El archivo no es un GPX válido: el XML está mal formado (línea 123)";
    const first = await sending();
    await first.refuse({
      status: 400,
      code: "INVALID_GPX_FORMAT",
      reason: "not_well_formed",
      line: 123,
      message,
    });
    expect((await becomes(tab, "failed")).failure?.detail).toBe(message);
    await vi.waitFor(() => expect(service.trips).toEqual([]));
    expect(await tab.refill(the(tab).id, rideOf("whole.gpx"))).toBeNull();
    const second = await sending(1);
    expect(second.key).not.toBe(first.key);
    expect(second.file.name).toBe("whole.gpx");
    await second.arrive();
    await finish(tab);
    await becomes(tab, "done");
  });

  it("is known again when it is chosen twice", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await sending();
    const [again, twice, other] = [rideOf("a.gpx"), rideOf("b.gpx"), rideOf("b.gpx")];
    expect(withoutKnown([again, twice, other], tab.now())).toEqual([twice]);
  });
});

describe("a connection that is lost", () => {
  it("while bytes are sent lets the same be sent again with the same key", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const first = await sending();
    first.lose();
    await becomes(tab, "waiting");
    globalThis.dispatchEvent(new Event("online"));
    const second = await sending(1);
    expect(second.key).toBe(first.key);
    expect(service.calls.filter((call) => call === "POST /trips")).toHaveLength(1);
    await second.arrive();
    await becomes(tab, "processing");
  });

  it("with the answer makes no second upload", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive({ isAnswerLost: true });
    await becomes(tab, "waiting");
    const before = service.uploadOf(the(tab).tripId)?.id;
    await (await sending(1)).arrive();
    expect((await becomes(tab, "processing")).gpxFileId).toBe(before);
  });

  it("with the answer of the trip makes no second trip", async () => {
    service.refuse("POST /trips", "lostAfter");
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive();
    await becomes(tab, "processing");
    expect(service.trips).toHaveLength(1);
  });

  it("finds its own file where the service has forgotten the key", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const request = await sending();
    service.accept(the(tab).tripId ?? "", "another-key", rideOf("a.gpx"));
    await request.arrive();
    await becomes(tab, "processing");
  });

  it("waits as long as the service asks for", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const asked = Date.now();
    await (
      await sending()
    ).refuse({ status: 429, code: "RATE_LIMITED", headers: { "Retry-After": "40" } });
    const { until } = await becomes(tab, "waiting");
    expect((until ?? 0) - asked).toBeGreaterThanOrEqual(40_000);
    expect((until ?? 0) - asked).toBeLessThan(45_000);
  });
});

describe("a page that is loaded anew", () => {
  it("watches on what the service has, without sending it again", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive();
    await becomes(tab, "processing");
    const after = reload(tab);
    await becomes(after, "processing");
    await finish(after);
    await becomes(after, "done");
    expect(service.sendings).toHaveLength(1);
  });

  it("sends again what was under way, to the same trip and with the same key", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const first = await sending();
    first.bytes(2);
    const after = reload(tab);
    expect(first.isAborted).toBe(true);
    const second = await sending(1);
    expect(second.key).toBe(first.key);
    await second.arrive();
    await finish(after);
    await becomes(after, "done");
    expect(service.trips).toHaveLength(1);
  });

  it("asks for the file again where the device could not keep it, and warns before", async () => {
    files.isForgetful = true;
    const tab = open();
    await add(tab, "a.gpx");
    await sending();
    expect(losesOnLeaving(tab.now())).toBe(true);
    files.all.clear();
    const after = reload(tab);
    expect((await becomes(after, "failed")).failure).toMatchObject({
      code: "fileGone",
      help: "otherFile",
    });
  });

  it("need not be warned of once the service has the file", async () => {
    files.isForgetful = true;
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive();
    await becomes(tab, "processing");
    expect(losesOnLeaving(tab.now())).toBe(false);
  });
});

describe("what the rider does", () => {
  it("cancels a sending, and nothing is left of it", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    const request = await sending();
    tab.cancel(the(tab).id);
    expect(request.isAborted).toBe(true);
    expect(the(tab).state).toBe("cancelled");
    await vi.waitFor(() => expect(service.trips).toEqual([]));
  });

  it("cancels while the service is away: what is left goes when it is back", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await sending();
    service.isAway = true;
    tab.cancel(the(tab).id);
    await vi.waitFor(() => expect(service.calls).toContain("DELETE /trips/{}"));
    expect(service.trips).toHaveLength(1);
    service.isAway = false;
    const after = reload(tab);
    await vi.waitFor(() => expect(service.trips).toEqual([]));
    expect(the(after).state).toBe("cancelled");
  });

  it("cancels a new file for a trip that was there, and the trip stays", async () => {
    service.trips.push({ id: "trip-77", body: {}, upload: null });
    const tab = open();
    await tab.add([{ file: rideOf("a.gpx"), trip, tripId: "trip-77" }]);
    await (await sending()).arrive();
    await becomes(tab, "processing");
    tab.cancel(the(tab).id);
    await vi.waitFor(() => expect(service.calls).toContain("DELETE /trips/{}/gpx"));
    expect(service.trips).toMatchObject([{ id: "trip-77", upload: null }]);
  });

  it("tries a processing that failed again: at the service, without the bytes", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive();
    await finish(tab, 0, "PROCESSING_ABANDONED");
    expect((await becomes(tab, "failed")).failure?.help).toBe("again");
    tab.retry(the(tab).id);
    await vi.waitFor(() => expect(service.calls).toContain("POST /gpx/{}/reprocess"));
    await finish(tab);
    await becomes(tab, "done");
    expect(service.sendings).toHaveLength(1);
  });

  it("takes a failed one off the list, but never a ride that has a file", async () => {
    const tab = open();
    await add(tab, "a.gpx");
    await (await sending()).arrive();
    await finish(tab, 0, "NO_USABLE_POINTS");
    await becomes(tab, "failed");
    tab.remove(the(tab).id);
    expect(tab.now()).toEqual([]);
    expect(service.trips).toHaveLength(1);
    expect(reload(tab).now()).toEqual([]);
  });
});

describe("two tabs", () => {
  /** Browsers tell the other tabs of what one has written. */
  const hear = () => globalThis.dispatchEvent(new StorageEvent("storage", { key: null }));

  it("send once, whichever was given the file, and both show it", async () => {
    const [first, second] = [open(), open()];
    await add(second, "a.gpx");
    const request = await sending();
    request.bytes(6);
    hear();
    expect(the(second).state).toBe("sending");
    expect(the(first).state).toBe("sending");
    await request.arrive();
    await finish(first);
    await becomes(first, "done");
    hear();
    expect(the(second).state).toBe("done");
    expect(service.sendings).toHaveLength(1);
  });

  it("go on with each other's uploads when one is closed", async () => {
    const [first, second] = [open(), open()];
    await add(first, "a.gpx");
    const request = await sending();
    first.stop();
    const again = await sending(1);
    expect(again.key).toBe(request.key);
    await again.arrive();
    await becomes(second, "processing");
  });

  it("obey each other: one cancels what the other sends", async () => {
    const [first, second] = [open(), open()];
    await add(first, "a.gpx");
    const request = await sending();
    hear();
    second.cancel(the(second).id);
    await vi.waitFor(() => expect(the(first).state).toBe("cancelled"));
    expect(request.isAborted).toBe(true);
  });
});
