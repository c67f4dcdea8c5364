/**
 * Where pictures are drawn slowly, as on machines without a graphics card, the map is drawn in fewer
 * pixels while it moves, and in all of them when it is at rest.
 */

/** A frame that took longer is seen to be late. */
const SLOW_MS = 40;
/** So many late ones of the last few are no single hiccup. */
const LATE = 3;
const OF = 5;
/** So long after they were late they are judged anew: the machine may have been busy with more. */
const MEMORY_MS = 60_000;
/** Of a movement that goes on at once, as of a wheel that is turned on, the rest is not drawn. */
const REST_MS = 250;
/** How many pixels there are in each direction, to those that the screen has. */
const COARSE = 0.5;

/** Whether frames come late; where they did, that is remembered for a while. */
export class Pace {
  #lateAt: number | null = null;
  #at: number | null = null;
  #areLate: boolean[] = [];

  get isSlow(): boolean {
    return this.#lateAt !== null;
  }

  /** A frame of something that moves; times in milliseconds. */
  frame(at: number): void {
    if (this.#at === null) {
      if (this.#lateAt !== null && at - this.#lateAt > MEMORY_MS) this.#lateAt = null;
    } else {
      this.#areLate = [at - this.#at > SLOW_MS, ...this.#areLate].slice(0, OF);
      if (this.#areLate.filter(Boolean).length >= LATE) this.#lateAt = at;
    }
    this.#at = at;
  }

  /** What comes next is the first frame of another movement. */
  rest(): void {
    this.#at = null;
    this.#areLate = [];
  }
}

/** What is needed of a map. */
export interface Paced {
  on: (event: "movestart" | "moveend" | "remove", listener: () => void) => unknown;
  readonly isStill: boolean;
  drawIn: (share: number) => void;
}

/** As long as the page stands. */
const pace = new Pace();

export function drawAtPace(map: Paced, judge: Pace = pace): void {
  let frame: number | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let isCoarse = false;

  const draw = (coarse: boolean) => {
    if (coarse === isCoarse) return;
    isCoarse = coarse;
    map.drawIn(coarse ? COARSE : 1);
  };
  const next = (at: number) => {
    judge.frame(at);
    if (judge.isSlow) draw(true);
    // What is coarse already is not judged any more.
    frame = isCoarse ? null : requestAnimationFrame(next);
  };
  const stop = () => {
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
    judge.rest();
    clearTimeout(rest);
  };
  map.on("movestart", () => {
    if (map.isStill) return;
    stop();
    if (!isCoarse) frame = requestAnimationFrame(next);
  });
  map.on("moveend", () => {
    if (map.isStill) return;
    stop();
    rest = setTimeout(() => draw(false), REST_MS);
  });
  map.on("remove", stop);
}
