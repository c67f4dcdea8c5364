/** What the compiler must know of the API: each line that it should refuse is marked so. */
import { type ApiError, connect, formOf, unwrap } from "../src/api/client.ts";

const api = connect({ baseUrl: "https://contravento.example", token: () => null });
const path = { gpx_file_id: "", trip_id: "" };

export async function answersAreUnwrapped(): Promise<void> {
  const trip = await unwrap(api.GET("/trips/{trip_id}", { params: { path } }));
  const title: string = trip.title;
  const difficulty: "easy" | "moderate" | "difficult" | "very_difficult" | "extreme" | null =
    trip.difficulty;
  const { trips, pagination } = await unwrap(api.GET("/trips/public"));
  const pages: number = pagination.total_pages;
  const nothing: undefined = await unwrap(api.DELETE("/trips/{trip_id}/gpx", { params: { path } }));
  // @ts-expect-error: a trip has no such field
  void trip.name;
  // @ts-expect-error: one trip is no list
  const none: unknown[] = trip;
  void [title, difficulty, trips, pages, nothing, none];
}

export async function whatMayBeUnknownIsNull(): Promise<void> {
  const track = await unwrap(api.GET("/gpx/{gpx_file_id}/track", { params: { path } }));
  const [first] = track.trackpoints;
  // @ts-expect-error: there may be no such point
  void first.elevation;
  if (first === undefined) return;
  const latitude: string = first.latitude.toFixed(5);
  // @ts-expect-error: a point may have no elevation
  void first.elevation.toFixed(1);
  // @ts-expect-error: a route may have no statistics
  void track.route_statistics.top_climbs;
  const steep: number | undefined =
    track.route_statistics?.gradient_distribution?.muy_empinado.percentage;
  void [latitude, steep];
}

export async function requestsAreComplete(): Promise<void> {
  await api.POST("/trips", { body: { title: "", description: "", start_date: "2026-05-01" } });
  // @ts-expect-error: a trip begins on some day
  await api.POST("/trips", { body: { title: "", description: "" } });
  const easy = { title: "", description: "", start_date: "2026-05-01", difficulty: "simple" };
  // @ts-expect-error: there is no such difficulty
  await api.POST("/trips", { body: easy });
  // @ts-expect-error: there is no such address
  await api.GET("/routes");
  // @ts-expect-error: whose track?
  await api.GET("/gpx/{gpx_file_id}/track");
  await api.POST("/trips/{trip_id}/gpx", {
    // @ts-expect-error: a file is no text
    body: { file: "ride.gpx" },
    params: { path },
    bodySerializer: formOf,
  });
}

export function errorsHaveKnownCodes(error: ApiError): boolean {
  // @ts-expect-error: there is no such code
  if (error.code === "GPX_TOO_LARGE") return false;
  return error.code === "FILE_TOO_LARGE" || error.field === "file";
}
