import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Waiting } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { type Mapping } from "./columns.ts";
import { type Looked } from "./look.ts";
import { texts } from "./texts.ts";
import { TestButton, TryColumns } from "./TryColumns.tsx";
import { useColumns } from "./use-columns.ts";
import { useLook } from "./use-look.ts";
import styles from "./SaveRide.module.css";

interface ChooseColumnsProps {
  file: File;
  /** What was chosen for it before. */
  mapping: Mapping | null;
  onChosen: (mapping: Mapping | null) => void;
  onClose: () => void;
}

/** Asks which columns of a table hold what, of a file whose ride is there already. */
export function ChooseColumns({ file, mapping, onChosen, onClose }: ChooseColumnsProps) {
  const t = useTexts(texts);
  const { data, error, isPending } = useLook(file);
  return (
    <Sheet title={t.columnsAsk} isOpen onClose={onClose}>
      {isPending && <Waiting>{t.looking}</Waiting>}
      {error && <Trouble error={error} />}
      {data && <Chooser {...{ file, mapping, onChosen, onClose }} looked={data} />}
    </Sheet>
  );
}

function Chooser({
  file,
  mapping,
  looked,
  onChosen,
  onClose,
}: ChooseColumnsProps & { looked: Looked }) {
  const t = useTexts(texts);
  const format = useFormat();
  const choosing = useColumns(file, looked, mapping);
  const { table } = choosing;
  const save = async () => {
    if (await choosing.test()) onChosen(choosing.mapping);
  };
  return (
    <div className={styles["form"]}>
      <p className={styles["note"]}>
        {`${file.name} · ${format.bytes(file.size)}. `}
        {table ? t.columnsAskNote : t.couldNotLook}
      </p>
      {table && <TryColumns choosing={choosing} table={table} />}
      <SheetActions>
        <Button kind="quiet" onPress={onClose}>
          {t.dismiss}
        </Button>
        {table && <TestButton choosing={choosing} />}
        <Button
          kind="primary"
          isDisabled={table !== null && choosing.mistake !== null}
          onPress={() => void save()}
        >
          {t.save}
        </Button>
      </SheetActions>
    </div>
  );
}
