import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeEach, expect, it } from "vitest";
import { serve, TOKENS } from "../../tests/service.ts";
import { queries } from "../api/service.ts";
import { keep, session } from "../api/session.ts";
import { choose } from "../i18n/preferences.ts";
import { keepUploads, keptUploads } from "../upload/keeping.ts";
import { begun } from "../upload/upload-state.ts";
import { HomePage } from "./HomePage.tsx";

const ME = TOKENS.user.user_id;

beforeEach(() => {
  choose({ language: "en" });
  keep(TOKENS);
});

function arrive(state: unknown) {
  const asked = serve(() => ({ data: { trips: [], pagination: {} } }));
  const router = createMemoryRouter(
    [
      { path: "/", element: <HomePage /> },
      { path: "/app/rides", element: <p /> },
    ],
    {
      initialEntries: [{ pathname: "/", state }],
    },
  );
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { asked, router };
}

function keepSome(userId: string) {
  const trip = { title: "A", description: "", start_date: "2026-05-01" };
  const facts = { name: "a.gpx", size: 1, modified: 0, isKept: false, mapping: null };
  const upload = { id: `of-${userId}`, order: 1, key: "k", ...facts, trip, failure: null };
  keepUploads(userId, [], [begun(upload as unknown as Parameters<typeof begun>[0])]);
}

it("whose account is deleted is told so, and nothing of it stays on the device", async () => {
  keepSome(ME);
  keepSome("somebody else");
  const { asked, router } = arrive({ isLeaving: true, hasEnded: true, deleted: ME });
  expect(await screen.findByText("Your account is deleted")).toBeTruthy();
  expect(session()).toBeNull();
  await waitFor(() => expect(keptUploads(ME)).toEqual([]));
  expect(keptUploads("somebody else")).toHaveLength(1);
  expect(asked.some(({ path }) => path === "/auth/logout")).toBe(false);
  // Come back to, it tells nothing.
  await waitFor(() => expect(router.state.location.state).toBeNull());
});

it("whose account is deleted takes nothing of another rider along", async () => {
  keep({ ...TOKENS, user: { ...TOKENS.user, user_id: "ben", username: "ben" } });
  keepSome(ME);
  keepSome("ben");
  arrive({ isLeaving: true, hasEnded: true, deleted: ME });
  await waitFor(() => expect(keptUploads(ME)).toEqual([]));
  expect(session()?.user.user_id).toBe("ben");
  expect(keptUploads("ben")).toHaveLength(1);
});

it("who signs out is not told anything of the kind", async () => {
  keepSome(ME);
  const { asked } = arrive({ isLeaving: true, hasEnded: false });
  await waitFor(() => expect(session()).toBeNull());
  await waitFor(() => expect(asked.some(({ path }) => path === "/auth/logout")).toBe(true));
  expect(screen.queryByText("Your account is deleted")).toBeNull();
  expect(keptUploads(ME)).toHaveLength(1);
});
