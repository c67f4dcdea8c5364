/** Following an upload until its processing has ended. */
import { type Api, type Schemas, unwrap } from "./client.ts";

export type Status = Schemas["StatusOut"];

export interface Patience {
  everyMs?: number;
  times?: number;
  signal?: AbortSignal;
  onProgress?: (status: Status) => void;
}

/**
 * The status once it is `completed` or `failed`, or as it is when patience has run out: asked for
 * at once, and then every two seconds, 15 times.
 */
export async function followUpload(
  api: Api,
  gpxFileId: string,
  { everyMs = 2000, times = 15, signal, onProgress }: Patience = {},
): Promise<Status> {
  for (let asked = 0; ; asked += 1) {
    signal?.throwIfAborted();
    const status = await unwrap(
      api.GET("/gpx/{gpx_file_id}/status", {
        params: { path: { gpx_file_id: gpxFileId } },
        ...(signal && { signal }),
      }),
    );
    onProgress?.(status);
    if (status.processing_status !== "processing" || asked >= times) return status;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
