/** The end of an account; where its answer is lost, what has become of it is found out. */
import { type Api, ApiError, mayPass, unwrap } from "../api/client.ts";
import { holdingSession, keep, session } from "../api/session.ts";

export type Fate = "deleted" | "kept";

interface Asking {
  password: string;
  /** Aborted once the page that asks is left. */
  signal: AbortSignal;
  /** It cannot be told yet; it is asked for again and again. */
  onUnsure: () => void;
}

/** The service may be at it for a moment after its answer was lost. */
const FIRST_PAUSE_MS = 1500;
const LONGEST_PAUSE_MS = 12_000;

/** Throws what the service says where it has refused. */
export function deleteAccount({ signal, ...asking }: Asking): Promise<Fate> {
  return new Promise((resolve, reject) => {
    holdingSession(async (service) => {
      const fate = await fateOf(service, { signal, ...asking });
      resolve(fate);
      // Whoever learned now that the session has ended would ask to sign in.
      if (fate === "deleted") await ended(signal);
    }).catch(reject);
  });
}

async function fateOf(service: Api, { password, signal, onUnsure }: Asking): Promise<Fate> {
  try {
    await unwrap(service.DELETE("/users/me", { body: { password } }));
    return "deleted";
  } catch (error) {
    if (!isOpen(error)) throw error;
    const fate = await foundOut(service, { password, signal, onUnsure });
    if (fate === "kept" && isOfService(error)) throw error;
    return fate;
  }
}

/** Browsers send again what was lost with its connection: a 401 may be of a second time. */
function isOpen(error: unknown): boolean {
  return mayPass(error) || (error instanceof ApiError && error.status === 401);
}

function isOfService(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 500;
}

async function foundOut(service: Api, { password, signal, onUnsure }: Asking): Promise<Fate> {
  let before: Fate | null = null;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    const fate = await look(service, password).catch(() => null);
    if (fate === "deleted" || (fate === "kept" && before === "kept")) return fate;
    if (fate === null) onUnsure();
    before = fate;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), ended(signal)]);
  }
}

/** Null where it cannot be told. */
async function look(service: Api, password: string): Promise<Fate | null> {
  const me = await service.GET("/auth/me");
  if (me.response.ok) return "kept";
  if (me.response.status !== 401) return null;
  // The session has ended, with the account or somewhere else: the password tells which.
  const login = session()?.user.username ?? "";
  const { data, error, response } = await service.POST("/auth/login", {
    body: { login, password },
  });
  if (data) {
    keep(data.data);
    return "kept";
  }
  if (error.error.code === "ACCOUNT_LOCKED") return "kept";
  return response.status === 401 ? "deleted" : null;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
