import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLocks } from "../../tests/locks.ts";
import { serve, TOKENS } from "../../tests/service.ts";
import { freshToken, keep, session } from "../api/session.ts";
import { deleteAccount } from "./deletion.ts";

type Answer = ReturnType<Parameters<typeof serve>[0]>;

const REFUSED = { status: 401, error: { code: "UNAUTHORIZED", message: "no" } };
const UNKNOWN = { status: 401, error: { code: "INVALID_CREDENTIALS", message: "no" } };
const OVER = { "GET /auth/me": REFUSED, "POST /auth/refresh": REFUSED };
const GONE = { ...OVER, "POST /auth/login": UNKNOWN };
const THERE = { "GET /auth/me": { data: TOKENS.user } };
const BEN = { ...TOKENS, user: { ...TOKENS.user, user_id: "ben", username: "ben" } };

let page: AbortController;
const onFinding = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  Object.defineProperty(navigator, "locks", { value: new FakeLocks(), configurable: true });
  page = new AbortController();
  onFinding.mockReset();
  keep(TOKENS);
});
afterEach(() => {
  page.abort();
  vi.useRealTimers();
});

/** After the deletion was asked for, and before; what stands under no address is lost on its way. */
function answer(after: Record<string, Answer>, before: Record<string, Answer> = THERE) {
  let answers = before;
  return serve(({ method, path }) => {
    if (method === "DELETE") answers = after;
    const given = answers[`${method} ${path}`];
    if (given === undefined) throw new TypeError("Failed to fetch");
    return given;
  });
}
const pathsOf = (asked: { path: string }[]) => asked.map(({ path }) => path);
const isSent = (asked: { method: string }[]) => asked.some(({ method }) => method === "DELETE");
const newTokens = (name: string) => ({ ...TOKENS, access_token: name, refresh_token: `${name}-2` });

function begin() {
  const deletion = deleteAccount({ password: "Subida-2026!", signal: page.signal, onFinding });
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
const isFinding = () => waitUntil(() => expect(onFinding).toHaveBeenCalled());

describe("deleting an account", () => {
  it("makes sure of the session, takes the service's word, and asks nothing more", async () => {
    const asked = answer({ "DELETE /users/me": { body: null } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("deleted"));
    expect(pathsOf(asked)).toEqual(["/auth/me", "/users/me"]);
    expect(onFinding).not.toHaveBeenCalled();
  });

  it("is refused in the service's words", async () => {
    answer({ "DELETE /users/me": { error: { code: "WRONG_PASSWORD", message: "wrong" } } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ code: "WRONG_PASSWORD" }));
  });

  it("is not sent where the session is over, which says nothing of the account", async () => {
    const asked = answer({}, GONE);
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ code: "UNAUTHORIZED" }));
    expect(pathsOf(asked)).toEqual(["/auth/me", "/auth/refresh"]);
  });

  it("is sent with a session that had to be renewed", async () => {
    const before = { ...OVER, "POST /auth/refresh": { data: newTokens("renewed") } };
    answer({ "DELETE /users/me": { body: null } }, before);
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("deleted"));
    expect(session()?.accessToken).toBe("renewed");
  });

  it("is not sent where the service cannot be asked for the session", async () => {
    const asked = answer({}, {});
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
    expect(pathsOf(asked)).toEqual(["/auth/me"]);
  });

  it("is not sent where the service is away", async () => {
    const away = { "GET /auth/me": { status: 503, body: "" } };
    const asked = answer({}, away);
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ status: 503 }));
    expect(isSent(asked)).toBe(false);
  });

  it("is not sent where the page was left while it waited for its turn", async () => {
    const asked = answer({ "DELETE /users/me": { body: null } });
    let release: (over: null) => void = () => undefined;
    const isOver = new Promise<null>((resolve) => (release = resolve));
    void navigator.locks.request("any", () => isOver);
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(100);
    page.abort();
    release(null);
    await waitUntil(() => expect(end()).toMatchObject({ name: "AbortError" }));
    expect(asked).toEqual([]);
  });

  it("is not sent where the page was left while the session was made sure of", async () => {
    const asked = answer(
      { "DELETE /users/me": { body: null } },
      {
        get "GET /auth/me"() {
          page.abort();
          return THERE["GET /auth/me"];
        },
      },
    );
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ name: "AbortError" }));
    expect(isSent(asked)).toBe(false);
  });
});

