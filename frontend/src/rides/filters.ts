/** Which rides are wanted, as the address of the page says it and as the service is asked. */
import { type Schemas } from "../api/client.ts";

/** As the badges of the cards tell them apart. */
export const SHOWN = ["all", "public", "private", "draft"] as const;
export type Shown = (typeof SHOWN)[number];

export const SORTS = ["newest", "oldest", "longest", "uploaded", "title"] as const;
export type Sort = (typeof SORTS)[number];

export interface Filters {
  /** A part of the title; empty for all. */
  q: string;
  /** Of the start; null for all. */
  year: number | null;
  shown: Shown;
  sort: Sort;
}

export interface Wanted {
  q?: string;
  year?: number;
  status?: Schemas["TripStatus"];
  visibility?: Schemas["Visibility"];
  sort_by: Schemas["SortBy"];
  order: Schemas["Order"];
}

export const NO_FILTERS: Filters = { q: "", year: null, shown: "all", sort: "newest" };
/** As long as a title may be. */
export const LONGEST_SEARCH = 200;

const ORDERS: Record<Sort, Pick<Wanted, "sort_by" | "order">> = {
  newest: { sort_by: "start_date", order: "desc" },
  oldest: { sort_by: "start_date", order: "asc" },
  longest: { sort_by: "distance_km", order: "desc" },
  uploaded: { sort_by: "created_at", order: "desc" },
  title: { sort_by: "title", order: "asc" },
};

const STATES: Record<Shown, Pick<Wanted, "status" | "visibility">> = {
  all: {},
  public: { status: "published", visibility: "public" },
  private: { status: "published", visibility: "private" },
  draft: { status: "draft" },
};

/** Whatever stands in an address; what makes no sense is left out. */
export function filtersOf(params: URLSearchParams): Filters {
  return {
    q: (params.get("q") ?? "").slice(0, LONGEST_SEARCH),
    year: yearOf(params.get("year")),
    shown: SHOWN.find((shown) => shown === params.get("shown")) ?? NO_FILTERS.shown,
    sort: SORTS.find((sort) => sort === params.get("sort")) ?? NO_FILTERS.sort,
  };
}

/** `params` with these filters, and whatever else stood there; what is usual is not written. */
export function withFilters(params: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of ["q", "year", "shown", "sort"] as const) {
    const value = filters[name];
    if (value === NO_FILTERS[name] || value === null) next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}

export function wantedOf({ q, year, shown, sort }: Filters): Wanted {
  const part = q.trim();
  return {
    ...(part && { q: part }),
    ...(year !== null && { year }),
    ...STATES[shown],
    ...ORDERS[sort],
  };
}

/** How many leave rides out; the order does not. */
export function countOf({ q, year, shown }: Filters): number {
  return [q.trim() !== "", year !== null, shown !== "all"].filter(Boolean).length;
}

/** From the last year to the first, and the one that is chosen in any case. */
export function yearsBetween(first: number, last: number, chosen: number | null): number[] {
  const years = new Set(chosen === null ? [] : [chosen]);
  for (let year = last; year >= first; year -= 1) years.add(year);
  return [...years].sort((a, b) => b - a);
}

function yearOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
}
