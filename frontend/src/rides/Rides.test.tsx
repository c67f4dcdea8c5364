import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { aRide, aTrack, anUpload } from "../../tests/rides.ts";
import { type Asked, serve } from "../../tests/service.ts";
import { queries } from "../api/service.ts";
import { choose } from "../i18n/preferences.ts";
import { type Ride } from "./ride.ts";
import { Rides } from "./Rides.tsx";

beforeEach(() => {
  queries.clear();
  choose({ language: "en" });
});

function show(path = "/app/rides") {
  const router = createMemoryRouter(
    [{ path: "/app/rides", element: <Rides username="ana" begin={<button>Upload</button>} /> }],
    { initialEntries: [path] },
  );
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

function page(rides: readonly Ride[], { query }: Asked, total = rides.length) {
  const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset") ?? 0)];
  const trips = rides.slice(offset, offset + limit);
  return { data: { trips, count: trips.length, total, limit, offset } };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aRide({
      trip_id: String(index),
      title: `Ride ${String(index)}`,
      gpx_file: aTrack({ distance_km: 10, elevation_gain: 100 }),
    }),
  );
const lists = (asked: readonly Asked[]) => asked.filter(({ query }) => query.get("limit") !== "1");

describe("a list of rides", () => {
  it("leads to each ride, and tells its numbers and who sees it", async () => {
    serve((asked) => page([aRide({ trip_id: "7", title: "Puerto", is_private: true })], asked));
    show();
    const card = (await screen.findByRole("link", { name: "Puerto" })).closest("article");
    expect(screen.getByRole("link", { name: "Puerto" }).getAttribute("href")).toBe("/app/rides/7");
    for (const text of ["42.2\u00a0km", "812\u00a0m", "May 1, 2026", "Private"]) {
      expect(card?.textContent).toContain(text);
    }
  });

  it("says what is on its way, and what was refused and why", async () => {
    const rides = [
      aRide({
        trip_id: "1",
        title: "Going",
        gpx_file: null,
        upload: anUpload({ stage: "parsing", progress: 30 }),
      }),
      aRide({
        trip_id: "2",
        title: "Refused",
        gpx_file: null,
        upload: anUpload({ processing_status: "failed", error_code: "NO_USABLE_POINTS" }),
      }),
    ];
    serve((asked) => page(rides, asked));
    show();
    const bar = await screen.findByRole("progressbar", { name: "Analysing “Going”" });
    expect(bar.getAttribute("value")).toBe("30");
    expect(screen.getByText("Reading the points")).toBeTruthy();
    expect(screen.getByText("The file has no points that can be used")).toBeTruthy();
  });

  it("looks again while something is on its way, and no longer once it is there", async () => {
    let upload: Ride["upload"] = anUpload();
    const asked = serve((request) => page([aRide({ upload: upload ?? null })], request));
    show();
    await screen.findByRole("progressbar");
    upload = null;
    await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull(), { timeout: 6000 });
    expect(lists(asked)).toHaveLength(2);
  }, 10_000);

  it("adds up only what it has read, and says so, until all is read", async () => {
    const rides = many(30);
    serve((asked) => page(rides, asked));
    show();
    await screen.findByText("30 rides");
    expect(screen.getByText(/240.km and 2400.m of climbing in the 24 that you see/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Show 6 more rides" }));
    expect(await screen.findByText(/^300.km and 3000.m of climbing$/)).toBeTruthy();
    expect(screen.getAllByRole("article")).toHaveLength(30);
    expect(screen.queryByRole("button", { name: /more/ })).toBeNull();
  });
});

describe("filters", () => {
  it("stand in the address, are asked for, and go back one by one", async () => {
    const asked = serve((request) => page(many(1), request));
    const router = show();
    await screen.findByText("1 ride");
    await userEvent.selectOptions(screen.getByLabelText("Who sees them"), "Drafts");
    await userEvent.type(screen.getByRole("searchbox"), "alto");
    await waitFor(() => expect(router.state.location.search).toBe("?shown=draft&q=alto"));
    await waitFor(() => expect(lists(asked).at(-1)?.query.get("q")).toBe("alto"));
    expect(lists(asked).at(-1)?.query.get("status")).toBe("draft");
    await act(() => router.navigate(-1));
    expect(router.state.location.search).toBe("?shown=draft");
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("");
  });

  it("offer the years that there are rides of", async () => {
    serve((request) => {
      const isFirst = request.query.get("order") === "asc";
      return page([aRide({ start_date: isFirst ? "2024-03-01" : "2026-05-01" })], request);
    });
    show();
    const years = await screen.findByLabelText("Year");
    await waitFor(() =>
      expect(
        within(years)
          .getAllByRole("option")
          .map((option) => option.textContent),
      ).toEqual(["Every year", "2026", "2025", "2024"]),
    );
  });

  it("that leave nothing can be cleared at once", async () => {
    serve((request) => page(request.query.has("q") ? [] : many(2), request));
    const router = show("/app/rides?q=zzz&sort=title");
    await screen.findByText("No ride matches");
    await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(await screen.findAllByRole("article")).toHaveLength(2);
    expect(router.state.location.search).toBe("?sort=title");
  });
});

describe("without rides", () => {
  it("tells how to begin, with the way to begin once", async () => {
    serve((request) => page([], request));
    show();
    await screen.findByText("Your rides will live here");
    expect(screen.getAllByRole("button", { name: "Upload" })).toHaveLength(1);
    expect(screen.queryByRole("searchbox")).toBeNull();
  });

  it("says what went wrong, and tries again", async () => {
    let isBroken = true;
    serve((request) =>
      isBroken
        ? { error: { code: "FORBIDDEN", message: "no" }, status: 403 }
        : page(many(1), request),
    );
    show();
    await screen.findByRole("alert");
    isBroken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article")).toBeTruthy();
  });
});
