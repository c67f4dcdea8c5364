/** The end of an account; where its answer is lost, what has become of it is found out. */
import { ApiError, mayPass, unwrap } from "../api/client.ts";
import { callingAs, holdingSession, keepingSession, session } from "../api/session.ts";
import { type Fate, goingOn, look, type Owner, SessionChanged } from "./fate.ts";

interface Asking {
  password: string;
  /** Aborted once the page that asks is left: then nothing is sent any more. */
  signal: AbortSignal;
  /** No answer has come; it is looked again and again what has become of the account. */
  onFinding: () => void;
}

const FIRST_PAUSE_MS = 1500;
const LONGEST_PAUSE_MS = 12_000;
/** So long after its answer was lost the service may still be at it. */
const AT_IT_MS = 20_000;

/** Throws what the service says where it has refused, also because the session is over. */
export async function deleteAccount({ password, ...asking }: Asking): Promise<Fate> {
  const user = session()?.user;
  if (user === undefined) throw new SessionChanged();
  const owner = { userId: user.user_id, username: user.username, password };
  return keepingSession(() => fateOf(owner, asking));
}

async function fateOf(
  owner: Owner,
  { signal, onFinding }: Omit<Asking, "password">,
): Promise<Fate> {
  /** What came instead of an answer, once it was sent. */
  let failure: unknown;
  let fate = await held(signal, async () => {
    // Without that, a session that ended elsewhere would look like an account that is gone.
    const now = await goingOn(owner.userId).catch(nullWithoutConnection);
    signal.throwIfAborted();
    if (now === null) return "kept";
    try {
      await unwrap(callingAs(now).DELETE("/users/me", { body: { password: owner.password } }));
      return "deleted";
    } catch (error) {
      if (!mayPass(error) && !isOfSecondTime(error)) throw error;
      failure = error;
      return look(owner, isLost(failure));
    }
  });
  let waited = 0;
  let pause = FIRST_PAUSE_MS;
  while (fate === null || (fate === "kept" && failure && waited < AT_IT_MS)) {
    onFinding();
    await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), ended(signal)]);
    signal.throwIfAborted();
    waited += pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    fate = await held(signal, () => look(owner, isLost(failure)));
  }
  if (fate === "kept" && isOfService(failure)) throw failure;
  return fate;
}

/** With the session held: in the pauses between looks others may need it. */
function held(signal: AbortSignal, work: () => Promise<Fate | null>): Promise<Fate | null> {
  return new Promise((resolve, reject) => {
    holdingSession(async () => {
      const fate = await work();
      resolve(fate);
      // Whoever learned now that the session has ended would ask to sign in.
      if (fate === "deleted") await ended(signal);
    }, signal).catch(reject);
  });
}

function nullWithoutConnection(error: unknown): null {
  if (error instanceof TypeError) return null;
  throw error;
}

/** Whether the service may have done it without that its own answer arrived. */
function isLost(error: unknown): boolean {
  const isOfProxy = isOfService(error) && (error as ApiError).code === null;
  return error instanceof TypeError || isOfSecondTime(error) || isOfProxy;
}

/** Browsers send again what was lost with its connection: then the session may have ended by it. */
function isOfSecondTime(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code === "UNAUTHORIZED";
}

function isOfService(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 500;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
