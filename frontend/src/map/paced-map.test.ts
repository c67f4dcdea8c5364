import { expect, it, vi } from "vitest";
import { PacedMap } from "./paced-map.ts";

/** What is done to a map, and whether it was said to be still meanwhile. */
const done: [string, boolean][] = [];
let isBroken = false;

// There is no WebGL here that a real one could draw with.
vi.mock("maplibre-gl", () => ({
  Map: class {
    on() {
      return this;
    }
    resize(this: PacedMap) {
      done.push(["resize", this.isStill]);
      if (isBroken) throw new Error("no memory");
    }
    redraw(this: PacedMap) {
      done.push(["redraw", this.isStill]);
    }
    stop() {
      done.push(["stop", false]);
    }
    getPixelRatio() {
      return 2;
    }
  },
}));

const made = () => {
  done.length = 0;
  isBroken = false;
  return new PacedMap({ container: "map" });
};

it("is still while its size changes, and hears of what moves while it is drawn", () => {
  const map = made();
  map.drawIn(0.5);
  expect(done).toEqual([
    ["resize", true],
    ["redraw", false],
  ]);
  expect(map.getPixelRatio()).toBe(1);
});

it("is not still for ever where its size could not be changed", () => {
  const map = made();
  isBroken = true;
  expect(() => map.drawIn(0.5)).toThrow("no memory");
  expect(map.isStill).toBe(false);
});
