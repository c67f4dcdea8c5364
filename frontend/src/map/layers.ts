/** The ride on the map: its line in colours, the chosen stretch, marks of distance, named places. */
import type { Feature, FeatureCollection } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Range } from "../api/samples.ts";
import { type Band, SHADES } from "../ui/scales.ts";
import type { Tokens } from "../ui/tokens.ts";
import { MARK_STEPS, stepOf } from "./detail.ts";
import { type Line, partsOf, positionAt } from "./line.ts";

export const RIDE_TOKENS = [...SHADES, "card", "ink", "ink-soft", "line-strong", "focus"] as const;
export type RideTokens = Tokens<(typeof RIDE_TOKENS)[number]>;

export interface Place {
  longitude: number;
  latitude: number;
  name: string | null;
}

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const WIDTH: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 5, 3, 12, 4.5, 16, 6];
const CASING: ExpressionSpecification = [
  "interpolate",
  ["linear"],
  ["zoom"],
  5,
  5,
  12,
  7.5,
  16,
  10,
];
const HALO: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 5, 11, 12, 15, 16, 20];

export function addRide(map: MapLibre, colours: RideTokens): void {
  for (const id of ["ride", "stretch", "marks", "places"]) {
    map.addSource(id, { type: "geojson", data: EMPTY, ...(id === "ride" && { tolerance: 0.2 }) });
  }
  const rounded = { "line-cap": "round", "line-join": "round" } as const;
  map.addLayer({
    id: "stretch",
    type: "line",
    source: "stretch",
    layout: rounded,
    paint: { "line-color": colours.focus, "line-width": HALO, "line-opacity": 0.45 },
  });
  map.addLayer({
    id: "casing",
    type: "line",
    source: "ride",
    layout: rounded,
    paint: { "line-color": colours.card, "line-width": CASING },
  });
  map.addLayer({
    id: "ride",
    type: "line",
    source: "ride",
    layout: rounded,
    paint: {
      "line-color": [
        "match",
        ["get", "shade"],
        ...SHADES.flatMap((shade) => [shade, colours[shade]]),
        colours["line-strong"],
      ] as unknown as string,
      "line-width": WIDTH,
    },
  });
  for (const { every, minzoom } of MARK_STEPS) {
    map.addLayer({
      id: `marks-${every}`,
      type: "symbol",
      source: "marks",
      minzoom,
      filter: ["==", ["get", "every"], every],
      layout: { "icon-image": ["get", "image"], "icon-padding": 6 },
    });
  }
  map.addLayer({
    id: "places",
    type: "circle",
    source: "places",
    paint: {
      "circle-radius": 4.5,
      "circle-color": colours.card,
      "circle-stroke-color": colours.ink,
      "circle-stroke-width": 2,
    },
  });
  map.addLayer({
    id: "place-names",
    type: "symbol",
    source: "places",
    minzoom: 10,
    filter: ["has", "image"],
    layout: { "icon-image": ["get", "image"], "icon-anchor": "bottom", "icon-offset": [0, -8] },
  });
  map.setMissingStyleImageResolver((id) => {
    const text = /^(?:mark|place)-(.+)$/s.exec(id)?.[1];
    const badge = text === undefined ? null : badgeOf(text, colours);
    if (badge) map.addImage(id, badge, { pixelRatio: RATIO });
  });
}

/** The line in its colours: of one shade, all parts together. */
export function showLine(map: MapLibre, line: Line, bands: readonly Band[]): void {
  const whole = { fromKm: 0, toKm: line.km.at(-1) ?? 0, shade: null };
  const byShade = new Map<string, Band[]>();
  for (const band of bands.length > 0 ? bands : [whole]) {
    const shade = band.shade ?? "unknown";
    const alike = byShade.get(shade);
    if (alike) alike.push(band);
    else byShade.set(shade, [band]);
  }
  show(
    map,
    "ride",
    [...byShade].map(([shade, alike]) =>
      lineFeature(
        alike.flatMap((band) => partsOf(line, band)),
        { shade },
      ),
    ),
  );
}

export function showStretch(map: MapLibre, line: Line, range: Range | null): void {
  show(map, "stretch", range ? [lineFeature(partsOf(line, range))] : []);
}

/** Marks at every kilometre or mile; of long rides at every tenth only. */
export function showMarks(map: MapLibre, line: Line, kmPerUnit: number): void {
  const total = (line.km.at(-1) ?? 0) / kmPerUnit;
  const step = total > 2000 ? 10 : 1;
  const marks: Feature[] = [];
  for (let count = step; count < total; count += step) {
    const place = positionAt(line, count * kmPerUnit);
    if (!place) continue;
    const properties = { every: stepOf(count), image: `mark-${count}` };
    marks.push({ type: "Feature", properties, geometry: { type: "Point", coordinates: place } });
  }
  show(map, "marks", marks);
}

export function showPlaces(map: MapLibre, places: readonly Place[]): void {
  show(
    map,
    "places",
    places.map(({ longitude, latitude, name }) => ({
      type: "Feature",
      properties: name ? { image: `place-${name.slice(0, 40)}` } : {},
      geometry: { type: "Point", coordinates: [longitude, latitude] },
    })),
  );
}

function show(map: MapLibre, id: string, features: Feature[]): void {
  void map.getSource<GeoJSONSource>(id)?.setData({ type: "FeatureCollection", features });
}

function lineFeature(parts: number[][][], properties = {}): Feature {
  return { type: "Feature", properties, geometry: { type: "MultiLineString", coordinates: parts } };
}

const RATIO = 2;

/** A word on a small plate: fonts of map styles are not needed for it. */
function badgeOf(text: string, colours: RideTokens): ImageData | null {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return null;
  const font = `600 ${11 * RATIO}px system-ui, sans-serif`;
  pen.font = font;
  const [width, height] = [Math.ceil(pen.measureText(text).width) + 10 * RATIO, 18 * RATIO];
  canvas.width = width;
  canvas.height = height;
  pen.font = font;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.beginPath();
  pen.roundRect(1, 1, width - 2, height - 2, height / 2);
  pen.fillStyle = colours.card;
  pen.fill();
  pen.lineWidth = RATIO;
  pen.strokeStyle = colours["line-strong"];
  pen.stroke();
  pen.fillStyle = colours.ink;
  pen.fillText(text, width / 2, height / 2 + RATIO / 2);
  return pen.getImageData(0, 0, width, height);
}
