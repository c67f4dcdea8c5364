/** Which column of a table holds what: as it was recognised, and as the rider says. */
import { type Schemas } from "../api/client.ts";

export type Table = Schemas["TableOut"];

export const COLUMNS = [
  "latitude",
  "longitude",
  "elevation",
  "time",
  "date",
  "segment",
  "heart_rate",
  "cadence",
  "power",
  "temperature",
] as const;
export type Column = (typeof COLUMNS)[number];
/** Without these there is no line. */
const REQUIRED = ["latitude", "longitude"] as const satisfies readonly Column[];

/** The header of each column, as the service takes it: behind that of times `|` and their format. */
export type Mapping = Partial<Record<Column, string>>;

export const DAY_ORDERS = ["dd/mm/yyyy", "mm/dd/yyyy"] as const;
export type DayOrder = (typeof DAY_ORDERS)[number];

/** What the rider has chosen; `dayOrder` is null where the service shall find out. */
export interface Chosen {
  headers: Mapping;
  dayOrder: DayOrder | null;
}

export function recognised(table: Table): Chosen {
  const headers: Mapping = {};
  for (const column of COLUMNS) {
    const header = table.mapping[column];
    if (header !== undefined) headers[column] = header;
  }
  return { headers, dayOrder: null };
}

/** `headers` and `dayOrder` of a mapping that was sent before. */
export function chosenOf(mapping: Mapping): Chosen {
  const headers = { ...mapping };
  for (const column of ["date", "time"] as const) {
    const [, header, order] = /^(.*)\|([^|]*)$/.exec(headers[column] ?? "") ?? [];
    const dayOrder = DAY_ORDERS.find((known) => known === order);
    if (header !== undefined && dayOrder) {
      return { headers: { ...headers, [column]: header }, dayOrder };
    }
  }
  return { headers, dayOrder: null };
}

/** As it is sent; null where the service would come to the same by itself. */
export function mappingOf(chosen: Chosen, table: Table): Mapping | null {
  const { headers, dayOrder } = chosen;
  const dated = dateColumn(chosen);
  const mapping: Mapping = {};
  for (const column of COLUMNS) {
    const header = headers[column];
    if (header === undefined) continue;
    const isDated = column === dated && dayOrder !== null && hasDayOrder(chosen, table);
    mapping[column] = isDated ? `${header}|${dayOrder}` : header;
  }
  return isSame(mapping, table.mapping) ? null : mapping;
}

function isSame(one: Mapping, other: Record<string, string>): boolean {
  const keys = Object.keys(one) as Column[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

export function choose(chosen: Chosen, column: Column, header: string | null): Chosen {
  const others: Mapping = Object.fromEntries(
    Object.entries(chosen.headers).filter(([key]) => key !== column),
  );
  return { ...chosen, headers: header === null ? others : { ...others, [column]: header } };
}

/** Headers that can be chosen: each once, and none that is empty. */
export function headersOf(table: Table): string[] {
  return [...new Set(table.headers.filter((header) => header.trim() !== ""))];
}

/** Which of ours a header was chosen for. */
export function columnOf({ headers }: Chosen, header: string): Column | null {
  return COLUMNS.find((column) => headers[column] === header) ?? null;
}

export type ColumnMistake =
  { kind: "missing"; columns: Column[] } | { kind: "twice"; header: string };

/** What the service would refuse; null where there is nothing. */
export function mistakeOf({ headers }: Chosen): ColumnMistake | null {
  const missing = REQUIRED.filter((column) => headers[column] === undefined);
  if (missing.length > 0) return { kind: "missing", columns: missing };
  const used = Object.values(headers);
  const twice = used.find((header, index) => used.indexOf(header) !== index);
  return twice === undefined ? null : { kind: "twice", header: twice };
}

/** Whether the dates of the first rows are written with the day and the month in front. */
export function hasDayOrder(chosen: Chosen, table: Table): boolean {
  const column = dateColumn(chosen);
  const header = column && chosen.headers[column];
  const position = header ? table.headers.indexOf(header) : -1;
  if (position < 0) return false;
  return table.rows.some((row) => /^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b/.test(row[position] ?? ""));
}

function dateColumn({ headers }: Chosen): "date" | "time" | null {
  if (headers.date !== undefined) return "date";
  return headers.time === undefined ? null : "time";
}
