import { describe, expect, it } from "vitest";
import { isRight, mistakeFrom, mistakesOf, type TripDraft } from "./trip-form.ts";

const today = "2026-06-01";
const trip: TripDraft = {
  title: "Vuelta",
  description: "Una vuelta.",
  startDate: "2026-05-01",
  endDate: null,
  difficulty: null,
  isPrivate: false,
};
const with_ = (changes: Partial<TripDraft>) => mistakesOf({ ...trip, ...changes }, today);

describe("a ride's form", () => {
  it("is right as the service takes it", () => {
    expect(isRight(with_({ endDate: "2026-05-01", title: "a".repeat(200) }))).toBe(true);
    expect(isRight(with_({ startDate: today, description: "a".repeat(50_000) }))).toBe(true);
  });

  it("says of each field what is wrong", () => {
    expect(with_({ title: "  " })).toEqual({ title: "empty" });
    expect(with_({ title: "a".repeat(201) })).toEqual({ title: "tooLong" });
    expect(with_({ description: "a".repeat(50_001) })).toEqual({ description: "tooLong" });
    expect(with_({ startDate: "" })).toEqual({ startDate: "noDate" });
    expect(with_({ startDate: "2026-06-02" })).toEqual({ startDate: "future" });
    expect(with_({ endDate: "2026-04-30" })).toEqual({ endDate: "endBeforeStart" });
  });

  it("shows what the service says beside the field that it names", () => {
    expect(mistakeFrom({ field: "start_date", message: "No" })).toEqual({
      startDate: { fromService: "No" },
    });
    expect(mistakeFrom({ field: "photos", message: "No" })).toBeNull();
  });
});
