import { useState } from "react";
import { Form } from "react-aria-components";
import { ApiError, unwrap } from "../api/client.ts";
import { api, queries } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import {
  bodyOf,
  draftOf,
  isRight,
  isSame,
  mistakeFrom,
  type Mistakes,
  mistakesOf,
  type ShownTrip,
  type TripDraft,
} from "../trip-form/trip-form.ts";
import { TripFields } from "../trip-form/TripFields.tsx";
import { Button } from "../ui/Button.tsx";
import { tell } from "../ui/toasts.ts";
import { Trouble } from "../ui/Trouble.tsx";
import { LeaveGuard } from "./LeaveGuard.tsx";
import { texts } from "./texts.ts";
import styles from "./EditRide.module.css";

interface EditRideProps {
  trip: ShownTrip & { trip_id: string };
  /** YYYY-MM-DD, where the rider is. */
  today: string;
}

/** What a rider says of a ride, to be changed. */
export function EditRide({ trip, today }: EditRideProps) {
  const t = useTexts(texts);
  const [kept, setKept] = useState(() => draftOf(trip));
  const [draft, setDraft] = useState(kept);
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const [error, setError] = useState<unknown>(null);
  const [isSaving, setSaving] = useState(false);
  const isChanged = !isSame(kept, draft);

  const change = (changes: Partial<TripDraft>) => {
    const next = { ...draft, ...changes };
    setDraft(next);
    // What was marked is looked at again as it is mended; the rest not before it is sent.
    const now = mistakesOf(next, today);
    const marked = Object.entries(mistakes).filter(([field]) => !(field in changes));
    const again = Object.entries(now).filter(([field]) => field in mistakes);
    setMistakes(Object.fromEntries([...marked, ...again]));
  };
  const save = async () => {
    const found = mistakesOf(draft, today);
    setMistakes(found);
    setError(null);
    if (!isRight(found)) return;
    setSaving(true);
    try {
      const params = { path: { trip_id: trip.trip_id } };
      const saved = await unwrap(api.PUT("/trips/{trip_id}", { params, body: bodyOf(draft) }));
      setKept(draftOf(saved));
      setDraft(draftOf(saved));
      void queries.invalidateQueries({ queryKey: ["trips"] });
      void queries.invalidateQueries({ queryKey: ["ride", trip.trip_id] });
      tell(t.saved);
    } catch (failure) {
      const mistake = failure instanceof ApiError ? mistakeFrom(failure) : null;
      if (mistake) setMistakes(mistake);
      else setError(failure);
    } finally {
      setSaving(false);
    }
  };

  return (
    <Form
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles["form"]}>
        <TripFields trip={draft} mistakes={mistakes} today={today} onChange={change} />
        {error !== null && <Trouble error={error} />}
        <div>
          <Button kind="primary" type="submit" isDisabled={isSaving || !isChanged}>
            {isSaving ? t.saving : t.save}
          </Button>
        </div>
      </div>
      <LeaveGuard isUnsaved={isChanged} />
    </Form>
  );
}
