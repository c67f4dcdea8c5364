import { describe, expect, it } from "vitest";
import { ApiError, type ErrorCode, type Schemas } from "../api/client.ts";
import { failureBeforeSending, failureOf, failureOfStatus, waitAfter } from "./failure.ts";

function answered(status: number, code: ErrorCode | null, retryAfter?: string): ApiError {
  const headers = retryAfter ? { "Retry-After": retryAfter } : {};
  const detail = code && { code, message: "Por esto", field: null };
  return new ApiError(new Response(null, { status, headers }), detail);
}

describe("waiting", () => {
  it("doubles up to a minute where the connection or the service is away", () => {
    const waits = [0, 1, 2, 9].map((tries) => waitAfter(new TypeError("lost"), tries, 0.5));
    expect(waits).toEqual([1000, 2000, 4000, 60_000]);
    expect(waitAfter(answered(502, null), 0, 0)).toBe(750);
  });

  it("is as long as the service says, and never none", () => {
    expect(waitAfter(answered(503, "SERVICE_BUSY", "7"), 0)).toBe(7000);
    expect(waitAfter(answered(429, "RATE_LIMITED", "0"), 0)).toBe(1000);
  });

  it("helps nobody whose file is refused, nor against our own mistakes", () => {
    expect(waitAfter(answered(400, "INVALID_GPX_FORMAT"), 0)).toBeNull();
    expect(waitAfter(answered(500, "INTERNAL_ERROR"), 0)).toBeNull();
    expect(waitAfter(new RangeError("a defect"), 0)).toBeNull();
  });
});

describe("a failure", () => {
  it("says the service's sentence where that names the limit", () => {
    expect(failureOf(answered(400, "FILE_TOO_LARGE")).detail).toBe("Por esto");
    expect(failureOf(answered(500, "INTERNAL_ERROR")).detail).toBeNull();
  });

  it("of a table that was taken is mended by its columns, where they are the reason", () => {
    const status = { error_code: "INVALID_GPX_FORMAT", error_message: "Por esto" } as const;
    const of = (error_reason: Schemas["FileReason"] | null) =>
      failureOfStatus({ ...status, error_reason });
    expect(of("missing_columns")).toMatchObject({ help: "columns", detail: "Por esto" });
    expect(of("ambiguous_dates")).toMatchObject({ help: "columns", detail: null });
    expect(of("not_well_formed")).toMatchObject({ help: "otherFile", detail: "Por esto" });
    expect(of(null).help).toBe("otherFile");
  });

  it("is seen before anything is sent, by name and size", () => {
    expect(failureBeforeSending(new File(["x"], "a.GPX"))).toBeNull();
    expect(failureBeforeSending(new File(["x"], "a.fit.gz"))).toBeNull();
    expect(failureBeforeSending(new File(["x"], "a.kmz"))?.code).toBe("INVALID_FILE_TYPE");
    expect(failureBeforeSending(new File([], "a.gpx"))?.code).toBe("emptyFile");
  });
});
