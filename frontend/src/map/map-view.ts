/** A map that shows a ride; everything after its making is told by calls, without React. */
import {
  LngLat,
  type MapMouseEvent,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { Range } from "../api/samples.ts";
import type { Band } from "../ui/scales.ts";
import { addLand, drawGrid } from "./base.ts";
import { metresPerPixel } from "./detail.ts";
import {
  addRide,
  type Place,
  type RideTokens,
  showLine,
  showMarks,
  showPlaces,
  showStretch,
} from "./layers.ts";
import { boundsOf, type Line, nearestKm, partsOf, positionAt } from "./line.ts";
import { PacedMap } from "./paced-map.ts";

setWorkerUrl(workerUrl);

/** How near to the line a pointer or a finger must be. */
const REACH_PX = 28;
const SETTLING_MS = 700;
const ROUND_M = 300;
const PADDING = { top: 64, right: 72, bottom: 44, left: 44 };

export interface Setting {
  container: HTMLElement;
  style: StyleSpecification | string;
  colours: RideTokens;
  line: Line;
  locale: Record<string, string>;
  kmPerUnit: number;
  hasAttribution: boolean;
  /** How the cursor and both ends look. */
  marks: { cursor: HTMLElement; start: HTMLElement; finish: HTMLElement };
  /** A pointer is near this place of the ride, or near none. */
  onPoint: (km: number | null) => void;
  onScale: (metresPerPx: number) => void;
  /** Everything that there is to see is seen. */
  onShown: () => void;
  onError: () => void;
}

export class MapView {
  readonly #map: PacedMap;
  readonly #setting: Setting;
  readonly #ready: Promise<void>;
  readonly #cursor: Marker;
  readonly #markers: Marker[] = [];
  readonly #scale: ScaleControl;
  #line: Line;
  #bands: readonly Band[] = [];
  #stretch: Range | null = null;
  #km: number | null = null;
  #isCursorShown = false;
  #isShown = false;
  #goal: { range: Range | null; until: number } | null = null;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#line = setting.line;
    const bounds = boundsOf(partsOf(setting.line, WHOLE));
    const map = new PacedMap({
      container: setting.container,
      style: setting.style,
      ...(bounds && { bounds, fitBoundsOptions: { padding: PADDING, maxZoom: 15 } }),
      locale: setting.locale,
      attributionControl: setting.hasAttribution ? { compact: true } : false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 19,
      fadeDuration: 0,
    });
    this.#map = map;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#scale = new ScaleControl({ unit: setting.kmPerUnit === 1 ? "metric" : "imperial" });
    map.addControl(this.#scale, "bottom-left");
    this.#cursor = new Marker({ element: setting.marks.cursor });
    this.#ready = map.once("style.load").then(() => {
      addRide(map, setting.colours);
      this.#drawAll();
      showMarks(map, this.#line, setting.kmPerUnit);
      drawGrid(map);
      void map.once("idle").then(() => {
        this.#isShown = true;
        setting.onShown();
        this.#land();
      });
    });
    this.#ends();
    this.#listen();
  }

  setLine(line: Line, bands: readonly Band[]): void {
    this.#line = line;
    this.#bands = bands;
    this.#soon(() => this.#drawAll());
  }

  setStretch(range: Range | null): void {
    this.#stretch = range;
    this.#soon(() => showStretch(this.#map, this.#line, range));
  }

  setPlaces(places: readonly Place[]): void {
    this.#soon(() => showPlaces(this.#map, places));
  }

  setCursor(km: number | null): void {
    this.#km = km;
    const place = km === null ? null : positionAt(this.#line, km);
    if (place === null) this.#cursor.remove();
    else this.#cursor.setLngLat(place);
    // To be put on the map again is far more work than to be moved.
    if (place !== null && !this.#isCursorShown) this.#cursor.addTo(this.#map);
    this.#isCursorShown = place !== null;
  }

  /** Something to press at a place of the ride. */
  setMarkers(markers: readonly { km: number; element: HTMLElement }[]): void {
    for (const marker of this.#markers.splice(0)) marker.remove();
    for (const { km, element } of markers) {
      const place = positionAt(this.#line, km);
      if (!place) continue;
      const marker = new Marker({ element, anchor: "bottom", offset: [0, -4] });
      this.#markers.push(marker.setLngLat(place).addTo(this.#map));
    }
  }

  /** Goes to a stretch, or to the whole ride. */
  goTo(range: Range | null): void {
    this.#goal = { range, until: performance.now() + SETTLING_MS };
    const bounds = boundsOf(partsOf(this.#line, range ?? WHOLE));
    if (bounds) this.#map.fitBounds(bounds, { padding: PADDING, maxZoom: 16, duration: 500 });
  }

  resize(): void {
    this.#map.resize();
    // What made the map smaller may be the very stretch that it is on its way to.
    if (this.#goal && performance.now() < this.#goal.until) this.goTo(this.#goal.range);
  }

  remove(): void {
    this.#map.remove();
  }

  #drawAll(): void {
    showLine(this.#map, this.#line, this.#bands);
    showStretch(this.#map, this.#line, this.#stretch);
    this.setCursor(this.#km);
  }

  #soon(draw: () => void): void {
    void this.#ready.then(draw);
  }

  #ends(): void {
    const { start, finish } = this.#setting.marks;
    const last = positionAt(this.#line, Infinity);
    const first = positionAt(this.#line, 0);
    if (!first || !last) return;
    // Of a round trip both are at one place, and stand beside each other.
    const isRound = new LngLat(...first).distanceTo(new LngLat(...last)) < ROUND_M;
    const aside = isRound ? 9 : 0;
    new Marker({ element: finish, offset: [aside, 0] }).setLngLat(last).addTo(this.#map);
    new Marker({ element: start, offset: [-aside, 0] }).setLngLat(first).addTo(this.#map);
  }

  #listen(): void {
    const map = this.#map;
    const point = ({ lngLat }: MapMouseEvent) => this.#setting.onPoint(this.#near(lngLat));
    map.on("mousemove", point);
    map.on("click", point);
    map.on("mouseout", () => this.#setting.onPoint(null));
    map.on("moveend", () => {
      if (map.isStill) return;
      drawGrid(map);
      if (this.#isShown) this.#land();
      this.#setting.onScale(this.#metresPerPx());
    });
    map.on("error", () => this.#setting.onError());
  }

  #land(): void {
    void addLand(this.#map).catch(() => undefined);
  }

  #near({ lng, lat }: LngLat): number | null {
    return nearestKm(this.#line, [lng, lat], REACH_PX * this.#metresPerPx(), this.#km);
  }

  #metresPerPx(): number {
    return metresPerPixel(this.#map.getZoom(), this.#map.getCenter().lat);
  }
}

const WHOLE: Range = { fromKm: 0, toKm: Infinity };
