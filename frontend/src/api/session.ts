/** Who is signed in on this device: one pair of tokens for all tabs. */
import { useSyncExternalStore } from "react";
import { preferences } from "../i18n/preferences.ts";
import { connect, type Schemas, unwrap } from "./client.ts";

export interface Session {
  accessToken: string;
  refreshToken: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
  user: Schemas["UserOut"];
}

const KEY = "contravento.session";
const LOCK = "contravento.refresh";
/** A token is renewed so long before it ends, for calls that are on their way when it does. */
const SPARE_MS = 60_000;
const listeners = new Set<() => void>();
const plain = connect({
  baseUrl: "",
  language: () => preferences().language,
  fetch: (request) => fetch(request),
});
let read: { text: string | null; session: Session | null } | undefined;

export function session(): Session | null {
  const text = localStorage.getItem(KEY);
  if (read?.text !== text) read = { text, session: text ? (JSON.parse(text) as Session) : null };
  return read.session;
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, session);
}

/** Keeps what signing in or a renewal was answered; null forgets it. */
export function keep(tokens: Schemas["TokenOut"] | null): void {
  if (tokens === null) localStorage.removeItem(KEY);
  else {
    const kept: Session = {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: Date.now() + tokens.expires_in * 1000,
      user: tokens.user,
    };
    localStorage.setItem(KEY, JSON.stringify(kept));
  }
  for (const listener of listeners) listener();
}

/**
 * An access token that is still good for a while, renewed where it is not; null when nobody is
 * signed in (any more). `refused` is one that the service did not take.
 */
export async function freshToken(refused?: string): Promise<string | null> {
  const kept = session();
  if (kept === null) return null;
  if (isGood(kept, refused)) return kept.accessToken;
  // Of all tabs one renews it, and the others take what it was given.
  return navigator.locks.request(LOCK, () => renewed(refused));
}

async function renewed(refused: string | undefined): Promise<string | null> {
  const kept = session();
  if (kept === null || isGood(kept, refused)) return kept?.accessToken ?? null;
  const { data, response } = await plain.POST("/auth/refresh", {
    params: { query: { refresh_token: kept.refreshToken } },
  });
  if (data) {
    keep(data.data);
    return data.data.access_token;
  }
  // A service that is away for a moment does not sign anybody out.
  if (response.status !== 401) return kept.accessToken;
  if (session()?.refreshToken === kept.refreshToken) keep(null);
  return null;
}

export async function signIn(login: string, password: string): Promise<void> {
  keep(await unwrap(plain.POST("/auth/login", { body: { login, password } })));
}

/** Ends this session, or with `everywhere` all of this cyclist's; here it ends in any case. */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  const kept = session();
  keep(null);
  if (kept === null) return;
  const bearer = connect({ baseUrl: "", token: () => kept.accessToken });
  const query = everywhere ? {} : { refresh_token: kept.refreshToken };
  await bearer.POST("/auth/logout", { params: { query } }).catch(() => undefined);
}

function isGood(kept: Session, refused: string | undefined): boolean {
  return kept.accessToken !== refused && kept.expiresAt - SPARE_MS > Date.now();
}

/** Hears of every change, of other tabs too. */
export function subscribe(listener: () => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === KEY || event.key === null) listener();
  };
  listeners.add(listener);
  globalThis.addEventListener("storage", hear);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener("storage", hear);
  };
}
