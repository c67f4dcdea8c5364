/** Who is signed in on this device: one pair of tokens for all tabs. */
import { useSyncExternalStore } from "react";
import { preferences } from "../i18n/preferences.ts";
import { type Api, ApiError, connect, type Schemas, unwrap } from "./client.ts";
import { onDevice } from "./on-device.ts";

export interface Session {
  accessToken: string;
  refreshToken: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
  user: Schemas["UserOut"];
}

const kept = onDevice("contravento.session", (text) =>
  text ? (JSON.parse(text) as Session) : null,
);
const LOCK = "contravento.refresh";
/** A token is renewed so long before it ends, for calls that are on their way when it does. */
const SPARE_MS = 60_000;
const plain = calledAs(null);

export const session: () => Session | null = kept.get;
/** Hears of every change, of other tabs too. */
export const { subscribe } = kept;

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, session);
}

/** Keeps what signing in or a renewal was answered; null forgets it. */
export function keep(tokens: Schemas["TokenOut"] | null): void {
  const next: Session | null = tokens && {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
    user: tokens.user,
  };
  kept.set(next);
}

/**
 * An access token that is still good for a while, renewed where it is not; null when nobody is
 * signed in (any more). `refused` is one that the service did not take.
 */
export async function freshToken(refused?: string): Promise<string | null> {
  const held = session();
  if (held === null) return null;
  if (isGood(held, refused)) return held.accessToken;
  // Of all tabs one renews it, and the others take what it was given.
  return holdingSession(() => renewed(refused));
}

/** So many on this page find out what it means that the session was refused. */
let inDoubt = 0;

/** Until `work` is over this page does not forget the session because the service refused it. */
export async function keepingSession<T>(work: () => Promise<T>): Promise<T> {
  inDoubt += 1;
  try {
    return await work();
  } finally {
    inDoubt -= 1;
  }
}

/**
 * Works while nobody else renews the session, in this tab or another: those whom the service
 * refuses wait. `signal` ends the waiting for one's turn.
 */
export async function holdingSession<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  // Not there on a page that is not secure: then each tab renews what it has.
  const locks = navigator.locks as LockManager | undefined;
  return locks ? locks.request(LOCK, { ...(signal && { signal }) }, work) : work();
}

async function renewed(refused: string | undefined): Promise<string | null> {
  const held = session();
  if (held === null || isGood(held, refused)) return held?.accessToken ?? null;
  try {
    if (await renew(held)) return session()?.accessToken ?? null;
  } catch (error) {
    // A service that is away for a moment does not sign anybody out.
    if (error instanceof ApiError) return held.accessToken;
    throw error;
  }
  if (inDoubt === 0 && session()?.refreshToken === held.refreshToken) keep(null);
  return null;
}

/** For those who hold the session: gives it new tokens; false where the service refuses that. */
export async function renew(held: Session): Promise<boolean> {
  const body = { refresh_token: held.refreshToken };
  try {
    const tokens = await unwrap(plain.POST("/auth/refresh", { body }));
    // Whoever signed out or in meanwhile stays so.
    if (session()?.refreshToken === held.refreshToken) keep(tokens);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

/** The service, called with the token that the session has now and no other. */
export function callingAs(held: Session): Api {
  return calledAs(held.accessToken);
}

export async function signIn(login: string, password: string): Promise<void> {
  keep(await tokensFor(login, password));
}

/** A session that is not kept yet. */
export function tokensFor(login: string, password: string): Promise<Schemas["TokenOut"]> {
  return unwrap(plain.POST("/auth/login", { body: { login, password } }));
}

/** Ends this session, or with `everywhere` all of this cyclist's; here it ends in any case. */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  const held = session();
  keep(null);
  if (held === null) return;
  const body = everywhere ? null : { refresh_token: held.refreshToken };
  const service = callingAs(held);
  await service.POST("/auth/logout", { body }).catch(() => undefined);
}

/** The service, called with this token whatever it says of it. */
function calledAs(token: string | null): Api {
  return connect({
    baseUrl: "",
    token: () => token,
    language: () => preferences().language,
    fetch: (request) => fetch(request),
  });
}

function isGood(held: Session, refused: string | undefined): boolean {
  return held.accessToken !== refused && held.expiresAt - SPARE_MS > Date.now();
}
