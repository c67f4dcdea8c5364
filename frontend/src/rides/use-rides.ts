import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { type Filters, wantedOf } from "./filters.ts";
import { fileStateOf, type Ride, withoutRepeats } from "./ride.ts";

export const PAGE_SIZE = 24;
/** How often, for each page that is read, rides are asked for while one of them is on its way. */
const WATCH_MS = 2500;

type Page = Omit<Schemas["TripList"], "trips"> & { trips: Ride[] };

/** A cyclist's rides that pass the filters, as many pages of them as were asked for. */
export function useRides(username: string, filters: Filters) {
  const wanted = wantedOf(filters);
  const query = useInfiniteQuery({
    queryKey: ["trips", username, wanted],
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      unwrap(
        api.GET("/users/{username}/trips", {
          params: {
            path: { username },
            query: { ...wanted, limit: PAGE_SIZE, offset: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ offset, count, total }) =>
      count > 0 && offset + count < total ? offset + count : undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      const isOnItsWay = pages.some(({ trips }) =>
        trips.some((ride) => fileStateOf(ride).kind === "processing"),
      );
      return isOnItsWay && WATCH_MS * pages.length;
    },
  });
  const pages = query.data?.pages ?? [];
  return { ...query, rides: withoutRepeats(pages), total: pages.at(-1)?.total ?? 0 };
}

/** The first and the last year in which this cyclist has a ride; null as long as there is none. */
export function useYears(username: string): readonly [number, number] | null {
  const { data } = useQuery({
    queryKey: ["trips", username, "years"],
    queryFn: async ({ signal }) => {
      const yearAt = async (order: Schemas["Order"]) => {
        const { trips } = await unwrap(
          api.GET("/users/{username}/trips", {
            params: { path: { username }, query: { sort_by: "start_date", order, limit: 1 } },
            signal,
          }),
        );
        return trips[0] ? Number(trips[0].start_date.slice(0, 4)) : null;
      };
      const [first, last] = await Promise.all([yearAt("asc"), yearAt("desc")]);
      return first === null || last === null ? null : ([first, last] as const);
    },
  });
  return data ?? null;
}
