/** Does what the list of uploads says is to be done, and tells the list what came of it. */
import { ApiError } from "../api/client.ts";
import * as calls from "./calls.ts";
import { FILE_GONE, failureOf, failureOfStatus, isRefused, waitAfter } from "./failure.ts";
import { type KeptFiles } from "./files.ts";
import { newId } from "./ids.ts";
import { after, type Happening, isUnderWay, nextOf, takenUp, type Upload } from "./upload-state.ts";

export class Engine {
  uploads: readonly Upload[];
  private readonly files: KeptFiles;
  private readonly onChange: (now: readonly Upload[], before: readonly Upload[]) => void;
  private readonly running = new Map<string, AbortController>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private isStopped = false;

  /** Takes up what is there; `onChange` hears of every change. */
  constructor(
    uploads: readonly Upload[],
    files: KeptFiles,
    onChange: (now: readonly Upload[], before: readonly Upload[]) => void,
  ) {
    this.uploads = takenUp(uploads);
    this.files = files;
    this.onChange = onChange;
    onChange(this.uploads, uploads);
    globalThis.addEventListener("online", this.onOnline);
    for (const upload of this.uploads) {
      if (upload.state === "cancelled") void this.tidy(upload);
    }
    this.begin();
  }

  happen(happening: Happening): void {
    if (this.isStopped) return;
    const before = this.uploads;
    this.uploads = after(before, happening);
    if (this.uploads === before) return;
    this.onChange(this.uploads, before);
    this.begin();
  }

  cancel(id: string): void {
    this.happen({ type: "cancelled", id });
    this.let(id);
    const upload = this.find(id);
    if (upload?.state === "cancelled") void this.tidy(upload);
  }

  retry(id: string): void {
    this.let(id);
    this.happen({ type: "retried", id, key: newId() });
  }

  /** Takes an upload that has ended off the list, and what a failed one left behind with it. */
  remove(id: string): void {
    const upload = this.find(id);
    this.happen({ type: "removed", id });
    if (this.find(id)) return;
    void this.files.forget(id);
    if (upload?.state === "failed" && upload.gpxFileId === null) void this.tidy(upload);
  }

  /** Nothing more is done from here; what was under way can be taken up. */
  stop(): void {
    this.isStopped = true;
    globalThis.removeEventListener("online", this.onOnline);
    for (const id of [...this.running.keys(), ...this.timers.keys()]) this.let(id);
  }

  private readonly onOnline = () => {
    for (const { id, state } of this.uploads) {
      if (state === "waiting") this.resume(id);
    }
  };

  private resume(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.happen({ type: "resumed", id });
  }

  private let(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.running.get(id)?.abort();
    this.running.delete(id);
  }

  private find(id: string): Upload | undefined {
    return this.uploads.find((upload) => upload.id === id);
  }

  private begin(): void {
    if (this.isStopped) return;
    for (const { id } of nextOf(this.uploads, new Set(this.running.keys()))) {
      const ended = new AbortController();
      this.running.set(id, ended);
      void this.run(id, ended.signal).finally(() => {
        if (this.running.get(id)?.signal === ended.signal) this.running.delete(id);
        this.begin();
      });
    }
  }

  /** One upload as far as it goes. */
  private async run(id: string, signal: AbortSignal): Promise<void> {
    const tell = (happening: Happening) => {
      if (!signal.aborted) this.happen(happening);
    };
    try {
      const gpxFileId = this.find(id)?.gpxFileId ?? (await this.send(id, signal, tell));
      if (gpxFileId !== null) await this.follow(id, gpxFileId, signal, tell);
    } catch (error) {
      if (!signal.aborted) this.fail(id, error, tell);
    }
  }

