/** Another file for a ride that is there already. */
import { ApiError } from "../api/client.ts";
import { type TripDraft } from "../trip-form/trip-form.ts";
import { deleteFile } from "./calls.ts";
import { type Mapping } from "./columns.ts";
import { failureOf, isRefused } from "./failure.ts";
import { LOOK_BYTES, lookAt } from "./look.ts";
import { uploadsNow } from "./store.ts";
import { headOfTable, isTrackLog } from "./track-logs.ts";

/**
 * Of a table whose columns are not recognised "unclear". Throws where the service would refuse the
 * file; a large one, or a busy service, shows later.
 */
export async function checkFile(file: File): Promise<"ready" | "unclear"> {
  // What is no track log is refused by its name, and costs nothing to ask about.
  const isTooLarge = file.size > LOOK_BYTES && isTrackLog(file.name);
  const seen = isTooLarge ? await headOfTable(file) : file;
  if (seen === null) return "ready";
  try {
    await lookAt(seen);
  } catch (error) {
    if (error instanceof ApiError && error.table) return "unclear";
    if (isRefused(failureOf(error))) throw error;
  }
  return "ready";
}

/** Sends a file for a trip; with `isInTheWay` the trip's own is deleted before. */
export async function replaceFile(
  tripId: string,
  trip: TripDraft,
  { file, mapping }: { file: File; mapping: Mapping | null },
  isInTheWay: boolean,
): Promise<void> {
  if (isInTheWay) await deleteFile(tripId);
  await uploadsNow()?.add([{ file, trip, tripId, mapping }]);
}
