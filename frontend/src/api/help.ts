/** What helps when a file has failed, by the service's codes. */
import { type Schemas } from "./client.ts";
import { type ProblemCode } from "./problems.ts";

/** What the rider can do: try the same again, take another file, name its columns, or nothing. */
export type Help = "again" | "otherFile" | "columns" | "none";

type Codes = ReadonlySet<string>;

const OTHER_FILE: Codes = new Set<Schemas["ErrorCode"]>([
  "INVALID_FILE_TYPE",
  "FILE_TOO_LARGE",
  "INVALID_GPX_FORMAT",
  "INVALID_GPX_FILE",
  "DTD_REFUSED",
  "NO_USABLE_POINTS",
  "TOO_MANY_POINTS",
  "ANALYSIS_TOO_LARGE",
  "FILE_CORRUPTED",
  "IDEMPOTENCY_KEY_REUSED",
]);
/** The service or the connection was at fault, and yet another file may be what it takes. */
const PERHAPS_OTHER_FILE: Codes = new Set<Schemas["ErrorCode"]>([
  "OUT_OF_MEMORY",
  "PROCESSING_TIMEOUT",
  "PROCESSING_ABANDONED",
]);
/** Of a table whose columns the rider can name. */
const COLUMNS: ReadonlySet<Schemas["FileReason"]> = new Set([
  "missing_columns",
  "unusable_mapping",
  "ambiguous_dates",
  "nothing_readable",
]);
const NO_HELP: Codes = new Set<Schemas["ErrorCode"]>(["TRIP_ALREADY_HAS_GPX", "FORBIDDEN"]);

/** What to do first. `code` may also be one of the app's own, of which the same again helps. */
export function helpFor(code: ProblemCode, reason: Schemas["FileReason"] | null = null): Help {
  if (reason !== null && COLUMNS.has(reason)) return "columns";
  if (OTHER_FILE.has(code)) return "otherFile";
  return NO_HELP.has(code) ? "none" : "again";
}

/** Whether another file may help where the same again does not. */
export function mayNeedOtherFile(code: string): boolean {
  return PERHAPS_OTHER_FILE.has(code);
}
