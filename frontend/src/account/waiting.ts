/** How long the service wants to be left alone. */
import { useEffect, useState } from "react";
import { ApiError } from "../api/client.ts";

/** A wait of up to so long is told in seconds, a longer one by the clock. */
const SHORT_S = 90;
/** A browser's timer takes no more. */
const LONGEST_MS = 2 ** 31 - 1;

export type Wait = { kind: "seconds"; seconds: number } | { kind: "clock"; at: Date };

/** Null where the error tells no time. The clock is rounded up, so that it never is too early. */
export function waitOf(error: unknown, now: number): Wait | null {
  const seconds = error instanceof ApiError ? error.retryAfterS : null;
  if (seconds === null || !(seconds > 0)) return null;
  if (seconds <= SHORT_S) return { kind: "seconds", seconds: Math.ceil(seconds) };
  const minute = 60_000;
  return { kind: "clock", at: new Date(Math.ceil((now + seconds * 1000) / minute) * minute) };
}

/** What an error asks to wait, until that time has come. */
export function useWait(error: unknown, since: number): Wait | null {
  const wait = waitOf(error, since);
  const [passed, setPassed] = useState<unknown>(null);
  const untilMs = endOf(wait, since);
  useEffect(() => {
    if (untilMs === null) return;
    const left = Math.min(Math.max(untilMs - Date.now(), 0), LONGEST_MS);
    const timer = setTimeout(() => setPassed(error), left);
    return () => clearTimeout(timer);
  }, [error, untilMs]);
  return passed === error ? null : wait;
}

function endOf(wait: Wait | null, since: number): number | null {
  if (wait === null) return null;
  return wait.kind === "clock" ? wait.at.getTime() : since + wait.seconds * 1000;
}
