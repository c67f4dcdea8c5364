/** Deleting a ride with time to think again; what is left behind is deleted all the same. */
import { api, connection, queries } from "../api/service.ts";
import { unwrap } from "../api/client.ts";
import { tell } from "../ui/toasts.ts";

const UNDO_MS = 8000;

interface Words {
  done: string;
  undo: string;
}

/**
 * Deletes a ride when the time to undo it is over, or when the page is left before.
 *
 * `onEnd` hears whether it is gone, with the error where that did not work.
 */
export function deleteLater(
  tripId: string,
  words: Words,
  onEnd: (isGone: boolean, error?: unknown) => void,
): void {
  const over = new AbortController();
  const removeNote = tell(
    words.done,
    {
      label: words.undo,
      run: () => {
        stop();
        onEnd(false);
      },
    },
    UNDO_MS,
  );
  const timer = setTimeout(() => {
    stop();
    deleteNow(tripId).then(
      () => onEnd(true),
      (error: unknown) => onEnd(false, error),
    );
  }, UNDO_MS);
  globalThis.addEventListener(
    "pagehide",
    () => {
      stop();
      leave(tripId);
    },
    { signal: over.signal },
  );
  function stop(): void {
    clearTimeout(timer);
    over.abort();
    removeNote();
  }
}

async function deleteNow(tripId: string): Promise<void> {
  await unwrap(api.DELETE("/trips/{trip_id}", { params: { path: { trip_id: tripId } } }));
  // Its page is still there, and would ask at once for what is gone.
  void queries.invalidateQueries({ queryKey: ["ride", tripId], refetchType: "none" });
  await queries.invalidateQueries({ queryKey: ["trips"] });
}

/** The page goes: nothing can be waited for, neither a new token nor an answer. */
function leave(tripId: string): void {
  const token = connection.token?.();
  void fetch(`/trips/${tripId}`, {
    method: "DELETE",
    keepalive: true,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  }).catch(() => undefined);
}
