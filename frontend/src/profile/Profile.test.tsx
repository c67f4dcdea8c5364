import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { samplesOf } from "../api/samples.ts";
import { createSignal } from "../ui/signal.ts";
import { Profile } from "./Profile.tsx";

const drawn = vi.hoisted(() => ({ cursor: vi.fn(), stretch: vi.fn() }));
// There is no canvas here; everything but the drawing is as it is.
vi.mock("./plot.ts", () => ({
  PLOT_TOKENS: [],
  Plot: class {
    setCursor = drawn.cursor;
    setStretch = drawn.stretch;
    resize = vi.fn();
    remove = vi.fn();
  },
}));

const samples = samplesOf({
  gpx_file_id: "1",
  total_points: 3,
  samples: 3,
  from_km: 0,
  to_km: 20,
  columns: {
    distance_km: [0, 12.4, 20],
    elevation: [500, 834, 700],
    gradient: [1, 7, -4],
    time: [0, 2000, 3000],
    segment: [0, 0, 0],
  },
});

function show() {
  const cursor = createSignal<number | null>(null);
  const onStretch = vi.fn();
  render(
    <Profile
      samples={samples}
      cursor={cursor}
      stretch={null}
      onStretch={onStretch}
      axis="distance"
      onAxis={vi.fn()}
      second={null}
      onSecond={vi.fn()}
      seconds={["speed_kmh"]}
      hasTime
      isZoomed={false}
      onZoom={vi.fn()}
    />,
  );
  return { cursor, onStretch, profile: screen.getByRole("application") };
}

describe("the profile by keyboard", () => {
  beforeEach(() => {
    localStorage.setItem("contravento.preferences", JSON.stringify({ language: "es" }));
    vi.stubGlobal("matchMedia", () => ({
      matches: false,
      addEventListener: vi.fn(),
      removeEventListener: vi.fn(),
    }));
    vi.stubGlobal(
      "ResizeObserver",
      class {
        readonly #hear: () => void;
        constructor(hear: () => void) {
          this.#hear = hear;
        }
        observe() {
          queueMicrotask(this.#hear);
        }
        disconnect = vi.fn();
      },
    );
  });

  it("is reached with the tabulator, and its arrows move the cursor", async () => {
    const { cursor, profile } = show();
    profile.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}");
    expect(cursor.get()).toBeCloseTo(0.2);
    await userEvent.keyboard("{End}");
    expect(cursor.get()).toBe(20);
    await userEvent.keyboard("{Home}{ArrowLeft}");
    expect(cursor.get()).toBe(0);
  });

  it("says where the cursor is, once the keys rest", async () => {
    const { cursor, profile } = show();
    cursor.set(12.3);
    profile.focus();
    await userEvent.keyboard("{ArrowRight}");
    await waitFor(() =>
      expect(screen.getByRole("status").textContent.replaceAll("\u00a0", " ")).toBe(
        "km 12,4, 834 m, 7,0 %",
      ),
    );
  });

  it("chooses a stretch with Shift, from where the cursor stood", async () => {
    const { cursor, onStretch, profile } = show();
    cursor.set(5);
    profile.focus();
    await userEvent.keyboard("{Shift>}{ArrowRight}{PageUp}{/Shift}");
    await waitFor(() => expect(onStretch).toHaveBeenCalledOnce());
    const [range] = onStretch.mock.calls[0] as [{ fromKm: number; toKm: number }];
    expect(range.fromKm).toBe(5);
    expect(range.toKm).toBeCloseTo(6.1);
    expect(screen.getByRole("status").textContent).toContain("Tramo de 5,0");
  });

  it("clears the stretch with Escape, also one that is about to be measured", async () => {
    const { onStretch, profile } = show();
    profile.focus();
    await userEvent.keyboard("{Shift>}{ArrowRight}{/Shift}{Escape}");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(onStretch.mock.calls).toEqual([[null]]);
  });

  it("follows a cursor that is moved elsewhere without rendering anew", async () => {
    const { cursor } = show();
    await waitFor(() => expect(drawn.cursor).toHaveBeenCalled());
    cursor.set(12.4);
    expect(drawn.cursor).toHaveBeenLastCalledWith(12.4);
    expect(document.body.textContent).toContain("834");
  });
});
