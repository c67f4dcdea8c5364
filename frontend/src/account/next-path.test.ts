import { describe, expect, it } from "vitest";
import { nextPath, withNext } from "./next-path.ts";

const HOME = "/app/rides";

describe("the page after signing in", () => {
  it.each([
    "/app/rides?q=alto&year=2025",
    "/app/rides/7f1e/edit",
    "/r/7f1e#km=1-2",
    "/app/account",
  ])("is %s where that was asked for", (path) => expect(nextPath(path)).toBe(path));

  it.each([
    null,
    "",
    "app/rides",
    "https://evil.example/app/rides",
    "//evil.example/app/rides",
    "/\\evil.example/app/rides",
    "\\\\evil.example",
    "/\t/evil.example/app/",
    "/\n/evil.example/app/",
    "/.//evil.example/app/",
    "/app/..//evil.example",
    "/app/%2e%2e//evil.example",
    "javascript:alert(1)",
    "/docs",
    "/auth/logout",
    "/application/x",
    "/app/sign-in?next=/app/sign-in",
    "/app/register",
  ])("is my rides for %j", (path) => expect(nextPath(path)).toBe(HOME));

  it("goes along from one form to the other", () => {
    const path = withNext("/app/register", "/r/1?a=b&c=d");
    expect(new URL(path, "https://a.example").searchParams.get("next")).toBe("/r/1?a=b&c=d");
    expect(withNext("/app/register", null)).toBe("/app/register");
  });
});
