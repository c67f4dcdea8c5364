import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Schemas } from "../api/client.ts";
import { Climbs } from "./Climbs.tsx";
import { climbsOf } from "./climbs.ts";
import { DeviceTotals } from "./DeviceTotals.tsx";
import { FirstNumbers, OtherNumbers } from "./Numbers.tsx";
import { texts } from "./texts.ts";

const file: Schemas["GpxMetadataOut"] = {
  gpx_file_id: "1",
  trip_id: "2",
  processing_status: "completed",
  uploaded_at: "2026-05-01T10:00:00Z",
  processed_at: "2026-05-01T10:00:01Z",
  error_message: null,
  error_code: null,
  file_name: "vuelta.gpx",
  file_size: 1000,
  distance_km: 59.419,
  elevation_gain: 877,
  elevation_gain_low: 841.6,
  elevation_gain_high: 912.4,
  elevation_loss: 851,
  max_elevation: 867,
  min_elevation: 0,
  has_elevation: true,
  has_timestamps: false,
  total_points: 8078,
  simplified_points: 379,
  warnings: [],
  sensors: {
    heart_rate_bpm: { minimum: 90, average: 140, maximum: 181 },
    cadence_rpm: null,
    power_w: null,
    temperature_c: null,
  },
  start_time: null,
  start_local: null,
  preview: null,
  device_totals: {
    distance_km: null,
    elevation_gain: 834,
    elevation_loss: null,
    total_time_minutes: null,
    moving_time_minutes: null,
    avg_speed_kmh: null,
    max_speed_kmh: null,
    device: "Edge 530",
    differences: [{ number: "elevation_gain", ours: 877, theirs: 834, reason: "smoothing" }],
  },
};

describe("the numbers of a ride", () => {
  beforeEach(() => {
    localStorage.setItem("contravento.preferences", JSON.stringify({ language: "es" }));
    vi.stubGlobal("matchMedia", () => ({
      matches: false,
      addEventListener: vi.fn(),
      removeEventListener: vi.fn(),
    }));
  });

  it("tell how they are measured, and why the device says something else", async () => {
    render(<FirstNumbers file={file} statistics={null} />);
    expect(document.body.textContent).toContain("877\u00a0m");
    expect(document.body.textContent).toContain("Tu aparato: 834\u00a0m");
    await userEvent.click(
      screen.getByRole("button", { name: "Desnivel positivo: ¿cómo se mide?" }),
    );
    const how = await screen.findByRole("dialog");
    expect(how.textContent).toContain("ruido del altímetro");
    expect(how.textContent).toContain("se quita el ruido de las alturas");
  });

  it("say how sure the gain is, to those who see and to those who hear", async () => {
    render(<FirstNumbers file={file} statistics={null} />);
    const gain = screen.getByText("877 m").closest("dd");
    expect(gain?.querySelector("[aria-hidden]")?.textContent).toBe("±\u00a035\u00a0m");
    expect(gain?.querySelector(".only-for-readers")?.textContent).toBe("más o menos 35\u00a0m");
    expect(document.body.textContent.match(/±/g)).toHaveLength(1);
    await userEvent.click(
      screen.getByRole("button", { name: "Desnivel positivo: ¿cómo se mide?" }),
    );
    const how = await screen.findByRole("dialog");
    expect(how.textContent).toContain("en nueve de cada diez rutas");
    expect(how.textContent).toContain("entre 842\u00a0m y 912\u00a0m");
  });

  it("say nothing of it where it is not known", async () => {
    const before = { ...file, elevation_gain_low: null, elevation_gain_high: null };
    render(<FirstNumbers file={before} statistics={null} />);
    expect(document.body.textContent).not.toContain("±");
    await userEvent.click(
      screen.getByRole("button", { name: "Desnivel positivo: ¿cómo se mide?" }),
    );
    const how = await screen.findByRole("dialog");
    expect(how.textContent).toContain("ruido del altímetro");
    expect(how.textContent).not.toContain("nueve de cada diez");
  });

  it("stand beside those of the device, which is named, with the reason of each difference", () => {
    render(<DeviceTotals file={file} statistics={null} />);
    const rows = screen.getAllByRole("row").map((row) => row.textContent);
    expect(rows).toEqual([
      "AquíEdge 530",
      "Desnivel positivo877\u00a0m834\u00a0m",
      texts.es.reasons.smoothing,
    ]);
    const { container } = render(
      <DeviceTotals file={{ ...file, device_totals: null }} statistics={null} />,
    );
    expect(container.textContent).toBe("");
  });

  it("show sea level as a number, and leave out what is not known", () => {
    render(<OtherNumbers file={file} statistics={null} />);
    expect(screen.getByText("Punto más bajo").closest("div")?.textContent).toContain("0\u00a0m");
    expect(screen.queryByText("Tiempo total")).toBeNull();
    expect(document.body.textContent).toContain("90\u00a0ppm – 181\u00a0ppm");
  });

  it("take map and profile to a climb", async () => {
    const climb = {
      start_km: 15.55,
      end_km: 28.019,
      distance_km: 12.47,
      elevation_gain_m: 442.6,
      avg_gradient: 3.55,
      max_gradient: 8.69,
      category: "2",
      description: "",
    };
    const first = { ...climb, start_km: 1, end_km: 2, category: null };
    const onStretch = vi.fn();
    const climbs = climbsOf([climb, first], texts.es);
    expect(climbs.map(({ fromKm }) => fromKm)).toEqual([1, 15.55]);
    render(<Climbs climbs={climbs} hasElevation onStretch={onStretch} />);
    await userEvent.click(screen.getByRole("button", { name: /2\.ª categoría/ }));
    expect(onStretch).toHaveBeenCalledWith({ fromKm: 15.55, toKm: 28.019 });
  });
});