describe("a deletion whose answer did not come", () => {
  it.each([
    ["was lost", undefined],
    ["was lost, and the browser asked again", REFUSED],
    ["came from a proxy", { status: 504, body: "Gateway Timeout" }],
  ])("is seen to be done where the answer %s", async (_, lost) => {
    answer({ ...GONE, ...(lost && { "DELETE /users/me": lost }) });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("deleted"));
    expect(onFinding).not.toHaveBeenCalled();
  });

  it("is seen not to be done, once the service has had its time for it", async () => {
    answer(THERE);
    const { end } = begin();
    await isFinding();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(end()).toBe("open");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(end()).toBe("kept");
  });

  it("is seen to be done where the service was still at it", async () => {
    const answers: Record<string, Answer> = { ...THERE };
    answer(answers);
    const { end } = begin();
    await isFinding();
    await vi.advanceTimersByTimeAsync(9_000);
    Object.assign(answers, GONE);
    await waitUntil(() => expect(end()).toBe("deleted"));
  });

  const failure = { status: 500, error: { code: "INTERNAL_ERROR", message: "oh" } };

  it("is told in the service's words where it failed there and nothing was done", async () => {
    answer({ ...THERE, "DELETE /users/me": failure });
    const { end } = begin();
    await waitUntil(() => expect(end()).toMatchObject({ code: "INTERNAL_ERROR" }));
  });

  it("cannot be told where the service failed and then takes neither session nor password", async () => {
    const asked = answer({ ...GONE, "DELETE /users/me": failure });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("unsure"));
    expect(pathsOf(asked).filter((path) => path === "/auth/login")).toHaveLength(1);
  });

  it("is not taken for done where the token alone has ended", async () => {
    const asked = answer({ ...GONE, "POST /auth/refresh": { data: newTokens("renewed") } });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
    expect(session()?.accessToken).toBe("renewed");
    expect(pathsOf(asked)).not.toContain("/auth/login");
  });

  it("is not taken for done where the session alone has ended, and goes on with another", async () => {
    const asked = answer({ ...GONE, "POST /auth/login": { data: newTokens("new") } });
    const inner = fetch;
    vi.stubGlobal("fetch", (request: Request) => {
      if (request.headers.get("Authorization") !== "Bearer new") return inner(request);
      return Promise.resolve(Response.json({ success: true, data: TOKENS.user, error: null }));
    });
    const { end } = begin();
    await waitUntil(() => expect(end()).toBe("kept"));
    expect(session()?.accessToken).toBe("new");
    expect(pathsOf(asked).filter((path) => path === "/auth/login")).toHaveLength(1);
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
    await isFinding();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(end()).toBe("open");
    Object.assign(answers, GONE);
    await waitUntil(() => expect(end()).toBe("deleted"));
  });

  it("asks no more once the page is left", async () => {
    const asked = answer({});
    const { end } = begin();
    await isFinding();
    page.abort();
    await waitUntil(() => expect(end()).toMatchObject({ name: "AbortError" }));
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
  });

  it("cannot be told once somebody else is signed in", async () => {
    const asked = answer({});
    const { end } = begin();
    await isFinding();
    keep(BEN);
    const before = asked.length;
    await waitUntil(() => expect(end()).toBe("unsure"));
    expect(asked).toHaveLength(before);
  });

  it("keeps nobody from the service between two looks", async () => {
    answer({ "POST /auth/refresh": { data: newTokens("renewed") } });
    const { end } = begin();
    await isFinding();
    let token: unknown;
    void freshToken("access").then((fresh) => (token = fresh));
    await waitUntil(() => expect(token).toBe("renewed"));
    expect(end()).toBe("open");
  });

  it("does not end with whom the service refuses meanwhile on the page", async () => {
    const answers: Record<string, Answer> = { "POST /auth/refresh": REFUSED };
    answer(answers);
    const { end } = begin();
    await isFinding();
    expect(await freshToken("access")).toBeNull();
    expect(session()).not.toBeNull();
    Object.assign(answers, GONE);
    await waitUntil(() => expect(end()).toBe("deleted"));
  });

  it("lets nobody else on the page find out first", async () => {
    answer(GONE);
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
