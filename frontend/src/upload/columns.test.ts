import { describe, expect, it } from "vitest";
import service from "../../../backend/src/gpx/formats/csv_log/headers.py?raw";
import {
  choose,
  type Chosen,
  chosenOf,
  columnOf,
  COLUMNS,
  hasDayOrder,
  headersOf,
  mappingOf,
  mistakeOf,
  recognised,
  type Table,
} from "./columns.ts";
import { texts } from "./texts.ts";

const table: Table = {
  mapping: { latitude: "lat", longitude: "lon", time: "fecha" },
  headers: ["lat", "lon", "fecha", "", "x", "x", "Y | alt"],
  separator: ";",
  decimal: ",",
  encoding: "utf-8",
  time_format: null,
  rows: [
    ["40,1", "-3,2", "03/04/2026 10:00", "", "1", "2", "600"],
    ["40,2", "-3,3"],
  ],
};
const odd: Table = { ...table, mapping: {} };

describe("the columns of a table", () => {
  it("are those that the service knows, each with a name in both languages", () => {
    const names = /_NAMES: Final = \{(.*?)\n\}/s.exec(service)?.[1] ?? "";
    expect([...names.matchAll(/^ {4}"(\w+)":/gm)].map(([, key]) => key)).toEqual([...COLUMNS]);
    for (const language of ["es", "en"] as const) {
      const told = COLUMNS.map((column) => texts[language].columnNames[column]);
      expect(new Set(told).size).toBe(COLUMNS.length);
    }
  });

  it("begin as they were recognised, and are not sent when nothing was changed", () => {
    const chosen = recognised(table);
    expect(chosen.headers).toEqual(table.mapping);
    expect(mappingOf(chosen, table)).toBeNull();
    expect(mappingOf(choose(chosen, "elevation", "Y | alt"), table)).toEqual({
      ...table.mapping,
      elevation: "Y | alt",
    });
    expect(mappingOf(choose(chosen, "time", null), table)).toEqual({
      latitude: "lat",
      longitude: "lon",
    });
  });

  it("carry the order of day and month behind the header of the dates, and come back", () => {
    const chosen: Chosen = { ...recognised(table), dayOrder: "mm/dd/yyyy" };
    const mapping = mappingOf(chosen, table);
    expect(mapping?.time).toBe("fecha|mm/dd/yyyy");
    expect(chosenOf(mapping ?? {})).toEqual(chosen);
    const apart = choose(choose(chosen, "time", "x"), "date", "fecha");
    expect(mappingOf(apart, table)).toMatchObject({ time: "x", date: "fecha|mm/dd/yyyy" });
    expect(chosenOf({ time: "Y | alt" })).toEqual({ headers: { time: "Y | alt" }, dayOrder: null });
  });

  it("have an order of day and month only where dates are written so", () => {
    expect(hasDayOrder(recognised(table), table)).toBe(true);
    const other = choose(recognised(table), "time", "lat");
    expect(hasDayOrder(other, table)).toBe(false);
    expect(mappingOf({ ...other, dayOrder: "dd/mm/yyyy" }, table)?.time).toBe("lat");
    expect(hasDayOrder(recognised(odd), odd)).toBe(false);
  });

  it("need both coordinates, each of a column of its own", () => {
    const none = recognised(odd);
    expect(mistakeOf(none)).toEqual({ kind: "missing", columns: ["latitude", "longitude"] });
    const one = choose(none, "latitude", "lat");
    expect(mistakeOf(one)).toEqual({ kind: "missing", columns: ["longitude"] });
    expect(mistakeOf(choose(one, "longitude", "lat"))).toEqual({ kind: "twice", header: "lat" });
    expect(mistakeOf(choose(one, "longitude", "lon"))).toBeNull();
  });

  it("can be chosen once each, and not without a header", () => {
    expect(headersOf(table)).toEqual(["lat", "lon", "fecha", "x", "Y | alt"]);
    expect(columnOf(recognised(table), "lon")).toBe("longitude");
    expect(columnOf(recognised(table), "x")).toBeNull();
  });
});
