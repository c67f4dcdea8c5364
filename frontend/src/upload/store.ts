/** The uploads of whoever is signed in, the same in all tabs of this device. */
import { useSyncExternalStore } from "react";
import { queries } from "../api/service.ts";
import { type TripDraft } from "../trip-form/trip-form.ts";
import { noteArriving } from "./arriving.ts";
import { type Mapping } from "./columns.ts";
import { Engine } from "./engine.ts";
import { type Failure, failureBeforeSending } from "./failure.ts";
import { keptFiles, type KeptFiles } from "./files.ts";
import { newId } from "./ids.ts";
import { keepUploads, keptIds, keptUploads, keysOf } from "./keeping.ts";
import { begun, isThere, type NewUpload, type Upload, wouldBeLost } from "./upload-state.ts";

export interface Wanted {
  file: File;
  trip: TripDraft;
  /** Of a trip that is there already and gets its file now. */
  tripId?: string;
  mapping?: Mapping | null;
}

/** What one tab asks of the one that sends. */
type Order =
  | { type: "add"; uploads: NewUpload[]; files: File[] }
  | {
      type: "refill";
      id: string;
      key: string;
      file: File;
      mapping: Mapping | null;
      isKept: boolean;
    }
  | { type: "cancel" | "retry" | "remove"; id: string };

export interface Uploads {
  subscribe: (listener: () => void) => () => void;
  now: () => readonly Upload[];
  add: (wanted: readonly Wanted[]) => Promise<void>;
  refill: (id: string, file: File, mapping?: Mapping | null) => Promise<Failure | null>;
  /** The file of an upload, as far as it is on this device. */
  fileOf: (id: string) => Promise<File | null>;
  cancel: (id: string) => void;
  retry: (id: string) => void;
  remove: (id: string) => void;
  stop: () => void;
}

/**
 * Of all tabs one sends: the one that has the lock. The others show what it keeps, and tell it what
 * their riders want; when it is closed the next one takes up what is there.
 */
export function startUploads(userId: string, files: KeptFiles = keptFiles()): Uploads {
  const lock = `contravento.uploads.${userId}`;
  const channel = new BroadcastChannel(lock);
  const listeners = new Set<() => void>();
  const ended = new AbortController();
  let shown: readonly Upload[] = keptUploads(userId);
  let engine: Engine | null = null;

  noteArriving(shown);

  const show = (uploads: readonly Upload[]) => {
    shown = uploads;
    noteArriving(uploads);
    for (const listener of listeners) listener();
  };
  const onChange = (now: readonly Upload[], before: readonly Upload[]) => {
    keepUploads(userId, before, now);
    show(now);
    refreshPages(now, before);
  };
  const obey = (order: Order) => {
    if (!engine) return;
    if (order.type === "add") engine.happen({ type: "added", uploads: order.uploads });
    else if (order.type === "refill") {
      const { id, key, file, mapping, isKept } = order;
      engine.happen({ type: "refilled", id, key, file: { ...factsOf(file), mapping, isKept } });
    } else engine[order.type](order.id);
  };
  const ask = (order: Order) => {
    if (engine) obey(order);
    else channel.postMessage(order);
  };
  channel.onmessage = ({ data }: MessageEvent<Order>) => {
    if (engine) void takeFiles(data, files).then(() => obey(data));
  };
  const hear = ({ key }: StorageEvent) => {
    if (engine || (key !== null && !key.startsWith(keysOf(userId)))) return;
    const now = keptUploads(userId);
    refreshPages(now, shown);
    show(now);
  };
  globalThis.addEventListener("storage", hear);
  const send = () => {
    void files.tidy(keptIds());
    engine = new Engine(keptUploads(userId), files, onChange);
  };
  void holdingLock(lock, ended.signal, send);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => shown,
    async add(wanted) {
      const first = Math.max(Date.now(), ...shown.map(({ order }) => order + 1));
      const uploads = await Promise.all(
        wanted.map(async ({ file, trip, tripId, mapping = null }, index) => {
          const id = newId();
          const failure = failureBeforeSending(file);
          const isKept = failure ? false : await files.keep(id, file);
          const facts = { ...factsOf(file), isKept, trip, mapping, failure };
          return { id, order: first + index, key: newId(), ...facts, ...(tripId && { tripId }) };
        }),
      );
      // Written down first: nobody may be there yet to hear of it.
      if (!engine) keepUploads(userId, [], uploads.map(begun));
      ask({ type: "add", uploads, files: wanted.map(({ file }) => file) });
    },
    async refill(id, file, mapping = null) {
      const failure = failureBeforeSending(file);
      if (failure) return failure;
      const isKept = await files.keep(id, file);
      ask({ type: "refill", id, key: newId(), file, mapping, isKept });
      return null;
    },
    fileOf: (id) => files.get(id),
    cancel: (id) => ask({ type: "cancel", id }),
    retry: (id) => ask({ type: "retry", id }),
    remove: (id) => ask({ type: "remove", id }),
    stop() {
      ended.abort();
      engine?.stop();
      engine = null;
      channel.close();
      globalThis.removeEventListener("storage", hear);
    },
  };
}

