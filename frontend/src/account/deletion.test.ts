import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLocks } from "../../tests/locks.ts";
import { serve, TOKENS } from "../../tests/service.ts";
import { freshToken, keep, session } from "../api/session.ts";
import { deleteAccount } from "./deletion.ts";

type Answer = ReturnType<Parameters<typeof serve>[0]>;

const REFUSED = { status: 401, error: { code: "UNAUTHORIZED", message: "no" } };
const UNKNOWN = { status: 401, error: { code: "INVALID_CREDENTIALS", message: "no" } };
const GONE = { "GET /auth/me": REFUSED, "POST /auth/login": UNKNOWN };
const THERE = { "GET /auth/me": { data: TOKENS.user } };

let page: AbortController;
const onUnsure = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
  page = new AbortController();
  onUnsure.mockReset();
  keep(TOKENS);
});
afterEach(() => {
  page.abort();
  vi.useRealTimers();
});

/** What stands under no address is lost on its way. */
function answer(answers: Record<string, Answer>) {
  return serve(({ method, path }) => {
    const given = answers[`${method} ${path}`];
    if (given === undefined) throw new TypeError("Failed to fetch");
    return given;
  });
}

function begin() {
  const deletion = deleteAccount({ password: "Subida-2026!", signal: page.signal, onUnsure });
  let end: unknown = "open";
  deletion.then(
    (fate) => (end = fate),
    (error: unknown) => (end = error),
  );
  return { end: () => end };
}

/** Lets the clock run on, up to three minutes. */
async function waitUntil(so: () => void): Promise<void> {
  for (let ticks = 0; ticks < 1800 && !holds(so); ticks += 1)
    await vi.advanceTimersByTimeAsync(100);
  so();
}
function holds(so: () => void): boolean {
  try {
    so();
    return true;
  } catch {
    return false;
  }
}
const isUnsure = () => waitUntil(() => expect(onUnsure).toHaveBeenCalled());

describe("deleting an account", () => {
  it("takes the service's word, and asks nothing more", async () => {
    const asked = answer({ "DELETE /users/me": { body: null } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("deleted"));
    expect(asked.map(({ path }) => path)).toEqual(["/users/me"]);
    expect(onUnsure).not.toHaveBeenCalled();
  });

  it("is refused in the service's words", async () => {
    answer({ "DELETE /users/me": { error: { code: "WRONG_PASSWORD", message: "wrong" } } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ code: "WRONG_PASSWORD" }));
  });

  it.each([
    ["was lost", undefined],
    ["was lost, and the browser asked again", REFUSED],
    ["came from a proxy", { status: 504, body: "Gateway Timeout" }],
  ])("is seen to be done where the answer %s", async (_, lost) => {
    answer({ ...GONE, ...(lost && { "DELETE /users/me": lost }) });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("deleted"));
    expect(onUnsure).not.toHaveBeenCalled();
  });

  it("is seen not to be done, once the service has had a moment for it", async () => {
    const asked = answer(THERE);
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
    expect(asked.filter(({ path }) => path === "/auth/me")).toHaveLength(2);
  });

  it("is seen to be done where the service was still at it", async () => {
    const answers: Record<string, Answer> = { ...THERE };
    const asked = answer(answers);
    const { end } = begin();
    await waitUntil(() => expect(asked.some(({ path }) => path === "/auth/me")).toBe(true));
    Object.assign(answers, GONE);
    await waitUntil(() => expect(end()).toBe("deleted"));
  });

  it("is told in the service's words where it failed there and nothing was done", async () => {
    const failure = { status: 500, error: { code: "INTERNAL_ERROR", message: "oh" } };
    answer({ ...THERE, "DELETE /users/me": failure });
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ code: "INTERNAL_ERROR" }));
  });

  it("is not taken for done where the session alone has ended", async () => {
    answer({ ...GONE, "POST /auth/login": { data: { ...TOKENS, access_token: "new" } } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
    expect(session()?.accessToken).toBe("new");
  });

  it("is not taken for done where the account is locked", async () => {
    const locked = { status: 429, error: { code: "ACCOUNT_LOCKED", message: "locked" } };
    answer({ ...GONE, "POST /auth/login": locked });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
  });

  it("stays open while nobody answers, and is told as soon as somebody does", async () => {
    const answers: Record<string, Answer> = {};
    answer(answers);
    const { end } = begin();
    await isUnsure();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(end()).toBe("open");
    Object.assign(answers, GONE);
    await waitUntil(() => expect(end()).toBe("deleted"));
  });

  it("asks no more once the page is left", async () => {
    const asked = answer({});
    const { end } = begin();
    await isUnsure();
    page.abort();
    await waitUntil(() => expect(end()).toMatchObject({ name: "AbortError" }));
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
  });

  it("lets nobody else on the page find out first", async () => {
    answer({ ...GONE, "POST /auth/refresh": REFUSED });
    const { end } = begin();
    const other = freshToken("access");
    await waitUntil(() => expect(end()).toBe("deleted"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session()).not.toBeNull();
    page.abort();
    expect(await other).toBeNull();
    expect(session()).toBeNull();
  });
});