  private async send(
    id: string,
    signal: AbortSignal,
    tell: (happening: Happening) => void,
  ): Promise<string | null> {
    const file = await this.files.get(id);
    const upload = this.find(id);
    if (!upload || signal.aborted) return null;
    if (!file) {
      tell({ type: "failed", id, failure: FILE_GONE });
      return null;
    }
    const tripId = upload.tripId ?? (await this.makeTrip(upload, signal, tell));
    tell({ type: "sending", id });
    const gpxFileId = await calls
      .sendFile(file, {
        tripId,
        key: upload.key,
        mapping: upload.mapping ?? null,
        signal,
        onSent: (bytes) => tell({ type: "sent", id, bytes }),
      })
      .catch(async (error: unknown) => {
        // Sent longer ago than the service remembers keys: the file is there all the same.
        if (!(error instanceof ApiError) || error.code !== "TRIP_ALREADY_HAS_GPX") throw error;
        const there = await calls.sameUpload(tripId, file, signal);
        if (there === null) throw error;
        return there;
      });
    tell({ type: "accepted", id, gpxFileId });
    return gpxFileId;
  }

  private async makeTrip(
    upload: Upload,
    signal: AbortSignal,
    tell: (happening: Happening) => void,
  ): Promise<string> {
    const { id, trip, wasTripAsked } = upload;
    tell({ type: "creating", id });
    const found = wasTripAsked ? await calls.findTrip(trip, this.taken(id), signal) : null;
    const tripId = found ?? (await calls.createTrip(trip, signal));
    tell({ type: "tripMade", id, tripId });
    return tripId;
  }

  private taken(id: string): Set<string> {
    return new Set(
      this.uploads.flatMap((other) => (other.id !== id && other.tripId ? [other.tripId] : [])),
    );
  }

  private async follow(
    id: string,
    gpxFileId: string,
    signal: AbortSignal,
    tell: (happening: Happening) => void,
  ): Promise<void> {
    const upload = this.find(id);
    if (upload?.isAgain) await calls.beginAgain(gpxFileId, signal);
    tell({ type: "begunAgain", id });
    const status = await calls.watch(gpxFileId, {
      signal,
      onProgress: ({ stage, progress, attempt }) =>
        tell({ type: "progressed", id, progress: { stage, progress, attempt } }),
    });
    if (status.processing_status === "failed") {
      tell({ type: "failed", id, failure: failureOfStatus(status) });
      return;
    }
    const tripId = this.find(id)?.tripId;
    const numbers = tripId
      ? await calls.numbersOf(tripId, gpxFileId, signal).catch(() => null)
      : null;
    if (signal.aborted) return;
    tell({ type: "completed", id, numbers });
    await this.files.forget(id);
  }

  private fail(id: string, error: unknown, tell: (happening: Happening) => void): void {
    const upload = this.find(id);
    if (!upload) return;
    const waitMs = waitAfter(error, upload.tries);
    if (waitMs !== null) {
      tell({ type: "lost", id, until: Date.now() + waitMs });
      this.timers.set(
        id,
        setTimeout(() => this.resume(id), waitMs),
      );
      return;
    }
    const failure = failureOf(error);
    tell({ type: "failed", id, failure });
    // A file that was refused leaves no empty ride in the rider's list.
    if (isRefused(failure) && upload.gpxFileId === null) void this.tidy(upload);
    else if (failure.code === "NOT_FOUND") this.happen({ type: "tidied", id, key: newId() });
  }

  /** Takes away what an upload that came to nothing has made at the service. */
  private async tidy(upload: Upload): Promise<void> {
    const { id, isNewTrip, wasTripAsked, gpxFileId, state } = upload;
    try {
      if (isNewTrip) {
        const asked = wasTripAsked ? await calls.findTrip(upload.trip, this.taken(id)) : null;
        const tripId = upload.tripId ?? asked;
        // The rider may have given a refused one another file meanwhile.
        if (tripId) await calls.deleteTrip(tripId, { ifEmpty: state !== "cancelled" });
      } else if (upload.tripId && gpxFileId && state === "cancelled") {
        await calls.deleteFile(upload.tripId);
      }
      this.happen({ type: "tidied", id, key: newId() });
    } catch {
      // Where the service is away, the next start of the page tries again.
    }
  }
}

/** Whether something goes on that the rider may want to see. */
export function isBusy(uploads: readonly Upload[]): boolean {
  return uploads.some((upload) => upload.state === "queued" || isUnderWay(upload));
}
