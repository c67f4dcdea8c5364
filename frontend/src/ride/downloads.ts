/** Files of a ride, fetched as whoever is signed in and handed to the browser. */
import { ApiError } from "../api/client.ts";
import { freshToken } from "../api/session.ts";

export const FORMATS = ["original", "gpx", "csv", "geojson", "simplified"] as const;
export type Format = (typeof FORMATS)[number];

export function addressOf(gpxFileId: string, format: Format): string {
  const query = format === "simplified" ? "simplified=true" : `format=${format}`;
  return `/gpx/${gpxFileId}/download?${query}`;
}

export async function download(gpxFileId: string, format: Format, title: string): Promise<void> {
  const token = await freshToken();
  const response = await fetch(addressOf(gpxFileId, format), {
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new ApiError(response, null);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = nameFrom(response.headers.get("Content-Disposition")) ?? `${title}.gpx`;
  link.click();
  // The browser takes it up after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** What the service calls the file. */
export function nameFrom(disposition: string | null): string | null {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/.exec(disposition ?? "")?.[1] ?? null;
}
