/** Where to go after signing in. */

const AFTER_SIGN_IN = "/app/rides";
const ELSEWHERE = "https://elsewhere.invalid";

/**
 * `next` where it is a page of this app, and my rides for whatever else an address may hold:
 * other sites, in all the ways that browsers read them, and the pages that sign in.
 */
export function nextPath(next: string | null): string {
  if (next === null || !next.startsWith("/") || !URL.canParse(next, ELSEWHERE)) {
    return AFTER_SIGN_IN;
  }
  // As a browser reads it: without "..", with "\" as "/", without line breaks.
  const { origin, pathname, search, hash } = new URL(next, ELSEWHERE);
  if (origin !== ELSEWHERE || !/^\/(app|r)\//.test(pathname)) return AFTER_SIGN_IN;
  if (/^\/app\/(sign-in|register)\b/.test(pathname)) return AFTER_SIGN_IN;
  return pathname + search + hash;
}

/** The same question, for the way from one of these pages to the other. */
export function withNext(path: string, next: string | null): string {
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`;
}
