import { useTexts } from "../i18n/use-texts.ts";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { texts } from "./texts.ts";
import { DIFFICULTIES, type Mistakes, type TripDraft, type TripField } from "./trip-form.ts";
import styles from "./TripFields.module.css";

interface TripFieldsProps {
  trip: TripDraft;
  mistakes: Mistakes;
  /** The latest day that a ride can have begun, YYYY-MM-DD. */
  today: string;
  onChange: (changes: Partial<TripDraft>) => void;
}

export function TripFields({ trip, mistakes, today, onChange }: TripFieldsProps) {
  const t = useTexts(texts);
  const errorOf = (field: TripField) => {
    const mistake = mistakes[field];
    if (!mistake) return null;
    return typeof mistake === "string" ? t.mistakes[mistake] : mistake.fromService;
  };
  return (
    <div className={styles["fields"]}>
      <Field
        label={t.title}
        name="title"
        value={trip.title}
        error={errorOf("title")}
        onChange={(title) => onChange({ title })}
      />
      <Field
        label={t.description}
        name="description"
        value={trip.description}
        error={errorOf("description")}
        isLong
        onChange={(description) => onChange({ description })}
      />
      <div className={styles["pair"]}>
        <Field
          label={t.start}
          name="startDate"
          type="date"
          input={{ max: today }}
          value={trip.startDate}
          error={errorOf("startDate")}
          onChange={(startDate) => onChange({ startDate })}
        />
        <Field
          label={t.end}
          name="endDate"
          type="date"
          input={{ min: trip.startDate }}
          value={trip.endDate ?? ""}
          hint={t.endHint}
          error={errorOf("endDate")}
          onChange={(endDate) => onChange({ endDate: endDate || null })}
        />
      </div>
      <div className={styles["pair"]}>
        <Choice
          label={t.difficulty}
          value={trip.difficulty ?? "none"}
          choices={[
            ["none", t.noDifficulty],
            ...DIFFICULTIES.map((level) => [level, t.difficulties[level]] as const),
          ]}
          onChange={(level) => onChange({ difficulty: level === "none" ? null : level })}
        />
        <Choice
          label={t.privacy}
          value={trip.isPrivate ? "private" : "public"}
          choices={[
            ["public", t.public],
            ["private", t.private],
          ]}
          onChange={(choice) => onChange({ isPrivate: choice === "private" })}
        />
      </div>
    </div>
  );
}
