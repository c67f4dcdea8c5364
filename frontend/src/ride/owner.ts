/** What an owner may do with a ride. */
import { useMutation } from "@tanstack/react-query";
import { type Schemas, unwrap } from "../api/client.ts";
import { api, queries } from "../api/service.ts";

/** What the service asks of a description before a ride is published, in letters that are read. */
const LEAST_LETTERS = 50;

type Trip = Schemas["TripOut"];

export function isPublic(trip: Pick<Trip, "status" | "is_private">): boolean {
  return trip.status === "published" && !trip.is_private;
}

/** Whether what a reader sees of a description, without markup, is enough to be published. */
export function isDescribed({ description }: Pick<Trip, "description">): boolean {
  const page = new DOMParser().parseFromString(description, "text/html");
  return (page.body.textContent.trim().length || 0) >= LEAST_LETTERS;
}

export function usePublishing(trip: Trip, onDone: (isPublic: boolean) => void) {
  const path = { trip_id: trip.trip_id };
  return useMutation({
    mutationFn: async (shallBePublic: boolean) => {
      if (trip.is_private === shallBePublic) {
        const body = { is_private: !shallBePublic };
        await unwrap(api.PUT("/trips/{trip_id}", { params: { path }, body }));
      }
      if (shallBePublic && trip.status !== "published") {
        await unwrap(api.POST("/trips/{trip_id}/publish", { params: { path } }));
      }
    },
    onSuccess: (_, shallBePublic) => onDone(shallBePublic),
    onSettled: () => changed(trip.trip_id),
  });
}

export function useReprocessing(tripId: string, gpxFileId: string) {
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/gpx/{gpx_file_id}/reprocess", { params: { path: { gpx_file_id: gpxFileId } } }),
      ),
    // Its line and its numbers are not there until it is done: whoever watches it asks for them.
    onSettled: () => changed(tripId),
  });
}

/** The ride and its lists are asked for again. */
export async function changed(tripId: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ["ride", tripId] }),
    queries.invalidateQueries({ queryKey: ["trips"] }),
  ]);
}

/** So is all that was made of its recording. */
export async function renewed(tripId: string, gpxFileId: string): Promise<void> {
  for (const part of ["track", "series", "stretch"]) {
    queries.removeQueries({ queryKey: [part, gpxFileId] });
  }
  await changed(tripId);
}
