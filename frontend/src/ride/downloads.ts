/** Files of a ride, in each format that there is. */
import { fetchFile, save } from "../api/files.ts";

export const FORMATS = ["original", "gpx", "csv", "geojson", "simplified"] as const;
export type Format = (typeof FORMATS)[number];

export function addressOf(gpxFileId: string, format: Format): string {
  const query = format === "simplified" ? "simplified=true" : `format=${format}`;
  return `/gpx/${gpxFileId}/download?${query}`;
}

export async function download(gpxFileId: string, format: Format, title: string): Promise<void> {
  const response = await fetchFile(addressOf(gpxFileId, format));
  const name = nameFrom(response.headers.get("Content-Disposition")) ?? `${title}.gpx`;
  save(await response.blob(), name);
}

/** What the service calls the file. */
export function nameFrom(disposition: string | null): string | null {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/.exec(disposition ?? "")?.[1] ?? null;
}
