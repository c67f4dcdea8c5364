/** What a rider says of a ride, and what of it the service would not take. */
import { type Schemas } from "../api/client.ts";

export type Difficulty = NonNullable<Schemas["TripCreate"]["difficulty"]>;
export const DIFFICULTIES = [
  "easy",
  "moderate",
  "difficult",
  "very_difficult",
  "extreme",
] as const satisfies readonly Difficulty[];

/** Dates are YYYY-MM-DD. */
export interface TripDraft {
  title: string;
  description: string;
  startDate: string;
  endDate: string | null;
  difficulty: Difficulty | null;
  isPrivate: boolean;
}

export type TripField = keyof TripDraft;
export type Mistake =
  "empty" | "tooLong" | "noDate" | "future" | "endBeforeStart" | { fromService: string };
export type Mistakes = Partial<Record<TripField, Mistake>>;

export const MAX_TITLE = 200;
export const MAX_DESCRIPTION = 50_000;

/** By the same rules as the service; `today` is YYYY-MM-DD. */
export function mistakesOf(trip: TripDraft, today: string): Mistakes {
  const mistakes: Mistakes = {};
  const title = textMistake(trip.title, MAX_TITLE);
  if (title) mistakes.title = title;
  const description = textMistake(trip.description, MAX_DESCRIPTION);
  if (description) mistakes.description = description;
  if (!trip.startDate) mistakes.startDate = "noDate";
  else if (trip.startDate > today) mistakes.startDate = "future";
  if (trip.endDate && trip.startDate && trip.endDate < trip.startDate) {
    mistakes.endDate = "endBeforeStart";
  }
  return mistakes;
}

export function isRight(mistakes: Mistakes): boolean {
  return Object.keys(mistakes).length === 0;
}

export function isSame(one: TripDraft, other: TripDraft): boolean {
  return JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other));
}

/** As `POST /trips` and `PUT /trips/{id}` take it. */
export function bodyOf(trip: TripDraft) {
  return {
    title: trip.title.trim(),
    description: trip.description.trim(),
    start_date: trip.startDate,
    end_date: trip.endDate,
    difficulty: trip.difficulty,
    is_private: trip.isPrivate,
  } satisfies Schemas["TripCreate"];
}

/** Of a trip what the form shows. */
export type ShownTrip = Pick<
  Schemas["TripOut"],
  "title" | "description" | "start_date" | "end_date" | "difficulty" | "is_private"
>;

export function draftOf(trip: ShownTrip): TripDraft {
  return {
    title: trip.title,
    description: trip.description,
    startDate: trip.start_date,
    endDate: trip.end_date,
    difficulty: trip.difficulty,
    isPrivate: trip.is_private,
  };
}

const FIELDS: Record<string, TripField> = {
  title: "title",
  description: "description",
  start_date: "startDate",
  end_date: "endDate",
  difficulty: "difficulty",
  is_private: "isPrivate",
};

/** What the service says of a field; null where it speaks of none of the form. */
export function mistakeFrom(error: { field: string | null; message: string }): Mistakes | null {
  const field = FIELDS[error.field?.replace(/^body\./, "") ?? ""];
  return field ? { [field]: { fromService: error.message } } : null;
}

function textMistake(text: string, longest: number): Mistake | null {
  const length = Array.from(text.trim()).length;
  if (length === 0) return "empty";
  return length > longest ? "tooLong" : null;
}
