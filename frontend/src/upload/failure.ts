/** Why an upload failed, what helps, and whether that is only to wait. */
import { ApiError, type Schemas } from "../api/client.ts";
import { type Help, helpFor } from "../api/help.ts";
import { type ProblemCode, problemOf } from "../api/problems.ts";
import { isTrackLog } from "./track-logs.ts";

export interface Failure {
  /** Beside the service's: `fileGone`, this device could not keep the file; `emptyFile`. */
  code: ProblemCode | "fileGone" | "emptyFile";
  /** The service's own sentence, where it says more than the code. */
  detail: string | null;
  help: Help;
}

/** Sentences of the service that name a limit. */
const NAMES_A_LIMIT: ReadonlySet<string> = new Set<Schemas["ErrorCode"]>(["FILE_TOO_LARGE"]);

export const FILE_GONE: Failure = { code: "fileGone", detail: null, help: "otherFile" };

export function failureOf(error: unknown): Failure {
  const code = problemOf(error);
  const isApi = error instanceof ApiError;
  // A proxy before the service says it without a code.
  if (isApi && error.code === null && error.status === 413) {
    return { code: "FILE_TOO_LARGE", detail: null, help: "otherFile" };
  }
  const saysMore = isApi && (error.reason !== null || NAMES_A_LIMIT.has(code));
  return because(code, isApi ? error.reason : null, saysMore ? error.message : null);
}

/** Of a processing that ended so. */
export function failureOfStatus(
  status: Pick<Schemas["StatusOut"], "error_code" | "error_reason" | "error_message">,
): Failure {
  return because(status.error_code ?? "INTERNAL_ERROR", status.error_reason, status.error_message);
}

function because(
  code: ProblemCode,
  reason: Schemas["FileReason"] | null,
  sentence: string | null,
): Failure {
  const help = helpFor(code, reason);
  // Its sentence speaks of the service's own words for dates; the rider chooses them from a list.
  return { code, detail: reason === "ambiguous_dates" ? null : sentence, help };
}

/** Whether the file is of no use as it is. */
export function isRefused({ help }: Failure): boolean {
  return help === "otherFile" || help === "columns";
}

/** What can be said of a file without sending it; null where nothing is wrong. */
export function failureBeforeSending({ name, size }: Pick<File, "name" | "size">): Failure | null {
  if (!isTrackLog(name)) return { code: "INVALID_FILE_TYPE", detail: null, help: "otherFile" };
  if (size === 0) return { code: "emptyFile", detail: null, help: "otherFile" };
  return null;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * How long to wait before the same is tried again, in milliseconds; null where waiting does not help.
 * `tries` counts those before in a row, `random` is between 0 and 1.
 */
export function waitAfter(error: unknown, tries: number, random = Math.random()): number | null {
  if (error instanceof ApiError) {
    const passes = error.status === 429 || [401, 502, 503, 504].includes(error.status);
    if (!passes) return null;
    if (error.retryAfterS !== null && Number.isFinite(error.retryAfterS)) {
      return Math.max(error.retryAfterS, 1) * 1000;
    }
  } else if (!(error instanceof TypeError)) return null;
  // Not all of a hundred files, nor all riders, at the same moment.
  return Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.75 + random / 2);
}
