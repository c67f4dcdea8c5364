import { useState } from "react";
import { Form } from "react-aria-components";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Notice, Waiting } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { isRight, mistakesOf } from "../trip-form/trip-form.ts";
import { TripFields } from "../trip-form/TripFields.tsx";
import { draftNow, type Looked } from "./look.ts";
import { PreviewCard } from "./PreviewCard.tsx";
import { offerFiles } from "./offers.ts";
import { PickOther } from "./PickOther.tsx";
import { uploadsNow } from "./store.ts";
import { dayOf } from "./suggest.ts";
import { texts } from "./texts.ts";
import { FoundColumns, TestButton, TryColumns } from "./TryColumns.tsx";
import { type Choosing, useColumns } from "./use-columns.ts";
import { useLook } from "./use-look.ts";
import styles from "./SaveRide.module.css";

/** One file is looked at before it is saved, and what it is called is the rider's to say. */
export function SaveRide({ file, onClose }: { file: File; onClose: () => void }) {
  const t = useTexts(texts);
  const { data, error, isPending } = useLook(file);
  return (
    <Sheet title={t.newRide} isOpen onClose={onClose}>
      {isPending && <Waiting>{t.looking}</Waiting>}
      {error && <Refused file={file} error={error} onClose={onClose} />}
      {data && <Saving file={file} looked={data} onClose={onClose} />}
    </Sheet>
  );
}

function Refused({ file, error, onClose }: { file: File; error: Error; onClose: () => void }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <div className={styles["form"]}>
      <p className={styles["note"]}>{`${file.name} · ${format.bytes(file.size)}`}</p>
      <Trouble error={error} />
      <SheetActions>
        <Button kind="quiet" onPress={onClose}>
          {t.dismiss}
        </Button>
        <PickOther
          kind="primary"
          onFile={(other) => {
            onClose();
            offerFiles([other]);
          }}
        />
      </SheetActions>
    </div>
  );
}

interface SavingProps {
  file: File;
  looked: Looked;
  onClose: () => void;
}

/** A table that cannot be read as it is asks for its columns first. */
function Saving({ file, looked, onClose }: SavingProps) {
  const choosing = useColumns(file, looked);
  return choosing.looked.refusal ? (
    <AskColumns file={file} choosing={choosing} onClose={onClose} />
  ) : (
    <RideForm file={file} choosing={choosing} onClose={onClose} />
  );
}

interface FormProps {
  file: File;
  choosing: Choosing;
  onClose: () => void;
}

function AskColumns({ file, choosing, onClose }: FormProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const { table } = choosing;
  return (
    <div className={styles["form"]}>
      <div>
        <h3 className={styles["asked"]}>{t.columnsAsk}</h3>
        <p className={styles["note"]}>
          {`${file.name} · ${format.bytes(file.size)}. ${t.columnsAskNote}`}
        </p>
      </div>
      {table && <TryColumns choosing={choosing} table={table} />}
      <SheetActions>
        <Button kind="quiet" onPress={onClose}>
          {t.dismiss}
        </Button>
        <TestButton choosing={choosing} kind="primary" />
      </SheetActions>
    </div>
  );
}

function RideForm({ file, choosing, onClose }: FormProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const { table } = choosing;
  const { draft, preview, wasMissed } = choosing.looked;
  const [before, setBefore] = useState(draft);
  const [trip, setTrip] = useState(draft);
  if (before !== draft) {
    // Other columns were tried: what the rider wrote stays.
    setBefore(draft);
    setTrip(draftNow(trip, before, draft));
  }
  const [wasTried, setTried] = useState(false);
  const today = dayOf(new Date());
  const mistakes = mistakesOf(trip, today);
  const save = async () => {
    setTried(true);
    if (!isRight(mistakes) || !(await choosing.test())) return;
    void uploadsNow()?.add([{ file, trip, mapping: choosing.mapping }]);
    onClose();
  };
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
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
        {table && <FoundColumns choosing={choosing} table={table} />}
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
