/** Whether an account is still there; asked by those who hold the session. */
import { ApiError, unwrap } from "../api/client.ts";
import { callingAs, keep, renew, type Session, session, tokensFor } from "../api/session.ts";

/** With "unsure" it cannot be told from here, now or later. */
export type Fate = "deleted" | "kept" | "unsure";

export interface Owner {
  userId: string;
  username: string;
  password: string;
}

/** Somebody else is signed in on this device, or nobody any more. */
export class SessionChanged extends Error {}

/**
 * The session, with which the service has just said that it goes on, renewed where that was needed.
 * Throws what the service says where it does not go on, and `SessionChanged`.
 */
export async function goingOn(userId: string): Promise<Session> {
  const held = sessionOf(userId);
  try {
    await unwrap(callingAs(held).GET("/auth/me"));
  } catch (error) {
    if (!isRefusal(error) || !(await renew(held))) throw error;
  }
  return sessionOf(userId);
}

/**
 * Null where it cannot be told yet. With `mayBeGone` an account that takes neither its session nor
 * the password is one that is no more; otherwise the session may have ended and the password be wrong.
 */
export async function look(owner: Owner, mayBeGone: boolean): Promise<Fate | null> {
  try {
    await goingOn(owner.userId);
    return "kept";
  } catch (error) {
    if (error instanceof SessionChanged) return "unsure";
    return isRefusal(error) ? signingIn(owner, mayBeGone) : null;
  }
}

async function signingIn(owner: Owner, mayBeGone: boolean): Promise<Fate | null> {
  const { userId, username, password } = owner;
  if (!isOf(userId)) return "unsure";
  try {
    const tokens = await tokensFor(username, password);
    // Its name is free again once it is deleted.
    if (!isOf(userId) || tokens.user.user_id !== userId) return "unsure";
    keep(tokens);
    return "kept";
  } catch (error) {
    if (error instanceof ApiError && error.code === "ACCOUNT_LOCKED") return "kept";
    if (!isRefusal(error)) return null;
    return mayBeGone && isOf(userId) ? "deleted" : "unsure";
  }
}

function sessionOf(userId: string): Session {
  const held = session();
  if (held?.user.user_id !== userId) throw new SessionChanged();
  return held;
}

function isOf(userId: string): boolean {
  return session()?.user.user_id === userId;
}

/** Whether the one who asked is not signed in any more. */
export function isSessionOver(error: unknown): boolean {
  return isRefusal(error) || error instanceof SessionChanged;
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
