/** Another file for a ride that is there already. */
import { type TripDraft } from "../trip-form/trip-form.ts";
import { deleteFile } from "./calls.ts";
import { type Mapping } from "./columns.ts";
import { lookAt } from "./look.ts";
import { uploadsNow } from "./store.ts";
import { isTrackLog } from "./track-logs.ts";
import { lookOnce } from "./use-look.ts";

/**
 * Of a table whose columns are not recognised "unclear". Throws where the service would refuse the
 * file; a large one, or a busy service, shows later.
 */
export async function checkFile(
  file: File,
  describe: (fileName: string) => string,
): Promise<"ready" | "unclear"> {
  // What is no track log is refused by its name, however large it is.
  if (!isTrackLog(file.name)) await lookAt(file);
  const { refusal } = await lookOnce(file, describe);
  return refusal ? "unclear" : "ready";
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
