/**
 * Signing out: the landing page is gone to first, and ends the session once it is there.
 *
 * The other way round the page that is left would see that nobody is signed in any more, and ask
 * to sign in again.
 */
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { keep, signOut } from "../api/session.ts";

export interface Leaving {
  isLeaving: true;
  /** The service has ended this session already. */
  hasEnded: boolean;
}

/** For the landing page: whether somebody is on the way out. */
export function useLeaving(): boolean {
  const state: unknown = useLocation().state;
  const navigate = useNavigate();
  const leaving = isLeaving(state) ? state : null;
  useEffect(() => {
    if (leaving === null) return;
    if (leaving.hasEnded) keep(null);
    else void signOut();
    // Once only: this step of the history may be come back to.
    void navigate("/", { replace: true, state: null });
  }, [leaving, navigate]);
  return leaving !== null;
}

function isLeaving(state: unknown): state is Leaving {
  return typeof state === "object" && state !== null && "isLeaving" in state;
}
