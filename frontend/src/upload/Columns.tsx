import { useTexts } from "../i18n/use-texts.ts";
import { Choice } from "../ui/Choice.tsx";
import {
  choose,
  type Chosen,
  type Column,
  columnOf,
  COLUMNS,
  DAY_ORDERS,
  hasDayOrder,
  headersOf,
  type Table,
} from "./columns.ts";
import { texts } from "./texts.ts";
import styles from "./Columns.module.css";

interface ColumnsProps {
  table: Table;
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
}

/** Which header stands for which of ours, below the first rows of the file. */
export function Columns({ table, chosen, onChange }: ColumnsProps) {
  const t = useTexts(texts);
  const headers = headersOf(table);
  // A header may be any text, the empty one not among them.
  const choices = [
    ["", t.noColumn],
    ...headers.map((header) => [header, header] as const),
  ] as const;
  const isOrdered = hasDayOrder(chosen, table);
  const orders = ["auto", ...(isOrdered ? DAY_ORDERS : [])] as const;
  return (
    <div className={styles["columns"]}>
      <Rows table={table} chosen={chosen} />
      <div className={styles["choices"]}>
        {COLUMNS.map((column) => (
          <Choice
            key={column}
            label={nameOf(t, chosen, column)}
            value={chosen.headers[column] ?? ""}
            choices={choices}
            onChange={(header) => onChange(choose(chosen, column, header || null))}
          />
        ))}
        <Choice
          label={t.dayOrder}
          value={isOrdered ? (chosen.dayOrder ?? "auto") : "auto"}
          choices={orders.map((order) => [order, t.dayOrders[order]])}
          onChange={(order) => onChange({ ...chosen, dayOrder: order === "auto" ? null : order })}
        />
      </div>
    </div>
  );
}

function Rows({ table, chosen }: Pick<ColumnsProps, "table" | "chosen">) {
  const t = useTexts(texts);
  return (
    // A wide table is scrolled with the keyboard too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles["rows"]} role="region" aria-label={t.rows} tabIndex={0}>
      <table>
        <caption>{t.rows}</caption>
        <thead>
          <tr>
            {table.headers.map((header, position) => {
              // Of two columns with one header the first is read.
              const isFirst = table.headers.indexOf(header) === position;
              const column = isFirst ? columnOf(chosen, header) : null;
              return (
                <th key={position} scope="col" data-chosen={column !== null || undefined}>
                  {header.trim() || t.unnamed}
                  <span className={styles["ours"]}>
                    {column ? nameOf(t, chosen, column) : "\u00a0"}
                  </span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {table.headers.map((_, position) => (
                <td key={position}>{row[position] ?? ""}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function nameOf(t: (typeof texts)["es"], { headers }: Chosen, column: Column): string {
  const isApart = column === "time" && headers.date !== undefined;
  return isApart ? t.timeOfDay : t.columnNames[column];
}
