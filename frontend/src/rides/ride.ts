/** What a ride of the list is: its numbers, its state, what it adds up to with others. */
import { type Schemas } from "../api/client.ts";

/** How the file of a ride is getting on, where one was sent. */
export interface Upload {
  gpx_file_id: string;
  processing_status: Schemas["ProcessingStatus"];
  stage: Schemas["ShownStage"];
  progress: number;
  error_code: Schemas["ErrorCode"] | null;
}

/** As much of a trip as a list shows. */
export type Ride = Pick<
  Schemas["ListedTripOut"],
  "trip_id" | "title" | "status" | "is_private" | "start_date" | "distance_km"
> & { gpx_file: Track | null; upload?: Upload | null };

type Track = Pick<Schemas["ListedGpxOut"], "distance_km" | "elevation_gain" | "max_elevation"> & {
  preview: { polyline: string } | null;
};

export type Visibility = "draft" | "private" | "public";

/** Who sees it, in one word. */
export function visibilityOf({ status, is_private }: Ride): Visibility {
  if (status === "draft") return "draft";
  return is_private ? "private" : "public";
}

/** What is to be said of its file: it is there, on its way, read, refused, or was never sent. */
export type FileState =
  | { kind: "ready" | "none" | "arriving" }
  | { kind: "processing"; stage: Schemas["ShownStage"]; progress: number }
  | { kind: "failed"; code: Schemas["ErrorCode"] | null };

/** `isArriving` says that this device is sending it. */
export function fileStateOf({ gpx_file, upload }: Ride, isArriving = false): FileState {
  if (upload?.processing_status === "processing") {
    return { kind: "processing", stage: upload.stage, progress: upload.progress };
  }
  if (upload?.processing_status === "failed") return { kind: "failed", code: upload.error_code };
  if (gpx_file !== null) return { kind: "ready" };
  return { kind: isArriving ? "arriving" : "none" };
}

/** As measured, or else as its rider wrote it. */
export function distanceOf({ gpx_file, distance_km }: Ride): number | null {
  return gpx_file?.distance_km ?? distance_km;
}

export interface Totals {
  rides: number;
  distanceKm: number;
  gainM: number;
  /** How many tell no distance, or no gain, and so count for nothing in it. */
  withoutDistance: number;
  withoutGain: number;
}

export function totalsOf(rides: readonly Ride[]): Totals {
  const distances = known(rides.map(distanceOf));
  const gains = known(rides.map(({ gpx_file }) => gpx_file?.elevation_gain));
  return {
    rides: rides.length,
    distanceKm: sum(distances),
    gainM: sum(gains),
    withoutDistance: rides.length - distances.length,
    withoutGain: rides.length - gains.length,
  };
}

/** Of pages that were read one after another; what moved on meanwhile is not shown twice. */
export function withoutRepeats(pages: readonly { trips: readonly Ride[] }[]): Ride[] {
  const rides = new Map<string, Ride>();
  for (const ride of pages.flatMap(({ trips }) => trips)) rides.set(ride.trip_id, ride);
  return [...rides.values()];
}

function known(values: readonly (number | null | undefined)[]): number[] {
  return values.filter((value) => typeof value === "number");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
