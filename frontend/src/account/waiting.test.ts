import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client.ts";
import { waitOf } from "./waiting.ts";

const NOW = Date.parse("2026-05-01T10:00:30Z");
const after = (seconds: string | null) =>
  waitOf(
    new ApiError(
      new Response(null, { status: 429, headers: seconds ? { "Retry-After": seconds } : {} }),
      null,
    ),
    NOW,
  );

describe("how long to wait", () => {
  it("is told in seconds while that is short", () => {
    expect(after("30")).toEqual({ kind: "seconds", seconds: 30 });
  });

  it("is told by the clock when it is long, and never too early", () => {
    expect(after("900")).toEqual({ kind: "clock", at: new Date("2026-05-01T10:16:00Z") });
    expect(after("870")).toEqual({ kind: "clock", at: new Date("2026-05-01T10:15:00Z") });
  });

  it("is not told where the service does not say, or says nonsense", () => {
    for (const seconds of [null, "0", "soon"]) expect(after(seconds)).toBeNull();
    expect(waitOf(new TypeError("offline"), NOW)).toBeNull();
  });
});
