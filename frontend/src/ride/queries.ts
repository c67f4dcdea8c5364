/** What the page asks the service about a ride. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Schemas, unwrap } from "../api/client.ts";
import { BASIC_FIELDS, type Range, samplesOf, type Sensor } from "../api/samples.ts";
import { api } from "../api/service.ts";

/** What was recorded does not change, except by being analysed again, which drops these answers. */
const FOREVER = { staleTime: Infinity } as const;
const SAMPLES = 4000;

export function useRide(tripId: string) {
  return useQuery({
    queryKey: ["ride", tripId],
    queryFn: async ({ signal }) => {
      const params = { path: { trip_id: tripId } };
      // The client makes lists of the four bounds of a preview.
      return (await unwrap(api.GET("/trips/{trip_id}", { params, signal }))) as Schemas["TripOut"];
    },
  });
}

/** The line at a glance, with the statistics and the named places. */
export function useOverview(gpxFileId: string, mostPoints: number) {
  return useQuery({
    queryKey: ["track", gpxFileId, "overview"],
    ...FOREVER,
    queryFn: ({ signal }) => {
      const params = {
        path: { gpx_file_id: gpxFileId },
        query: { max_points: mostPoints },
      };
      return unwrap(api.GET("/gpx/{gpx_file_id}/track", { params, signal }));
    },
  });
}

/** Samples of the ride or of a part of it, with those sensors that somebody looks at. */
export function useSamples(gpxFileId: string, sensors: readonly Sensor[], range: Range | null) {
  return useQuery({
    queryKey: ["series", gpxFileId, sensors, range],
    ...FOREVER,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const params = {
        path: { gpx_file_id: gpxFileId },
        query: {
          fields: [...BASIC_FIELDS, ...sensors].join(","),
          samples: SAMPLES,
          ...(range && { from_km: range.fromKm, to_km: range.toKm }),
        },
      };
      return samplesOf(await unwrap(api.GET("/gpx/{gpx_file_id}/series", { params, signal })));
    },
  });
}

export function useStretch(gpxFileId: string, range: Range) {
  return useQuery({
    queryKey: ["stretch", gpxFileId, range.fromKm, range.toKm],
    ...FOREVER,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const params = {
        path: { gpx_file_id: gpxFileId },
        query: { from_km: range.fromKm, to_km: range.toKm },
      };
      return unwrap(api.GET("/gpx/{gpx_file_id}/stretch", { params, signal }));
    },
  });
}
