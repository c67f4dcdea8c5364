import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
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
      {refusal && (
        <Notice title={t.refused} isBad>
          <p>{whyRefused(refusal, t)}</p>
        </Notice>
      )}
      <Columns table={table} chosen={chosen} onChange={change} />
      <p className={styles["state"]} role="status">
        {mistake ? told(mistake, t) : isTrying ? t.testing : isGood ? t.tested : ""}
      </p>
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
  return (
    <details className={styles["details"]}>
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
  const { mistake, isTrying } = choosing;
  return (
    <Button
      kind={kind}
      isDisabled={mistake !== null}
      isPending={isTrying}
      onPress={() => void choosing.test()}
    >
      {t.test}
    </Button>
  );
}
