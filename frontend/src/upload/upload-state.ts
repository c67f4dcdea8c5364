/** What becomes of files on their way to the service: a list and what may happen to it. */
import { type Progress } from "../api/watching.ts";
import { type Failure } from "./failure.ts";
import { type TripDraft } from "../trip-form/trip-form.ts";

export type UploadState =
  /** Its turn has not come. */
  | "queued"
  /** The trip that it belongs to is made. */
  | "creating"
  | "sending"
  /** The service has the file, and nothing that happens here matters to it. */
  | "processing"
  | "done"
  | "failed"
  | "cancelled"
  /** The connection or the service is away; goes on by itself. */
  | "waiting";

export interface RideNumbers {
  distanceKm: number | null;
  gainM: number | null;
  movingMin: number | null;
  polyline: string | null;
}

export interface Upload {
  id: string;
  /** Its place in the list, which it keeps. */
  order: number;
  /** The Idempotency-Key of the sending: one for one file to one trip. */
  key: string;
  name: string;
  size: number;
  /** Tells the same file apart from another of the same name; of `File.lastModified`. */
  modified: number;
  trip: TripDraft;
  tripId: string | null;
  /** Whether the trip was made for this file, and goes when the file does. */
  isNewTrip: boolean;
  /** Whether making the trip was begun: the answer may have been lost. */
  wasTripAsked: boolean;
  gpxFileId: string | null;
  state: UploadState;
  sent: number;
  progress: Progress | null;
  /** How often in a row it had to wait, and until when it does, in milliseconds since 1970. */
  tries: number;
  until: number | null;
  failure: Failure | null;
  numbers: RideNumbers | null;
  /** Whether this device has the file still after a reload. */
  isKept: boolean;
  /** Whether the processing has to be begun anew before it is watched. */
  isAgain: boolean;
}

export type NewUpload = Pick<
  Upload,
  "id" | "order" | "key" | "name" | "size" | "modified" | "trip" | "isKept"
> & { tripId?: string | null; failure?: Failure | null };

export type Happening =
  | { type: "added"; uploads: NewUpload[] }
  | { type: "shown"; uploads: Upload[] }
  | { type: "creating"; id: string }
  | { type: "tripMade"; id: string; tripId: string }
  | { type: "sending"; id: string }
  | { type: "sent"; id: string; bytes: number }
  | { type: "accepted"; id: string; gpxFileId: string }
  | { type: "begunAgain"; id: string }
  | { type: "progressed"; id: string; progress: Progress }
  | { type: "completed"; id: string; numbers: RideNumbers | null }
  | { type: "failed"; id: string; failure: Failure }
  | { type: "lost"; id: string; until: number }
  | { type: "resumed"; id: string }
  | { type: "retried"; id: string; key: string }
  | { type: "refilled"; id: string; key: string; file: FileFacts }
  | { type: "cancelled"; id: string }
  | { type: "tidied"; id: string; key: string }
  | { type: "removed"; id: string };

type FileFacts = Pick<Upload, "name" | "size" | "modified" | "isKept">;

/** From which states something may happen; elsewhere it comes too late and changes nothing. */
const FROM: Partial<Record<Happening["type"], readonly UploadState[]>> = {
  creating: ["queued"],
  tripMade: ["creating"],
  sending: ["queued", "creating"],
  sent: ["sending"],
  accepted: ["sending"],
  begunAgain: ["queued"],
  progressed: ["processing"],
  completed: ["processing"],
  failed: ["queued", "creating", "sending", "processing"],
  lost: ["queued", "creating", "sending", "processing"],
  resumed: ["waiting"],
  retried: ["failed", "cancelled", "waiting"],
  refilled: ["failed", "cancelled"],
  cancelled: ["queued", "creating", "sending", "processing", "waiting"],
  tidied: ["failed", "cancelled"],
  removed: ["done", "failed", "cancelled"],
};

export function after(uploads: readonly Upload[], happening: Happening): readonly Upload[] {
  if (happening.type === "shown") return happening.uploads;
  if (happening.type === "added") {
    const known = new Set(uploads.map(({ id }) => id));
    const fresh = happening.uploads.filter(({ id }) => !known.has(id)).map(begun);
    return fresh.length > 0 ? [...uploads, ...fresh] : uploads;
  }
  const upload = uploads.find(({ id }) => id === happening.id);
  if (!upload || FROM[happening.type]?.includes(upload.state) === false) return uploads;
  if (happening.type === "removed") return uploads.filter((other) => other !== upload);
  const next = { ...upload, ...changes(upload, happening) };
  return uploads.map((other) => (other === upload ? next : other));
}

