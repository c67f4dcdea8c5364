import { type RefObject, useEffect } from "react";
import type { Range } from "../api/samples.ts";

/** Less than this is a tap. */
const DRAG_PX = 6;
/** How near to an end of the stretch one must be to move it. */
const GRIP_PX = { mouse: 8, touch: 22 };

export interface Pointing {
  kmAt: (clientX: number) => number | null;
  leftOf: (km: number) => number | null;
  stretch: () => Range | null;
  onPoint: (km: number | null) => void;
  /** While it is dragged, and once it is let go. */
  onDrag: (range: Range, isDone: boolean) => void;
}

/** Hovering and tapping point at a place; dragging chooses a stretch, or moves an end of one. */
export function usePointer(
  box: RefObject<HTMLElement | null>,
  pointing: RefObject<Pointing | null>,
): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let drag: { startX: number; fixedKm: number; isMoving: boolean } | null = null;
    const over = new AbortController();
    const { signal } = over;

    const move = (event: PointerEvent) => {
      const now = pointing.current;
      const km = now?.kmAt(event.clientX) ?? null;
      if (!now || km === null) return;
      now.onPoint(km);
      if (!drag) return;
      drag.isMoving ||= Math.abs(event.clientX - drag.startX) > DRAG_PX;
      if (drag.isMoving) now.onDrag(ordered(drag.fixedKm, km), false);
    };
    const down = (event: PointerEvent) => {
      const now = pointing.current;
      const km = now?.kmAt(event.clientX) ?? null;
      if (!now || km === null || event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      drag = { startX: event.clientX, fixedKm: gripped(now, event) ?? km, isMoving: false };
      now.onPoint(km);
    };
    const up = (event: PointerEvent) => {
      const now = pointing.current;
      const km = now?.kmAt(event.clientX) ?? null;
      if (now && km !== null && drag?.isMoving) now.onDrag(ordered(drag.fixedKm, km), true);
      drag = null;
    };
    element.addEventListener("pointermove", move, { signal });
    element.addEventListener("pointerdown", down, { signal });
    element.addEventListener("pointerup", up, { signal });
    element.addEventListener("pointercancel", () => (drag = null), { signal });
    element.addEventListener(
      "pointerleave",
      ({ pointerType }) => {
        if (pointerType === "mouse" && !drag) pointing.current?.onPoint(null);
      },
      { signal },
    );
    return () => over.abort();
  }, [box, pointing]);
}

/** The end of the stretch that stays when the other one is taken hold of. */
function gripped({ stretch, leftOf }: Pointing, event: PointerEvent): number | null {
  const range = stretch();
  if (!range) return null;
  const reach = event.pointerType === "touch" ? GRIP_PX.touch : GRIP_PX.mouse;
  const isAt = (km: number) => Math.abs((leftOf(km) ?? Infinity) - event.clientX) <= reach;
  if (isAt(range.toKm)) return range.fromKm;
  return isAt(range.fromKm) ? range.toKm : null;
}

function ordered(a: number, b: number): Range {
  return { fromKm: Math.min(a, b), toKm: Math.max(a, b) };
}
