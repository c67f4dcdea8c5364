/** Fetches and reads a long line aside, so that nothing on the page waits for it. */
import { type Line, lineOf } from "./line.ts";
import type { Order } from "./fetch-line.ts";

globalThis.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  void read(data).then(
    (line) => {
      const buffers = [line.longitude, line.latitude, line.km, line.segment].map(
        ({ buffer }) => buffer as ArrayBuffer,
      );
      globalThis.postMessage(line, { transfer: buffers });
    },
    () => globalThis.postMessage(null),
  );
});

async function read({ address, headers }: Order): Promise<Line> {
  const response = await fetch(address, { headers });
  if (!response.ok) throw new Error(String(response.status));
  const body = (await response.json()) as { data: { trackpoints: Parameters<typeof lineOf>[0] } };
  return lineOf(body.data.trackpoints);
}
