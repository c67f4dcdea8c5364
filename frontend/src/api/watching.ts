/** Hearing of an upload as it happens, over a WebSocket; by asking where there is none. */
import { type Api, type Connection, languageOf, type Schemas } from "./client.ts";
import { followUpload, type Status, waitFor } from "./polling.ts";

/** What the service tells; the last one is `upload.completed` or `upload.failed`. */
export interface UploadEvent {
  type: "upload.progress" | "upload.completed" | "upload.failed";
  gpx_file_id: string;
  /** In percent; never falls within an attempt. */
  progress: number;
  stage: Schemas["ShownStage"];
  /** What happens, in the client's language. */
  message: string;
  attempt: number;
  error_code: Schemas["ErrorCode"] | null;
}

export type Progress = Pick<UploadEvent, "progress" | "stage" | "attempt">;

export interface Watching {
  signal?: AbortSignal;
  /** Hears of each step, and of none that lies before one that it has heard of. */
  onProgress?: (progress: Progress) => void;
  /** How often it is asked where no socket can be had. */
  everyMs?: number;
  /** How long a socket may say nothing before it is asked whether it has missed the end. */
  quietMs?: number;
}

/**
 * The status of an upload once it is `completed` or `failed`.
 *
 * Where the connection is lost, or nothing between here and the service passes WebSockets on, the
 * status is asked for instead, as long as it takes. Throws `ApiError` as the status does.
 */
export async function watchUpload(
  api: Api,
  connection: Connection,
  gpxFileId: string,
  { signal, onProgress, everyMs = 2000, quietMs = 15_000 }: Watching = {},
): Promise<Status> {
  const tell = forwards(onProgress);
  const isOver = new AbortController();
  const anySignal = signal ? AbortSignal.any([signal, isOver.signal]) : isOver.signal;
  const asked = lookWhileQuiet(api, gpxFileId, quietMs, anySignal);
  try {
    await Promise.race([listen(connection, gpxFileId, anySignal, tell), asked]);
  } finally {
    isOver.abort();
  }
  signal?.throwIfAborted();
  return followUpload(api, gpxFileId, {
    everyMs,
    times: Number.POSITIVE_INFINITY,
    onProgress: tell,
    ...(signal && { signal }),
  });
}

/** Passes on what lies ahead of everything before. */
function forwards(onProgress: Watching["onProgress"]): (progress: Progress) => void {
  let attempt = 0;
  let progress = -1;
  return (next) => {
    if (next.attempt < attempt || (next.attempt === attempt && next.progress < progress)) return;
    ({ attempt, progress } = next);
    onProgress?.(next);
  };
}

/** Asks now and then; a socket may hang without anybody hearing of it. */
async function lookWhileQuiet(
  api: Api,
  gpxFileId: string,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(everyMs, signal);
  await followUpload(api, gpxFileId, { everyMs, times: Number.POSITIVE_INFINITY, signal });
}

/** Ends with the socket, for whatever reason. */
function listen(
  { baseUrl, token, language }: Connection,
  gpxFileId: string,
  signal: AbortSignal,
  tell: (progress: Progress) => void,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    let socket: WebSocket;
    try {
      socket = new WebSocket(addressOf(baseUrl, gpxFileId));
    } catch {
      resolve();
      return;
    }
    const stop = () => {
      socket.close();
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.onopen = () => {
      const bearer = token?.();
      const first = bearer ? { type: "auth", token: bearer } : { type: "hello" };
      socket.send(JSON.stringify({ ...first, language: languageOf(language) }));
    };
    socket.onmessage = ({ data }) => tell(JSON.parse(String(data)) as UploadEvent);
    socket.onclose = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
  });
}

function addressOf(baseUrl: string, gpxFileId: string): string {
  const base = baseUrl || globalThis.location.origin;
  return `${base.replace(/^http/, "ws")}/ws/gpx/${encodeURIComponent(gpxFileId)}`;
}