/** An upload at its beginning. */
export function begun({ tripId = null, failure = null, ...rest }: NewUpload): Upload {
  return {
    ...rest,
    tripId,
    isNewTrip: tripId === null,
    wasTripAsked: false,
    gpxFileId: null,
    state: failure ? "failed" : "queued",
    ...FRESH,
    failure,
  };
}

const FRESH = {
  sent: 0,
  progress: null,
  tries: 0,
  until: null,
  failure: null,
  numbers: null,
  isAgain: false,
} as const;

function changes(
  upload: Upload,
  happening: Exclude<Happening, { type: "added" | "shown" | "removed" }>,
): Partial<Upload> {
  switch (happening.type) {
    case "creating":
      return { state: "creating", wasTripAsked: true };
    case "tripMade":
      return { tripId: happening.tripId, wasTripAsked: false };
    case "sending":
      return { state: "sending", sent: 0 };
    case "sent":
      return { sent: Math.max(upload.sent, Math.min(happening.bytes, upload.size)) };
    case "accepted":
      return {
        state: "processing",
        gpxFileId: happening.gpxFileId,
        sent: upload.size,
        tries: 0,
        until: null,
      };
    case "begunAgain":
      return { state: "processing", isAgain: false, progress: null };
    case "progressed":
      return { progress: happening.progress };
    case "completed":
      return { state: "done", numbers: happening.numbers, failure: null, until: null };
    case "failed":
      return { state: "failed", failure: happening.failure, until: null };
    case "lost":
      return { state: "waiting", tries: upload.tries + 1, until: happening.until };
    case "resumed":
      return { state: "queued", until: null };
    case "retried":
      // What the service has is read again there; only what it has not is sent again.
      return {
        ...FRESH,
        state: "queued",
        sent: upload.gpxFileId ? upload.size : 0,
        isAgain: upload.gpxFileId !== null && upload.state === "failed",
        // What a cancelled one has left behind is on its way out already.
        ...(upload.state === "cancelled" && {
          ...nothingLeft(upload),
          key: happening.key,
          sent: 0,
        }),
      };
    case "refilled":
      return { ...FRESH, ...happening.file, state: "queued", key: happening.key, gpxFileId: null };
    case "cancelled":
      return { state: "cancelled", until: null };
    case "tidied":
      return { ...nothingLeft(upload), key: happening.key };
  }
}

/** A trip that was there before stays. */
function nothingLeft({ isNewTrip, tripId }: Upload): Partial<Upload> {
  return { tripId: isNewTrip ? null : tripId, wasTripAsked: false, gpxFileId: null };
}

/** How many run side by side. */
export const AT_ONCE = 3;

/** What has its turn now, those that came first before the others. */
export function nextOf(uploads: readonly Upload[], running: ReadonlySet<string>): Upload[] {
  const free = AT_ONCE - running.size;
  const waits = uploads.filter(({ id, state }) => state === "queued" && !running.has(id));
  return waits.slice(0, Math.max(free, 0));
}

/** As they are after the page was loaded anew: whatever ran begins from what is known of it. */
export function takenUp(uploads: readonly Upload[]): Upload[] {
  return uploads.map((upload) =>
    isUnderWay(upload) ? { ...upload, state: "queued", until: null } : upload,
  );
}

export function isUnderWay({ state }: Upload): boolean {
  return (
    state === "creating" || state === "sending" || state === "processing" || state === "waiting"
  );
}

export function isEnded({ state }: Upload): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** Whether leaving the page now would lose the file. */
export function wouldBeLost(upload: Upload): boolean {
  return !isEnded(upload) && upload.gpxFileId === null && !upload.isKept;
}

/** Of one upload between 0 and 1: half of it is the sending, the other half the reading. */
export function shareOf({ state, sent, size, progress, gpxFileId }: Upload): number {
  if (state === "done") return 1;
  if (gpxFileId !== null) return 0.5 + (progress?.progress ?? 0) / 200;
  return size > 0 ? (0.5 * sent) / size : 0;
}

/** Of all that is neither failed nor cancelled, each as much as its file is large. */
export function overallShare(uploads: readonly Upload[]): number {
  const counted = uploads.filter(({ state }) => state !== "failed" && state !== "cancelled");
  const bytes = counted.reduce((sum, { size }) => sum + size, 0);
  if (bytes === 0) return 1;
  return counted.reduce((sum, upload) => sum + shareOf(upload) * upload.size, 0) / bytes;
}

/** Whether the same file is there already and is no failure. */
export function isThere(
  uploads: readonly Upload[],
  { name, size, modified }: Pick<Upload, "name" | "size" | "modified">,
): boolean {
  return uploads.some(
    (other) =>
      other.name === name &&
      other.size === size &&
      other.modified === modified &&
      other.state !== "failed" &&
      other.state !== "cancelled",
  );
}