/** What another tab could not keep on the device comes with its order. */
async function takeFiles(order: Order, files: KeptFiles): Promise<void> {
  if (order.type === "refill") await files.keep(order.id, order.file);
  if (order.type !== "add") return;
  for (const [index, { id, isKept, failure }] of order.uploads.entries()) {
    const file = order.files[index];
    if (file && !isKept && !failure) await files.keep(id, file);
  }
}

/** Runs `begin` as soon as no other tab holds the lock, and holds it until `signal`. */
async function holdingLock(name: string, signal: AbortSignal, begin: () => void): Promise<void> {
  const held = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      signal.addEventListener("abort", () => resolve(), { once: true });
      begin();
    });
  // Not there on a page that is not secure: then each tab sends what it was given.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return held();
  await locks.request(name, { signal }, held).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Lists and rides that show an upload are asked for anew when it has begun or ended. */
function refreshPages(now: readonly Upload[], before: readonly Upload[]): void {
  const was = new Map(before.map((upload) => [upload.id, upload]));
  for (const { id, state, tripId } of now) {
    const old = was.get(id);
    if (old && old.state === state && old.tripId === tripId) continue;
    const matters = state === "done" || state === "failed" || state === "processing";
    if (!matters && old?.tripId === tripId) continue;
    void queries.invalidateQueries({ queryKey: ["trips"] });
    if (tripId) void queries.invalidateQueries({ queryKey: ["ride", tripId] });
  }
}

function factsOf(file: File) {
  return { name: file.name, size: file.size, modified: file.lastModified };
}

let current: { userId: string; uploads: Uploads } | null = null;
const starts = new Set<() => void>();
const NOBODY: readonly Upload[] = [];

/** Uploads for a rider; for null those of the one before end here and can be taken up. */
export function uploadsFor(userId: string | null): void {
  if (current?.userId === userId || (!current && userId === null)) return;
  current?.uploads.stop();
  current = userId === null ? null : { userId, uploads: startUploads(userId) };
  for (const listener of starts) listener();
}

/** Of a rider whose account is no more, nothing stays on this device. */
export async function forgetUploads(userId: string): Promise<void> {
  if (current?.userId === userId) uploadsFor(null);
  keepUploads(userId, keptUploads(userId), []);
  await keptFiles().tidy(keptIds());
}

export function uploadsNow(): Uploads | null {
  return current?.uploads ?? null;
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      let leave = current?.uploads.subscribe(listener);
      const start = () => {
        leave?.();
        leave = current?.uploads.subscribe(listener);
        listener();
      };
      starts.add(start);
      return () => {
        starts.delete(start);
        leave?.();
      };
    },
    () => current?.uploads.now() ?? NOBODY,
  );
}

/** Which of the files are not in the list yet, and how many are. */
export function withoutKnown(files: readonly File[], uploads: readonly Upload[]): File[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    const facts = factsOf(file);
    const key = JSON.stringify(facts);
    if (seen.has(key) || isThere(uploads, facts)) return false;
    seen.add(key);
    return true;
  });
}

/** Whether leaving the page loses a file that only this tab has. */
export function losesOnLeaving(uploads: readonly Upload[]): boolean {
  return uploads.some(wouldBeLost);
}
