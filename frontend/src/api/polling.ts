/** Following an upload until its processing has ended. */
import { type Api, mayPass, type Schemas, unwrap } from "./client.ts";

export type Status = Schemas["StatusOut"];

export interface Patience {
  everyMs?: number;
  times?: number;
  signal?: AbortSignal;
  onProgress?: (status: Status) => void;
}

/**
 * The status once it is `completed` or `failed`, or as it is when patience has run out: asked for
 * at once, and then every two seconds, 15 times. A service that is away for a moment is asked again.
 */
export async function followUpload(
  api: Api,
  gpxFileId: string,
  { everyMs = 2000, times = 15, signal, onProgress }: Patience = {},
): Promise<Status> {
  for (let asked = 0; ; asked += 1) {
    signal?.throwIfAborted();
    const status = await statusOf(api, gpxFileId, signal).catch((error: unknown) => {
      if (asked >= times || !mayPass(error)) throw error;
      return null;
    });
    if (status) {
      onProgress?.(status);
      if (status.processing_status !== "processing" || asked >= times) return status;
    }
    await waitFor(everyMs, signal);
  }
}

function statusOf(api: Api, gpxFileId: string, signal?: AbortSignal): Promise<Status> {
  const params = { path: { gpx_file_id: gpxFileId } };
  return unwrap(api.GET("/gpx/{gpx_file_id}/status", { params, ...(signal && { signal }) }));
}

/** Waits, but no longer than somebody wants it. */
export function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
  });
}
