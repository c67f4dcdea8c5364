/** A look at a file before anything is stored: what a ride's form begins with. */
import { ApiError, formOf, type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { type TripDraft, type TripField } from "../trip-form/trip-form.ts";
import { type Mapping, type Table } from "./columns.ts";
import { failureOf, isRefused } from "./failure.ts";
import { dayOf, suggestionFor } from "./suggest.ts";
import { headOfTable } from "./track-logs.ts";

export type Preview = Schemas["PreviewOut"];

/** A larger file is sent once and not twice: it is not looked at before, a table in part. */
export const LOOK_BYTES = 5e6;

export interface Looked {
  draft: TripDraft;
  preview: Preview | null;
  /** Of a table its columns and first rows. */
  table: Table | null;
  /** Why a table cannot be read with these columns. */
  refusal: ApiError | null;
  /** The service was not there to look at it; it can be saved all the same. */
  wasMissed: boolean;
}

/** Throws only what choosing another file would mend. */
export async function look(
  file: File,
  describe: (fileName: string) => string,
  mapping: Mapping | null = null,
  signal?: AbortSignal,
): Promise<Looked> {
  const draft = await draftFor(file, describe);
  const nothing = { draft, preview: null, table: null, refusal: null, wasMissed: false };
  const seen = file.size > LOOK_BYTES ? await headOfTable(file) : file;
  if (seen === null) return nothing;
  try {
    const preview = await lookAt(seen, mapping, signal);
    if (seen !== file) return { ...nothing, table: preview.csv };
    return { ...nothing, draft: draftAfter(draft, preview), preview, table: preview.csv };
  } catch (error) {
    if (error instanceof ApiError && error.table) {
      return { ...nothing, table: error.table, refusal: error };
    }
    if (isRefused(failureOf(error))) throw error;
    return { ...nothing, wasMissed: true };
  }
}

export async function lookAt(
  file: File,
  mapping: Mapping | null = null,
  signal?: AbortSignal,
): Promise<Preview> {
  return unwrap(
    api.POST("/gpx/analyze", {
      body: { file, ...(mapping && { mapping: JSON.stringify(mapping) }) },
      bodySerializer: formOf,
      ...(signal && { signal }),
    }),
  );
}

/** A form for a file that nobody has looked at. */
export async function draftFor(
  file: File,
  describe: (fileName: string) => string,
): Promise<TripDraft> {
  const { title, day } = await suggestionFor(file);
  return {
    title: title || file.name,
    description: describe(file.name),
    startDate: day,
    endDate: null,
    difficulty: null,
    isPrivate: false,
  };
}

/** The same after a look. Days that cannot be, of a clock that was never set, are left out. */
export function draftAfter(draft: TripDraft, preview: Preview): TripDraft {
  const today = dayOf(new Date());
  const start = preview.start_date?.slice(0, 10);
  const end = preview.end_date?.slice(0, 10);
  const startDate = start && start <= today ? start : draft.startDate;
  return {
    ...draft,
    title: preview.suggested_title || draft.title,
    startDate,
    endDate: end && end > startDate && end <= today ? end : null,
    difficulty: preview.difficulty,
  };
}

/** What another look says, but for what the rider has written meanwhile. */
export function draftNow(trip: TripDraft, before: TripDraft, next: TripDraft): TripDraft {
  const written = (Object.keys(trip) as TripField[]).filter((key) => trip[key] !== before[key]);
  return { ...next, ...Object.fromEntries(written.map((key) => [key, trip[key]])) };
}
