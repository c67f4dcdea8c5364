/**
 * Signing out: the landing page is gone to first, and ends the session once it is there.
 *
 * The other way round the page that is left would see that nobody is signed in any more, and ask
 * to sign in again.
 */
import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { keep, session, signOut } from "../api/session.ts";

export interface Leaving {
  isLeaving: true;
  /** The service has ended this session already. */
  hasEnded: boolean;
  /** And the account of this user with it. */
  deleted?: string;
}

/** For the landing page: whether somebody is on the way out, or has just left for good. */
export function useLeaving(): { isLeaving: boolean; isDeleted: boolean } {
  const state: unknown = useLocation().state;
  const navigate = useNavigate();
  const leaving = isLeaving(state) ? state : null;
  const [isDeleted] = useState(leaving?.deleted !== undefined);
  useEffect(() => {
    if (leaving === null) return;
    if (leaving.deleted !== undefined) forget(leaving.deleted);
    else if (leaving.hasEnded) keep(null);
    else void signOut();
    // Once only: this step of the history may be come back to.
    void navigate("/", { replace: true, state: null });
  }, [leaving, navigate]);
  return { isLeaving: leaving !== null, isDeleted };
}

/** What this device has of an account that is no more. */
function forget(userId: string): void {
  // Somebody else may have signed in meanwhile, in another tab.
  if (session()?.user.user_id === userId) keep(null);
  // Only where it is needed: most visits upload nothing.
  void import("../upload/store.ts").then(({ forgetUploads }) => forgetUploads(userId));
}

function isLeaving(state: unknown): state is Leaving {
  return typeof state === "object" && state !== null && "isLeaving" in state;
}
