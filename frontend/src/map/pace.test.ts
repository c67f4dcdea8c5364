import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { drawAtPace, Pace, type Paced } from "./pace.ts";

const QUICK = 16;
const SLOW = 70;

function paceOf(...frames: readonly number[]): Pace {
  const pace = new Pace();
  let at = 1000;
  pace.frame(at);
  for (const ms of frames) pace.frame((at += ms));
  return pace;
}

describe("the pace of frames", () => {
  it.each([
    ["quick ones", [QUICK, QUICK, QUICK, QUICK, QUICK, QUICK], false],
    ["those of a screen of 30 a second", [33, 34, 33, 34, 33, 34], false],
    ["a hiccup", [QUICK, 500, 90, QUICK, QUICK, QUICK], false],
    ["hiccups far from each other", [SLOW, QUICK, QUICK, QUICK, QUICK, SLOW, QUICK, SLOW], false],
    ["late ones", [SLOW, SLOW, SLOW], true],
    ["late ones among others", [QUICK, SLOW, QUICK, SLOW, SLOW], true],
  ])("is judged by %s", (_, frames, isSlow) => {
    expect(paceOf(...frames).isSlow).toBe(isSlow);
  });

  it("is remembered once it is slow", () => {
    const pace = paceOf(SLOW, SLOW, SLOW);
    pace.rest();
    for (let at = 0; at < 1000; at += QUICK) pace.frame(at);
    expect(pace.isSlow).toBe(true);
  });

  it("is judged anew by a movement that begins a minute later", () => {
    const pace = paceOf(SLOW, SLOW, SLOW);
    pace.rest();
    let at = 100_000;
    for (let frame = 0; frame < 3; frame += 1) pace.frame((at += QUICK));
    expect(pace.isSlow).toBe(false);
    for (let frame = 0; frame < 3; frame += 1) pace.frame((at += SLOW));
    expect(pace.isSlow).toBe(true);
  });

  it("is not judged anew in the middle of a movement", () => {
    const pace = paceOf(SLOW, SLOW, SLOW);
    for (let at = 2000; at < 100_000; at += QUICK) pace.frame(at);
    expect(pace.isSlow).toBe(true);
  });

  it("does not count the time between two movements", () => {
    const pace = new Pace();
    for (let at = 0; at < 10_000; at += 1000) {
      pace.frame(at);
      pace.rest();
    }
    expect(pace.isSlow).toBe(false);
  });
});

/** A map that says what is drawn of it, in the order of time. */
class FakeMap implements Paced {
  isStill = false;
  drawn: number[] = [];
  readonly #listeners = new Map<string, () => void>();
  on(event: string, listener: () => void): void {
    this.#listeners.set(event, listener);
  }
  fire(event: string): void {
    this.#listeners.get(event)?.();
  }
  /** As the map does: a new size is told as a movement. */
  drawIn(share: number): void {
    this.drawn.push(share);
    this.isStill = true;
    this.fire("movestart");
    this.fire("moveend");
    this.isStill = false;
  }
}

describe("drawing at a pace", () => {
  let map: FakeMap;
  let pace: Pace;
  let asked: Map<number, FrameRequestCallback>;
  let at: number;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    asked = new Map();
    at = 0;
    let ids = 0;
    vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => {
      asked.set((ids += 1), callback);
      return ids;
    });
    vi.stubGlobal("cancelAnimationFrame", (id: number) => asked.delete(id));
    map = new FakeMap();
    pace = new Pace();
    drawAtPace(map, pace);
  });
  afterEach(() => vi.useRealTimers());

  function frames(count: number, ms: number): void {
    for (let frame = 0; frame < count; frame += 1) {
      at += ms;
      vi.advanceTimersByTime(ms);
      const callbacks = [...asked.values()];
      asked.clear();
      for (const callback of callbacks) callback(at);
    }
  }

  it("leaves a quick machine alone, and asks nothing of one at rest", () => {
    frames(3, QUICK);
    map.fire("movestart");
    frames(50, QUICK);
    map.fire("moveend");
    expect(asked.size).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(map.drawn).toEqual([]);
  });

  it("draws fewer pixels once frames come late, and all of them when the map has come to rest", () => {
    map.fire("movestart");
    frames(3, SLOW);
    expect(map.drawn).toEqual([]);
    frames(20, SLOW);
    expect(map.drawn).toEqual([0.5]);
    map.fire("moveend");
    vi.advanceTimersByTime(200);
    expect(map.drawn).toEqual([0.5]);
    vi.advanceTimersByTime(100);
    expect(map.drawn).toEqual([0.5, 1]);
  });

  it("draws fewer from the first frame on where it has been slow before", () => {
    for (let frame = 0; frame < 4; frame += 1) pace.frame(frame * SLOW);
    map.fire("movestart");
    expect(map.drawn).toEqual([]);
    frames(1, QUICK);
    expect(map.drawn).toEqual([0.5]);
  });

  it("draws all of them again where it was slow only once, a while ago", () => {
    map.fire("movestart");
    frames(4, SLOW);
    map.fire("moveend");
    vi.advanceTimersByTime(300);
    expect(map.drawn).toEqual([0.5, 1]);
    at += 61_000;
    map.fire("movestart");
    frames(20, QUICK);
    expect(map.drawn).toEqual([0.5, 1]);
  });

  it("stays coarse while one movement follows another, as those of a wheel do", () => {
    map.fire("movestart");
    frames(4, SLOW);
    for (let turn = 0; turn < 5; turn += 1) {
      map.fire("moveend");
      vi.advanceTimersByTime(200);
      map.fire("movestart");
      frames(2, SLOW);
    }
    expect(map.drawn).toEqual([0.5]);
    map.fire("moveend");
    vi.advanceTimersByTime(300);
    expect(map.drawn).toEqual([0.5, 1]);
  });

  it("draws nothing for a movement of no duration, as a new size is", () => {
    for (let frame = 0; frame < 4; frame += 1) pace.frame(frame * SLOW);
    map.fire("movestart");
    map.fire("moveend");
    frames(3, QUICK);
    vi.advanceTimersByTime(1000);
    expect(map.drawn).toEqual([]);
  });

  it("draws nothing of a map that is gone", () => {
    map.fire("movestart");
    frames(4, SLOW);
    map.fire("moveend");
    map.fire("remove");
    vi.advanceTimersByTime(1000);
    expect(asked.size).toBe(0);
    expect(map.drawn).toEqual([0.5]);
  });
});
