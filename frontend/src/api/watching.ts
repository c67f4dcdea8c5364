/** Hearing of an upload as it happens, over a WebSocket; by asking where there is none. */
import { type Api, type Connection, type Schemas, unwrap } from "./client.ts";
import { followUpload, type Status } from "./polling.ts";

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
  onProgress?: (progress: Progress) => void;
  /** How often it is asked where no socket can be had. */
  everyMs?: number;
}

const DONE = 1000;

/**
 * The status of an upload once it is `completed` or `failed`.
 *
 * Where the connection is lost, or nothing between here and the service passes WebSockets on, the
 * status is asked for instead. Throws `ApiError` as the status does.
 */
export async function watchUpload(
  api: Api,
  connection: Connection,
  gpxFileId: string,
  { signal, onProgress, everyMs = 2000 }: Watching = {},
): Promise<Status> {
  const isTold = await listen(connection, gpxFileId, signal, onProgress);
  signal?.throwIfAborted();
  if (isTold) {
    const params = { path: { gpx_file_id: gpxFileId } };
    return unwrap(api.GET("/gpx/{gpx_file_id}/status", { params, ...(signal && { signal }) }));
  }
  return followUpload(api, gpxFileId, {
    everyMs,
    times: Number.POSITIVE_INFINITY,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** Whether the service has told everything up to the end. */
function listen(
  { baseUrl, token, language }: Connection,
  gpxFileId: string,
  signal: AbortSignal | undefined,
  onProgress: Watching["onProgress"],
): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    let socket: WebSocket;
    try {
      socket = new WebSocket(addressOf(baseUrl, gpxFileId));
    } catch {
      return resolve(false);
    }
    const stop = () => socket.close();
    signal?.addEventListener("abort", stop, { once: true });
    socket.onopen = () => {
      const bearer = token?.();
      const first = bearer ? { type: "auth", token: bearer } : { type: "hello" };
      socket.send(JSON.stringify({ ...first, language }));
    };
    socket.onmessage = ({ data }) => onProgress?.(JSON.parse(String(data)) as UploadEvent);
    socket.onclose = ({ code }) => {
      signal?.removeEventListener("abort", stop);
      resolve(code === DONE && !signal?.aborted);
    };
  });
}

function addressOf(baseUrl: string, gpxFileId: string): string {
  const base = baseUrl || globalThis.location.origin;
  return `${base.replace(/^http/, "ws")}/ws/gpx/${encodeURIComponent(gpxFileId)}`;
}
