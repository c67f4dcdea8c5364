import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Notice, Waiting } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { isRight, mistakesOf, type TripDraft } from "../trip-form/trip-form.ts";
import { TripFields } from "../trip-form/TripFields.tsx";
import { failureOf } from "./failure.ts";
import { draftAfter, draftFor, LOOK_BYTES, lookAt, type Preview } from "./look.ts";
import { PreviewCard } from "./PreviewCard.tsx";
import { offerFiles } from "./offers.ts";
import { PickOther } from "./PickOther.tsx";
import { uploadsNow } from "./store.ts";
import { dayOf } from "./suggest.ts";
import { texts } from "./texts.ts";
import styles from "./SaveRide.module.css";

/** One file is looked at before it is saved, and what it is called is the rider's to say. */
export function SaveRide({ file, onClose }: { file: File; onClose: () => void }) {
  const t = useTexts(texts);
  const { data, error, isPending } = useQuery({
    queryKey: ["look", file.name, file.size, file.lastModified],
    queryFn: ({ signal }) => look(file, t.describe, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Sheet title={t.newRide} isOpen onClose={onClose}>
      {isPending && <Waiting>{t.looking}</Waiting>}
      {error && (
        <Trouble error={error}>
          <PickOther
            onFile={(other) => {
              onClose();
              offerFiles([other]);
            }}
          />
        </Trouble>
      )}
      {data && <RideForm file={file} {...data} onClose={onClose} />}
    </Sheet>
  );
}

interface Looked {
  draft: TripDraft;
  preview: Preview | null;
  /** The service was not there to look at it; it can be saved all the same. */
  wasMissed: boolean;
}

/** Throws only what choosing another file would mend. */
async function look(
  file: File,
  describe: (fileName: string) => string,
  signal: AbortSignal,
): Promise<Looked> {
  const draft = await draftFor(file, describe);
  if (file.size > LOOK_BYTES) return { draft, preview: null, wasMissed: false };
  try {
    const preview = await lookAt(file, signal);
    return { draft: draftAfter(draft, preview), preview, wasMissed: false };
  } catch (error) {
    if (failureOf(error).help === "otherFile") throw error;
    return { draft, preview: null, wasMissed: true };
  }
}

function RideForm({
  file,
  draft,
  preview,
  wasMissed,
  onClose,
}: Looked & { file: File; onClose: () => void }) {
  const t = useTexts(texts);
  const format = useFormat();
  const [trip, setTrip] = useState(draft);
  const [wasTried, setTried] = useState(false);
  const today = dayOf(new Date());
  const mistakes = mistakesOf(trip, today);
  const save = () => {
    setTried(true);
    if (!isRight(mistakes)) return;
    void uploadsNow()?.add([{ file, trip }]);
    onClose();
  };
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      validationBehavior="aria"
    >
      <div className={styles["form"]}>
        {preview ? (
          <PreviewCard preview={preview} />
        ) : (
          <Notice title={`${file.name} · ${format.bytes(file.size)}`}>
            <p>{wasMissed ? t.couldNotLook : t.notLooked}</p>
          </Notice>
        )}
        <TripFields
          trip={trip}
          mistakes={wasTried ? mistakes : {}}
          today={today}
          onChange={(changes) => setTrip({ ...trip, ...changes })}
        />
        <p className={styles["note"]}>{t.draftNote}</p>
        <SheetActions>
          <Button kind="quiet" onPress={onClose}>
            {t.dismiss}
          </Button>
          <Button kind="primary" type="submit">
            {t.save}
          </Button>
        </SheetActions>
      </div>
    </Form>
  );
}
