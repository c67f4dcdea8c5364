import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { serve } from "../../tests/service.ts";
import { type Schemas } from "../api/client.ts";
import { queries } from "../api/service.ts";
import { choose } from "../i18n/preferences.ts";
import { Upload } from "./Upload.tsx";

beforeEach(() => choose({ language: "en" }));

function show(
  error_code: Schemas["ErrorCode"],
  error_reason: Schemas["FileReason"] | null = null,
  isOwner = true,
) {
  const failed = {
    gpx_file_id: "file",
    processing_status: "failed",
    error_message: "Why",
  } as const;
  render(
    <QueryClientProvider client={queries}>
      <MemoryRouter>
        <Upload
          tripId="trip"
          isOwner={isOwner}
          isArriving={false}
          upload={{ ...failed, error_code, error_reason }}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return screen.getByRole("alert");
}

/** What the owner is offered, in its order. */
function waysOutOf(...failure: Parameters<typeof show>): (string | null)[] {
  const ways = [...show(...failure).querySelectorAll("a, button")].map((way) => way.textContent);
  cleanup();
  return ways;
}

describe("a ride that could not be read", () => {
  it("is analysed again first where the service was at fault", () => {
    for (const code of ["STORAGE_UNAVAILABLE", "PROCESSING_TIMEOUT", "INTERNAL_ERROR"] as const) {
      expect(waysOutOf(code), code).toEqual(["Analyse again", "Send another file"]);
    }
  });

  it("takes another file first where the file was", () => {
    expect(waysOutOf("NO_USABLE_POINTS")).toEqual(["Send another file", "Analyse again"]);
    expect(waysOutOf("INVALID_GPX_FORMAT", "missing_columns")).toEqual([
      "Send another file",
      "Analyse again",
    ]);
  });

  it("offers nothing to others", () => {
    expect(waysOutOf("NO_USABLE_POINTS", null, false)).toEqual([]);
  });

  it("says the service's sentence of what is in the file, and is begun again by its owner", async () => {
    const asked = serve(() => ({ status: 202, data: {} }));
    const alert = within(show("INVALID_GPX_FORMAT", "not_well_formed"));
    expect(alert.getByText("Why.")).toBeTruthy();
    await userEvent.click(alert.getByRole("button", { name: "Analyse again" }));
    expect(asked[0]).toMatchObject({ method: "POST", path: "/gpx/file/reprocess" });
  });
});
