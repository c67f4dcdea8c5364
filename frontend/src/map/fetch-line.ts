import { freshToken } from "../api/session.ts";
import type { Line } from "./line.ts";

export interface Order {
  address: string;
  headers: Record<string, string>;
}

/** So many points of a ride are shown, and no more. */
const MOST_POINTS = 100_000;

/** The line with everything that deviates more than `toleranceM`; null where it cannot be had. */
export async function fetchLine(
  gpxFileId: string,
  toleranceM: number,
  signal: AbortSignal,
): Promise<Line | null> {
  const token = await freshToken();
  const query = `tolerance_m=${toleranceM}&max_points=${MOST_POINTS}`;
  const order: Order = {
    address: `${globalThis.location.origin}/gpx/${gpxFileId}/track?${query}`,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
  };
  const worker = new Worker(new URL("./line.worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve) => {
    const end = (line: Line | null) => {
      worker.terminate();
      resolve(line);
    };
    worker.onmessage = ({ data }: MessageEvent<Line | null>) => end(data);
    worker.onerror = () => end(null);
    signal.addEventListener("abort", () => end(null), { once: true });
    worker.postMessage(order);
  });
}
