/** What uploading asks of the service. */
import { ApiError, formOf, type Schemas, unwrap } from "../api/client.ts";
import { api, connection } from "../api/service.ts";
import { freshToken, session } from "../api/session.ts";
import { watchUpload, type Watching } from "../api/watching.ts";
import { preferences } from "../i18n/preferences.ts";
import { bodyOf, type TripDraft } from "../trip-form/trip-form.ts";
import { type RideNumbers } from "./upload-state.ts";

/** No byte and no answer for so long: the connection hangs, and nobody says so. */
const SILENCE_MS = 90_000;

export async function createTrip(trip: TripDraft, signal: AbortSignal): Promise<string> {
  return (await unwrap(api.POST("/trips", { body: bodyOf(trip), signal }))).trip_id;
}

/**
 * The trip that was made although its answer was lost: a draft without a file that says just this,
 * and that no other upload has (`taken`). Null where there is none.
 */
export async function findTrip(
  trip: TripDraft,
  taken: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string | null> {
  const username = session()?.user.username;
  if (!username) return null;
  const wanted = bodyOf(trip);
  const { trips } = await unwrap(
    api.GET("/users/{username}/trips", {
      params: {
        path: { username },
        query: { q: wanted.title, status: "draft", sort_by: "created_at", limit: 100 },
      },
      ...(signal && { signal }),
    }),
  );
  const found = trips.find(
    (one) =>
      one.title === wanted.title &&
      one.start_date === wanted.start_date &&
      one.description === wanted.description &&
      one.gpx_file === null &&
      !taken.has(one.trip_id),
  );
  return found?.trip_id ?? null;
}

export interface Sending {
  tripId: string;
  key: string;
  signal: AbortSignal;
  onSent: (bytes: number) => void;
}

/** Sends a file; throws `ApiError` as the service does, `TypeError` where the connection is lost. */
export async function sendFile(file: File, sending: Sending): Promise<string> {
  const token = await freshToken();
  const first = await post(file, token, sending);
  if (first.status !== 401 || token === null) return uploadOf(first);
  const next = await freshToken(token);
  return uploadOf(next === null || next === token ? first : await post(file, next, sending));
}

/** A request by XMLHttpRequest: `fetch` does not tell how much was sent. */
function post(file: File, token: string | null, { tripId, key, signal, onSent }: Sending) {
  return new Promise<Response>((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        request.abort();
        end(() => reject(new TypeError("the connection hangs")));
      }, SILENCE_MS);
    };
    const stop = () => {
      request.abort();
      end(() => reject(signal.reason as Error));
    };
    const end = (settle: () => void) => {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
      settle();
    };
    request.open("POST", `/trips/${encodeURIComponent(tripId)}/gpx`);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", preferences().language);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = ({ loaded }) => {
      heard();
      onSent(loaded);
    };
    request.onload = () => end(() => resolve(responseOf(request)));
    request.onerror = () => end(() => reject(new TypeError("the connection was lost")));
    signal.addEventListener("abort", stop, { once: true });
    heard();
    request.send(formOf({ file }));
  });
}

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["Retry-After", "X-Request-ID"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}

async function uploadOf(response: Response): Promise<string> {
  // Whoever stands before the service may answer anything.
  const body = (await response.json().catch(() => null)) as Partial<
    Schemas["Envelope_UploadOut_"] | Schemas["ErrorEnvelope"]
  > | null;
  const id = body?.data?.gpx_file_id;
  if (response.ok && id) return id;
  throw new ApiError(response, body?.error ?? null);
}

/** The upload of a trip, if it has this very file already; null otherwise. */
export async function sameUpload(
  tripId: string,
  file: { name: string; size: number },
  signal: AbortSignal,
): Promise<string | null> {
  const there = await metadata(tripId, signal);
  return there.file_name === file.name && there.file_size === file.size ? there.gpx_file_id : null;
}

export function watch(gpxFileId: string, watching: Watching): Promise<Schemas["StatusOut"]> {
  return watchUpload(api, connection, gpxFileId, watching);
}

export async function beginAgain(gpxFileId: string, signal: AbortSignal): Promise<void> {
  const params = { path: { gpx_file_id: gpxFileId } };
  await unwrap(api.POST("/gpx/{gpx_file_id}/reprocess", { params, signal }));
}

export async function numbersOf(
  tripId: string,
  gpxFileId: string,
  signal: AbortSignal,
): Promise<RideNumbers> {
  const [there, stretch] = await Promise.all([
    metadata(tripId, signal),
    unwrap(
      api.GET("/gpx/{gpx_file_id}/stretch", {
        params: { path: { gpx_file_id: gpxFileId } },
        signal,
      }),
    ).catch(() => null),
  ]);
  return {
    distanceKm: there.distance_km,
    gainM: there.elevation_gain,
    movingMin: stretch?.moving_time_minutes ?? null,
    polyline: there.preview?.polyline ?? null,
  };
}

function metadata(tripId: string, signal: AbortSignal) {
  return unwrap(api.GET("/trips/{trip_id}/gpx", { params: { path: { trip_id: tripId } }, signal }));
}

/** Deletes a trip with its file, or only if it has none; that it is gone already is as good. */
export async function deleteTrip(tripId: string, { ifEmpty = false } = {}): Promise<void> {
  const params = { path: { trip_id: tripId } };
  const trip = ifEmpty ? await orGone(unwrap(api.GET("/trips/{trip_id}", { params }))) : null;
  if (trip?.gpx_file) return;
  await orGone(unwrap(api.DELETE("/trips/{trip_id}", { params })));
}

/** Deletes the file of a trip and leaves the trip. */
export async function deleteFile(tripId: string): Promise<void> {
  const params = { path: { trip_id: tripId } };
  await orGone(unwrap(api.DELETE("/trips/{trip_id}/gpx", { params })));
}

async function orGone<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
}
