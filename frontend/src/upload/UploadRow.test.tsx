import { cleanup, render, screen, within } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { helpFor } from "../api/help.ts";
import { type ProblemCode } from "../api/problems.ts";
import { choose } from "../i18n/preferences.ts";
import { begun } from "./upload-state.ts";
import { UploadRow } from "./UploadRow.tsx";

const TRIP = {
  title: "Lluc",
  description: "",
  startDate: "2026-05-01",
  endDate: null,
  difficulty: null,
  isPrivate: false,
} as const;

beforeEach(() => choose({ language: "en" }));

/** What a rider is offered of a failure, in its order; to take it off the list comes last of all. */
function waysOutOf(code: ProblemCode): string[] {
  const failure = { code, detail: null, help: helpFor(code) };
  const facts = { name: "a.gpx", size: 1, modified: 0, isKept: true, trip: TRIP };
  const upload = begun({ id: "1", order: 1, key: "k", tripId: "trip", ...facts, failure });
  render(
    <MemoryRouter>
      <ul>
        <UploadRow upload={upload} isAlone />
      </ul>
    </MemoryRouter>,
  );
  const row = within(screen.getByRole("listitem"));
  const names = [...row.queryAllByRole("button"), ...row.queryAllByRole("link")].map(
    (way) => way.getAttribute("aria-label") ?? way.textContent,
  );
  cleanup();
  return names.filter((name) => !name.startsWith("Take "));
}

describe("the ways out of a failed upload", () => {
  it("begin with the same again where the service or the connection was at fault", () => {
    for (const code of ["offline", "STORAGE_UNAVAILABLE", "INTERNAL_ERROR"] as const) {
      expect(waysOutOf(code), code).toEqual(["Try again: Lluc"]);
    }
    for (const code of ["PROCESSING_TIMEOUT", "OUT_OF_MEMORY", "PROCESSING_ABANDONED"] as const) {
      expect(waysOutOf(code), code).toEqual(["Try again: Lluc", "Choose another file"]);
    }
  });

  it("are another file where the file was", () => {
    for (const code of ["NO_USABLE_POINTS", "FILE_CORRUPTED", "FILE_TOO_LARGE"] as const) {
      expect(waysOutOf(code), code).toEqual(["Choose another file"]);
    }
  });

  it("are the page of the ride where neither helps", () => {
    expect(waysOutOf("TRIP_ALREADY_HAS_GPX")).toEqual(["Open its page"]);
  });
});
