import { useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { type ColumnMistake, COLUMNS, type Table } from "./columns.ts";
import { Columns } from "./Columns.tsx";
import { texts } from "./texts.ts";
import { type Choosing, whyRefused } from "./use-columns.ts";
import styles from "./Columns.module.css";

/** The columns, and what came of trying them. */
export function TryColumns({ choosing, table }: { choosing: Choosing; table: Table }) {
  const t = useTexts(texts);
  const { chosen, change, mistake, refusal, isTrying, isGood } = choosing;
  return (
    <div className={styles["inside"]}>
      <Columns table={table} chosen={chosen} onChange={change} />
      {/* Has its place before anything is said, so that nothing moves. */}
      <div className={styles["state"]}>
        <p role="status">
          {mistake ? told(mistake, t) : isTrying ? t.testing : isGood ? t.tested : ""}
        </p>
        <p role="alert">
          {refusal && !mistake && (
            <>
              <strong>{t.refused}</strong> {whyRefused(refusal, t)}
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function told(mistake: ColumnMistake, t: (typeof texts)["es"]): string {
  if (mistake.kind === "twice") return t.columnTwice(mistake.header);
  return t.columnMissing(mistake.columns.map((column) => t.columnNames[column]).join(", "));
}

/** What was recognised, in one line, and all of it for whoever wants to change it. */
export function FoundColumns({ choosing, table }: { choosing: Choosing; table: Table }) {
  const t = useTexts(texts);
  const found = COLUMNS.filter((column) => choosing.chosen.headers[column] !== undefined);
  const [isOpen, setOpen] = useState(false);
  const { mistake, refusal } = choosing;
  return (
    <details
      className={styles["details"]}
      // What is in the way of saving is not hidden.
      open={isOpen || mistake !== null || refusal !== null}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        {t.columns}
        <span className={styles["found"]}>
          {found.map((column) => t.columnNames[column]).join(" · ")}
        </span>
      </summary>
      <div className={styles["inside"]}>
        <p className={styles["note"]}>{t.columnsNote}</p>
        <TryColumns choosing={choosing} table={table} />
        <TestButton choosing={choosing} />
      </div>
    </details>
  );
}

export function TestButton({
  choosing,
  kind = "plain",
}: {
  choosing: Choosing;
  kind?: "plain" | "primary";
}) {
  const t = useTexts(texts);
  const { mistake } = choosing;
  return (
    <Button
      kind={kind}
      isDisabled={mistake !== null}

      onPress={() => void choosing.test()}
    >
      {t.test}
    </Button>
  );
}
