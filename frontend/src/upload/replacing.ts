/** Another file for a ride that is there already. */
import { type TripDraft } from "../trip-form/trip-form.ts";
import { deleteFile } from "./calls.ts";
import { failureOf } from "./failure.ts";
import { LOOK_BYTES, lookAt } from "./look.ts";
import { uploadsNow } from "./store.ts";

/** Throws where the service would refuse the file; a large one, or a busy service, shows later. */
export async function checkFile(file: File): Promise<void> {
  // What is no .gpx is refused by its name, and costs nothing to ask about.
  if (file.size > LOOK_BYTES && /\.gpx$/i.test(file.name)) return;
  try {
    await lookAt(file);
  } catch (error) {
    if (failureOf(error).help === "otherFile") throw error;
  }
}

/** Sends a file for a trip; with `isInTheWay` the trip's own is deleted before. */
export async function replaceFile(
  tripId: string,
  trip: TripDraft,
  file: File,
  isInTheWay: boolean,
): Promise<void> {
  if (isInTheWay) await deleteFile(tripId);
  await uploadsNow()?.add([{ file, trip, tripId }]);
}
