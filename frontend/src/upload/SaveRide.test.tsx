import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeRequest, installFakes } from "./fake-browser.ts";
import { type FakeService } from "./fake-service.ts";
import { queries } from "../api/service.ts";
import { type Table } from "./columns.ts";
import { SaveRide } from "./SaveRide.tsx";
import { uploadsFor, uploadsNow } from "./store.ts";

const table: Table = {
  mapping: { elevation: "alt" },
  headers: ["Y", "X", "alt", "cuando"],
  separator: ";",
  decimal: ",",
  encoding: "utf-8",
  time_format: null,
  rows: [["40,1", "-3,2", "600", "03/04/2026 10:00"]],
};
const preview = {
  elevation_gain: 500,
  distance_km: 42,
  start_date: "2026-04-03",
  end_date: "2026-04-03",
  moving_time_minutes: 120,
  max_elevation: 900,
  difficulty: "moderate",
  suggested_title: "Vuelta",
  trackpoints: [],
};
const refused = (reason: string, message: string, csv: typeof table | null = table) => ({
  status: 400,
  body: {
    success: false,
    data: null,
    error: { code: "INVALID_GPX_FILE", reason, message, csv },
  },
});

let service: FakeService;
/** The mappings of the looks, in turn. */
let looks: unknown[];
let isDamaged: boolean;

beforeEach(() => {
  localStorage.clear();
  localStorage.setItem("contravento.preferences", JSON.stringify({ language: "es" }));
  service = installFakes();
  looks = [];
  isDamaged = false;
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn() }));
  const others = fetch;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (!request.url.endsWith("/gpx/analyze")) return others(request);
    const text = await request.text();
    const mapping = /name="mapping"\r\n\r\n(.*)\r\n/.exec(text)?.[1];
    looks.push(mapping === undefined ? null : JSON.parse(mapping));
    const { status, body } = answer(mapping ?? "");
    return Response.json(body, { status });
  });
  uploadsFor("u1");
});

afterEach(() => {
  uploadsFor(null);
  queries.clear();
  vi.unstubAllGlobals();
});

/** The service wants both coordinates and to know where the month is. */
function answer(mapping: string) {
  if (isDamaged) return refused("mismatched_tag", "una etiqueta se cierra (línea 4)", null);
  if (!mapping.includes("latitude")) return refused("missing_columns", "No se reconoce la latitud");
  if (mapping.includes("cuando") && !mapping.includes("|")) return refused("ambiguous_dates", "no");
  return { status: 200, body: { success: true, data: { ...preview, csv: table }, error: null } };
}

describe("a table that is not recognised", () => {
  it("asks for its columns, is tried with them, and is sent with what could be read", async () => {
    const user = userEvent.setup();
    const file = new File(["Y;X;alt;cuando\n"], "raro.csv", { lastModified: 1_700_000_000_000 });
    const onClose = vi.fn();
    render(
      <QueryClientProvider client={queries}>
        <SaveRide file={file} onClose={onClose} />
      </QueryClientProvider>,
    );
    const dialog = await screen.findByRole("dialog");
    const pick = (label: string, header: string) =>
      user.selectOptions(within(dialog).getByLabelText(label), header);
    const test = await within(dialog).findByRole("button", { name: "Probar" });
    expect(within(dialog).getByLabelText<HTMLSelectElement>("Altitud").value).toBe("alt");
    expect(within(dialog).getByRole("cell", { name: "40,1" })).toBeDefined();
    expect(test.hasAttribute("disabled")).toBe(true);
    expect(dialog.textContent).toContain("Falta elegir: Latitud, Longitud.");

    await pick("Latitud", "Y");
    await pick("Longitud", "Y");
    expect(dialog.textContent).toContain("«Y» está elegida para dos datos.");
    await pick("Longitud", "X");
    const orders = within(dialog).getByLabelText<HTMLSelectElement>("Orden de la fecha");
    expect(orders.options).toHaveLength(1);
    await pick("Fecha y hora", "cuando");
    await user.click(test);
    await within(dialog).findByText(/elige cuál va delante/);
    await pick("Orden de la fecha", "Día primero");
    await user.click(test);

    const save = await within(dialog).findByRole("button", { name: "Guardar" });
    expect(dialog.textContent).toContain("42,0\u00a0km");
    await user.click(save);
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    const mapping = {
      latitude: "Y",
      longitude: "X",
      elevation: "alt",
      time: "cuando|dd/mm/yyyy",
    };
    // What was tried is not asked again.
    expect(looks).toEqual([null, { ...mapping, time: "cuando" }, mapping]);
    await waitFor(() => expect(uploadsNow()?.now()[0]?.mapping).toEqual(mapping));
    await waitFor(() => expect(service.sendings).toHaveLength(1));
    expect(JSON.parse((service.sendings[0] as FakeRequest).mapping ?? "")).toEqual(mapping);
  });
});

describe("a file that cannot be read", () => {
  it("is named with its reason and what helps against that, and can be left alone", async () => {
    const user = userEvent.setup();
    isDamaged = true;
    const onClose = vi.fn();
    render(
      <QueryClientProvider client={queries}>
        <SaveRide file={new File(["<gpx>"], "roto.gpx")} onClose={onClose} />
      </QueryClientProvider>,
    );
    const dialog = await screen.findByRole("dialog");
    const alert = await within(dialog).findByRole("alert");
    expect(alert.textContent).toContain("(línea 4)");
    expect(alert.textContent).toContain("Vuelve a exportarlo");
    expect(dialog.textContent).toContain("roto.gpx");
    expect(within(dialog).getByRole("button", { name: "Elegir otro archivo" })).toBeDefined();
    await user.click(within(dialog).getByRole("button", { name: "Cancelar" }));
    expect(onClose).toHaveBeenCalled();
  });
});
