/** Every file that a cyclist has uploaded, byte for byte, in zip archives to take along. */
import { ApiError, type Schemas, unwrap } from "../api/client.ts";
import { fetchFile, save } from "../api/files.ts";
import { api } from "../api/service.ts";
import { Zip } from "./zip.ts";

const PAGE_SIZE = 100;
/** Of one archive, which a phone has to hold; what exceeds it goes into the next. */
const ARCHIVE_BYTES = 256 * 2 ** 20;

type Ride = Pick<Schemas["ListedTripOut"], "title" | "start_date"> & {
  upload: Pick<Schemas["UploadStateOut"], "gpx_file_id" | "file_name"> | null;
};

export interface Taken {
  files: number;
  /** Files that the service has not got any more. */
  missing: number;
}

interface Options {
  signal: AbortSignal;
  onProgress: (done: number, all: number) => void;
  archiveBytes?: number;
}

/** Has the browser keep all of them; throws as a call does where one cannot be had now. */
export async function takeOriginals(
  username: string,
  archiveName: string,
  { signal, onProgress, archiveBytes = ARCHIVE_BYTES }: Options,
): Promise<Taken> {
  const rides = (await allRides(username, signal)).filter(({ upload }) => upload !== null);
  const names = new Set<string>();
  let archive = new Zip();
  let archives = 0;
  const keep = () => {
    archives += 1;
    save(archive.blob(), archives === 1 ? `${archiveName}.zip` : `${archiveName}-${archives}.zip`);
    archive = new Zip();
  };
  let missing = 0;
  for (const [index, ride] of rides.entries()) {
    onProgress(index, rides.length);
    const content = ride.upload && (await original(ride.upload.gpx_file_id, signal));
    if (content === null) missing += 1;
    else {
      if (archive.size > 0 && archive.size + content.length > archiveBytes) keep();
      archive.add(nameOf(ride, names), content, new Date(`${ride.start_date}T12:00:00`));
    }
  }
  if (archive.size > 0) keep();
  return { files: rides.length - missing, missing };
}

async function allRides(username: string, signal: AbortSignal): Promise<Ride[]> {
  const rides: Ride[] = [];
  for (;;) {
    const { trips, total } = await unwrap(
      api.GET("/users/{username}/trips", {
        params: {
          path: { username },
          query: { sort_by: "created_at", order: "asc", limit: PAGE_SIZE, offset: rides.length },
        },
        signal,
      }),
    );
    rides.push(...trips);
    if (trips.length === 0 || rides.length >= total) return rides;
  }
}

async function original(
  gpxFileId: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const response = await fetchFile(`/gpx/${gpxFileId}/download`, signal);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Day and title of the ride, with the extension of the file; none of `taken`, and then one of it. */
export function nameOf({ title, start_date: day, upload }: Ride, taken: Set<string>): string {
  const extension = /(?:\.(?:gpx|tcx|fit|csv))?(?:\.(?:gz|zip|xml))?$/i.exec(
    upload?.file_name ?? "",
  )?.[0];
  // eslint-disable-next-line no-control-regex -- which no system takes in a name
  const plain = title.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, "_").trim();
  const stem = Array.from(`${day} ${plain}`).slice(0, 100).join("").trim();
  for (let number = 1; ; number += 1) {
    const name = `${stem}${number === 1 ? "" : ` (${number})`}${extension || ".gpx"}`;
    // Some systems do not tell cases apart.
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
