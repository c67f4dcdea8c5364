/** A look at a file before anything is stored: what a ride's form begins with. */
import { formOf, type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { type TripDraft } from "../trip-form/trip-form.ts";
import { dayOf, dayOfFile, titleOf } from "./suggest.ts";

export type Preview = Schemas["PreviewOut"];

/** A larger file is sent once and not twice: it is not looked at before. */
export const LOOK_BYTES = 5e6;

export async function lookAt(file: File, signal?: AbortSignal): Promise<Preview> {
  return unwrap(
    api.POST("/gpx/analyze", {
      body: { file },
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
  return {
    title: titleOf(file.name) || file.name,
    description: describe(file.name),
    startDate: await dayOfFile(file),
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
