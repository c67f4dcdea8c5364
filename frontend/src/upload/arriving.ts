/** Rides whose files are on their way from this device: of these the service has none yet. */
import { useSyncExternalStore } from "react";
import { createSignal } from "../ui/signal.ts";
import { isEnded, type Upload } from "./upload-state.ts";

/** Their ids, one after another: a text is the same as long as they are. */
const arriving = createSignal("");

export function noteArriving(uploads: readonly Upload[]): void {
  const going = uploads.filter((upload) => !isEnded(upload));
  arriving.set(going.map(({ tripId }) => tripId ?? "").join(" "));
}

export function useArriving(): (tripId: string) => boolean {
  const ids = useSyncExternalStore(arriving.subscribe, arriving.get);
  return (tripId) => ids.includes(tripId);
}
