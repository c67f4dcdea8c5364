import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Preview } from "./look.ts";
import { PreviewCard } from "./PreviewCard.tsx";

const preview: Preview = {
  distance_km: 42,
  elevation_gain: 1540,
  elevation_gain_low: 1505,
  elevation_gain_high: 1575,
  elevation_loss: 1540,
  max_elevation: 900,
  min_elevation: 100,
  has_elevation: true,
  has_timestamps: true,
  start_date: "2026-04-03",
  end_date: "2026-04-03",
  total_time_minutes: 150,
  moving_time_minutes: 120,
  difficulty: "moderate",
  suggested_title: "Vuelta",
  trackpoints: [
    { latitude: 40, longitude: -3, elevation: 100, distance_km: 0 },
    { latitude: 40.1, longitude: -3, elevation: 900, distance_km: 42 },
  ],
  csv: null,
};
const gain = () => screen.getByText("Desnivel").closest("div")?.querySelector("dd")?.textContent;

describe("what a file says before it is saved", () => {
  it("tells how sure its gain is, where that is known", () => {
    localStorage.setItem("contravento.preferences", JSON.stringify({ language: "es" }));
    const { rerender } = render(<PreviewCard preview={preview} />);
    expect(gain()).toBe("1540\u00a0m ±\u00a035\u00a0mmás o menos 35\u00a0m");
    rerender(<PreviewCard preview={{ ...preview, elevation_gain_low: null }} />);
    expect(gain()?.trim()).toBe("1540\u00a0m");
  });
});
