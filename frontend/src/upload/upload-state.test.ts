import { describe, expect, it } from "vitest";
import {
  after,
  begun,
  type Happening,
  nextOf,
  overallShare,
  takenUp,
  type Upload,
  type UploadState,
} from "./upload-state.ts";

const trip = {
  title: "Vuelta",
  description: "Una vuelta.",
  startDate: "2026-05-01",
  endDate: null,
  difficulty: null,
  isPrivate: false,
};

function uploadIn(state: UploadState, more: Partial<Upload> = {}): Upload {
  const facts = { id: "1", order: 1, key: "k", name: "a.gpx", size: 100, modified: 0 };
  return { ...begun({ ...facts, trip, isKept: true }), state, ...more };
}

const then = (upload: Upload, happening: Happening) => after([upload], happening)[0];

describe("what comes too late", () => {
  it.each<[UploadState, Happening]>([
    ["cancelled", { type: "sent", id: "1", bytes: 50 }],
    ["cancelled", { type: "accepted", id: "1", gpxFileId: "g" }],
    [
      "done",
      { type: "failed", id: "1", failure: { code: "unknown", detail: null, help: "again" } },
    ],
    ["done", { type: "cancelled", id: "1" }],
    ["sending", { type: "removed", id: "1" }],
    ["processing", { type: "retried", id: "1", key: "n" }],
    ["sending", { type: "tidied", id: "1", key: "n" }],
  ])("changes nothing: %s, %o", (state, happening) => {
    const before = [uploadIn(state)];
    expect(after(before, happening)).toBe(before);
  });
});

describe("an upload", () => {
  it("never goes back in its bytes, nor beyond its file with the form around it", () => {
    const sent = then(uploadIn("sending", { sent: 80 }), { type: "sent", id: "1", bytes: 40 });
    expect(sent?.sent).toBe(80);
    expect(then(uploadIn("sending"), { type: "sent", id: "1", bytes: 300 })?.sent).toBe(100);
  });

  it("keeps its key when it is lost and tried again, and has a new one for another file", () => {
    const lost = then(uploadIn("sending"), { type: "lost", id: "1", until: 5 });
    expect(lost).toMatchObject({ state: "waiting", tries: 1, until: 5, key: "k" });
    const failed = uploadIn("failed");
    expect(then(failed, { type: "retried", id: "1", key: "n" })?.key).toBe("k");
    const file = { name: "b.gpx", size: 5, modified: 1, isKept: false };
    const refilled = then(failed, { type: "refilled", id: "1", key: "n", file });
    expect(refilled).toMatchObject({ key: "n", name: "b.gpx", state: "queued", gpxFileId: null });
  });

  it("forgets the trip that was made for it, and no other", () => {
    const mine = uploadIn("cancelled", { tripId: "t", gpxFileId: "g" });
    const tidied: Happening = { type: "tidied", id: "1", key: "n" };
    expect(then(mine, tidied)).toMatchObject({ tripId: null, gpxFileId: null, key: "n" });
    expect(then({ ...mine, isNewTrip: false }, tidied)?.tripId).toBe("t");
  });

  it("is taken up after a reload wherever it was, and left alone where it had ended", () => {
    const states: UploadState[] = ["creating", "sending", "processing", "waiting", "done"];
    const taken = takenUp(states.map((state) => uploadIn(state)));
    expect(taken.map(({ state }) => state)).toEqual([
      "queued",
      "queued",
      "queued",
      "queued",
      "done",
    ]);
  });
});

describe("the list", () => {
  it("lets three run, the first first, and adds nothing twice", () => {
    const uploads = ["1", "2", "3", "4"].map((id) => uploadIn("queued", { id }));
    expect(nextOf(uploads, new Set(["1"])).map(({ id }) => id)).toEqual(["2", "3"]);
    expect(nextOf(uploads, new Set(["1", "2", "3"]))).toEqual([]);
    expect(after(uploads, { type: "added", uploads: [uploadIn("queued", { id: "2" })] })).toBe(
      uploads,
    );
  });

  it("counts each file by its size, half for sending and half for reading", () => {
    const uploads = [
      uploadIn("sending", { size: 300, sent: 300 }),
      uploadIn("done", { id: "2" }),
      uploadIn("failed", { id: "3", size: 1e9 }),
    ];
    expect(overallShare(uploads)).toBeCloseTo((150 + 100) / 400);
  });
});
