import { describe, expect, it } from "vitest";
import {
  countOf,
  filtersOf,
  NO_FILTERS,
  SHOWN,
  SORTS,
  wantedOf,
  withFilters,
  yearsBetween,
} from "./filters.ts";

const read = (query: string) => filtersOf(new URLSearchParams(query));

describe("filters and addresses", () => {
  it("come back from an address as they went into it", () => {
    for (const shown of SHOWN) {
      for (const sort of SORTS) {
        const filters = { q: "Alto & más", year: 2025, shown, sort };
        expect(filtersOf(withFilters(new URLSearchParams(), filters))).toEqual(filters);
      }
    }
  });

  it("write nothing that is usual", () => {
    const before = new URLSearchParams("q=pantano&year=2024&shown=draft&sort=title");
    expect(withFilters(before, NO_FILTERS).toString()).toBe("");
  });

  it("leave alone what else stands in the address", () => {
    expect(withFilters(new URLSearchParams("other=1&q=a"), NO_FILTERS).toString()).toBe("other=1");
  });

  it("do without what makes no sense", () => {
    expect(read("year=0&shown=secret&sort=random")).toEqual(NO_FILTERS);
    for (const year of ["", "-1", "20x5", "99999", "1e3", " 2024"]) {
      expect(read(`year=${year}`).year).toBeNull();
    }
    expect(read(`q=${"a".repeat(500)}`).q).toHaveLength(200);
  });
});

describe("what the service is asked", () => {
  it("names nothing that is left open", () => {
    expect(wantedOf(NO_FILTERS)).toEqual({ sort_by: "start_date", order: "desc" });
    expect(wantedOf({ ...NO_FILTERS, q: "  " })).toEqual({ sort_by: "start_date", order: "desc" });
  });

  it("tells private from drafts as the badges do", () => {
    expect(wantedOf(read("shown=private"))).toMatchObject({
      status: "published",
      visibility: "private",
    });
    const draft = wantedOf(read("shown=draft"));
    expect(draft.status).toBe("draft");
    expect(draft.visibility).toBeUndefined();
  });

  it("counts what leaves rides out, and not the order", () => {
    expect(countOf(read("sort=title"))).toBe(0);
    expect(countOf(read("q=a&year=2024&shown=draft&sort=title"))).toBe(3);
  });
});

describe("years to choose from", () => {
  it("go from the last to the first", () => {
    expect(yearsBetween(2024, 2026, null)).toEqual([2026, 2025, 2024]);
  });

  it("have the chosen one among them, wherever it lies", () => {
    expect(yearsBetween(2024, 2025, 1999)).toEqual([2025, 2024, 1999]);
    expect(yearsBetween(2024, 2025, 2025)).toEqual([2025, 2024]);
    expect(yearsBetween(2024, 2025, 2030)).toEqual([2030, 2025, 2024]);
  });
});
