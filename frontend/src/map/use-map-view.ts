import { type RefObject, useEffect, useRef, useState } from "react";
import type { Range } from "../api/samples.ts";
import { useTexts } from "../i18n/use-texts.ts";
import type { Signal } from "../ui/signal.ts";
import { useTokens } from "../ui/tokens.ts";
import { baseStyle, named } from "./base.ts";
import { RIDE_TOKENS } from "./layers.ts";
import type { Line } from "./line.ts";
import { MapView } from "./map-view.ts";
import { texts } from "./texts.ts";
import styles from "./RideMap.module.css";

export interface Climb extends Range {
  /** Its category, or a sign for a climb without one. */
  sign: string;
  name: string;
}

interface Wanted {
  overview: Line;
  cursor: Signal<number | null>;
  climbs: readonly Climb[];
  kmPerUnit: number;
  onScale: (metresPerPx: number) => void;
  onStretch: (range: Range) => void;
  onBroken: () => void;
}

const TOKENS = [
  ...RIDE_TOKENS,
  "map-land",
  "map-water",
  "map-green",
  "map-road",
  "map-line",
] as const;

/** The map in its box; made anew only for another ride, language, theme or unit. */
export function useMapView(
  box: RefObject<HTMLDivElement | null>,
  { overview, cursor, climbs, kmPerUnit, onScale, onStretch, onBroken }: Wanted,
): MapView | null {
  const t = useTexts(texts);
  const colours = useTokens(TOKENS);
  const [view, setView] = useState<MapView | null>(null);
  const calls = useRef({ onScale, onStretch, onBroken });
  useEffect(() => {
    calls.current = { onScale, onStretch, onBroken };
  });

  useEffect(() => {
    const container = box.current;
    if (!container) return;
    let made: MapView | null = null;
    let isOver = false;
    const make = async () => {
      const style = await baseStyle(colours);
      if (isOver) return;
      made = new MapView({
        container,
        style,
        colours,
        line: overview,
        locale: t.locale,
        kmPerUnit,
        hasAttribution: named("map-style") !== null,
        marks: {
          cursor: dot(styles["cursor"]),
          start: dot(styles["start"], t.start),
          finish: dot(styles["finish"], t.finish),
        },
        onPoint: cursor.set,
        onScale: (metresPerPx) => calls.current.onScale(metresPerPx),
        onError: () => undefined,
      });
      setView(made);
    };
    make().catch(() => calls.current.onBroken());
    const sized = new ResizeObserver(() => made?.resize());
    sized.observe(container);
    return () => {
      isOver = true;
      sized.disconnect();
      made?.remove();
      setView(null);
    };
  }, [box, overview, cursor, colours, t, kmPerUnit]);

  useEffect(() => {
    if (!view) return;
    view.setCursor(cursor.get());
    return cursor.subscribe((km) => view.setCursor(km));
  }, [view, cursor]);

  useEffect(() => {
    view?.setMarkers(
      climbs.map((climb) => ({
        km: climb.toKm,
        element: badge(climb.sign, t.climb(climb.name), () => calls.current.onStretch(climb)),
      })),
    );
  }, [view, climbs, t]);
  return view;
}

function dot(name: string | undefined, title?: string): HTMLElement {
  const element = document.createElement("div");
  element.className = name ?? "";
  if (title) element.title = title;
  return element;
}

/** For pointers; the cards of the climbs do the same for everybody. */
function badge(text: string, label: string, onPress: () => void): HTMLElement {
  const element = document.createElement("div");
  element.className = styles["climb"] ?? "";
  element.textContent = text;
  element.ariaHidden = "true";
  element.title = label;
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    onPress();
  });
  return element;
}
