import { useState } from "react";
import { unwrap } from "../api/client.ts";
import { api, queries } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { tell } from "../ui/toasts.ts";
import { Trouble } from "../ui/Trouble.tsx";
import { texts } from "./texts.ts";
import styles from "./EditRide.module.css";

interface DeleteRideProps {
  tripId: string;
  title: string;
  onDeleted: () => void;
}

export function DeleteRide({ tripId, title, onDeleted }: DeleteRideProps) {
  const t = useTexts(texts);
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = async () => {
    setBusy(true);
    setError(null);
    try {
      await unwrap(api.DELETE("/trips/{trip_id}", { params: { path: { trip_id: tripId } } }));
      queries.removeQueries({ queryKey: ["ride", tripId] });
      // All but this page's own, which would ask for what is gone.
      void queries.invalidateQueries({
        queryKey: ["trips"],
        predicate: ({ queryKey }) => !queryKey.includes(tripId),
      });
      tell(t.removed);
      onDeleted();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <section className={styles["part"]} aria-labelledby="delete-ride">
      <h2 id="delete-ride">{t.remove}</h2>
      <p className={styles["note"]}>{t.removeNote}</p>
      <Button kind="danger" onPress={() => setAsking(true)}>
        {t.remove}
      </Button>
      <Sheet title={t.removeTitle} isOpen={isAsking} isAlert onClose={() => setAsking(false)}>
        <p>{t.removeWhat(title)}</p>
        {error !== null && <Trouble error={error} />}
        <SheetActions>
          <Button kind="danger" isDisabled={isBusy} onPress={() => void remove()}>
            {t.removeDo}
          </Button>
          <Button kind="primary" onPress={() => setAsking(false)}>
            {t.keep}
          </Button>
        </SheetActions>
      </Sheet>
    </section>
  );
}
