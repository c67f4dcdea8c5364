/**
 * What lies under the line: the operator's style or tiles where the page names them, and otherwise
 * the outline of the land, which came with the app and asks nobody for anything.
 */
import type { FeatureCollection } from "geojson";
import {
  addProtocol,
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  type Map as MapLibre,
  type StyleSpecification,
} from "maplibre-gl";
import type { Topology } from "topojson-specification";
import landAddress from "world-atlas/land-50m.json?url";
import type { Tokens } from "../ui/tokens.ts";
import { gridStep } from "./detail.ts";
import { flatLand } from "./land.ts";

export type BaseTokens = Tokens<
  "map-land" | "map-water" | "map-green" | "map-road" | "map-line" | "card"
>;

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
/** The outline is true to a kilometre or two: closer up it would put rides into the sea. */
const OUTLINE_ENDS = [7.5, 10] as const;
const hasLand = new WeakSet<GeoJSONSource>();

export function named(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || null;
}

export async function baseStyle(colours: BaseTokens): Promise<StyleSpecification | string> {
  const style = named("map-style");
  if (style !== null) return style;
  const tiles = named("map-tiles");
  if (tiles === null) return outline(colours);
  return tiled(tiles, colours).catch(() => outline(colours));
}

/**
 * The outline, for those who look from so far away that it is seen; it comes once, when the line
 * stands already.
 */
export async function addLand(map: MapLibre): Promise<void> {
  const source = map.getSource<GeoJSONSource>("land");
  if (!source || hasLand.has(source) || map.getZoom() > OUTLINE_ENDS[1]) return;
  hasLand.add(source);
  const topology = (await (await fetch(landAddress)).json()) as Topology;
  await source.setData(flatLand(topology));
  map.setLayoutProperty("water", "visibility", "visible");
}

function outline(colours: BaseTokens): StyleSpecification {
  const water: ExpressionSpecification = [
    "interpolate",
    ["linear"],
    ["zoom"],
    OUTLINE_ENDS[0],
    colours["map-water"],
    OUTLINE_ENDS[1],
    colours["map-land"],
  ];
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: EMPTY, maxzoom: 10, tolerance: 0.5 },
      grid: { type: "geojson", data: EMPTY },
    },
    layers: [
      {
        id: "paper",
        type: "background",
        paint: { "background-color": colours["map-land"] },
      },
      // Seen with the land: without it every ride would lie in the sea.
      {
        id: "water",
        type: "background",
        layout: { visibility: "none" },
        paint: { "background-color": water },
      },
      {
        id: "land",
        type: "fill",
        source: "land",
        paint: { "fill-color": colours["map-land"], "fill-antialias": true },
      },
      {
        id: "coast",
        type: "line",
        source: "land",
        maxzoom: OUTLINE_ENDS[1],
        paint: {
          "line-color": colours["map-line"],
          "line-opacity": [
            "interpolate",
            ["linear"],
            ["zoom"],
            OUTLINE_ENDS[0],
            1,
            OUTLINE_ENDS[1],
            0,
          ],
        },
      },
      {
        id: "grid",
        type: "line",
        source: "grid",
        paint: { "line-color": colours["map-line"], "line-opacity": 0.55 },
      },
    ],
  };
}

/** Meridians and parallels over what is seen and a little around it. */
export function drawGrid(map: MapLibre): void {
  const source = map.getSource<GeoJSONSource>("grid");
  if (!source) return;
  const bounds = map.getBounds();
  const width = bounds.getEast() - bounds.getWest();
  const step = gridStep(width / map.getContainer().clientWidth);
  const [south, north] = [
    Math.max(bounds.getSouth() - step, -85),
    Math.min(bounds.getNorth() + step, 85),
  ];
  const [west, east] = [bounds.getWest() - width / 2, bounds.getEast() + width / 2];
  const lines: number[][][] = [];
  for (let at = Math.ceil(west / step) * step; at <= east; at += step) {
    lines.push([
      [at, south],
      [at, north],
    ]);
  }
  // Parallels lie closer together on the screen towards the equator.
  const rows = gridStep((width / map.getContainer().clientWidth) * cosine(bounds.getCenter().lat));
  for (let at = Math.ceil(south / rows) * rows; at <= north; at += rows) {
    lines.push([
      [west, at],
      [east, at],
    ]);
  }
  void source.setData({ type: "MultiLineString", coordinates: lines });
}

function cosine(latitude: number): number {
  return Math.cos((latitude * Math.PI) / 180);
}

/** A file of tiles: pictures as they are; of vectors what the usual two schemas call by these names. */
async function tiled(address: string, colours: BaseTokens): Promise<StyleSpecification> {
  const { PMTiles, Protocol, TileType } = await import("pmtiles");
  const file = new PMTiles(new URL(address, globalThis.location.href).href);
  const protocol = new Protocol();
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile);
  const { tileType } = await file.getHeader();
  const url = `pmtiles://${file.source.getKey()}`;
  const background: LayerSpecification = {
    id: "background",
    type: "background",
    paint: { "background-color": colours["map-land"] },
  };
  if (tileType !== TileType.Mvt) {
    const layer: LayerSpecification = { id: "tiles", type: "raster", source: "tiles" };
    return {
      version: 8,
      sources: { tiles: { type: "raster", url, tileSize: 256 } },
      layers: [background, layer],
    };
  }
  const metadata = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  const known = new Set(metadata.vector_layers?.map(({ id }) => id));
  const layers = VECTOR_LAYERS.filter(([name]) => known.has(name)).map(
    ([name, kind, colour]): LayerSpecification =>
      kind === "fill"
        ? {
            id: name,
            type: "fill",
            source: "tiles",
            "source-layer": name,
            filter: ["==", ["geometry-type"], "Polygon"],
            paint: { "fill-color": colours[colour] },
          }
        : {
            id: name,
            type: "line",
            source: "tiles",
            "source-layer": name,
            paint: {
              "line-color": colours[colour],
              "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 6, 0.5, 16, 5],
            },
          },
  );
  return {
    version: 8,
    sources: { tiles: { type: "vector", url } },
    layers: [background, ...layers],
  };
}

/** Of Protomaps and of OpenMapTiles, from the bottom up. */
const VECTOR_LAYERS = [
  ["earth", "fill", "map-land"],
  ["landcover", "fill", "map-green"],
  ["landuse", "fill", "map-green"],
  ["park", "fill", "map-green"],
  ["water", "fill", "map-water"],
  ["waterway", "line", "map-water"],
  ["boundaries", "line", "map-line"],
  ["boundary", "line", "map-line"],
  ["roads", "line", "map-road"],
  ["transportation", "line", "map-road"],
  ["buildings", "fill", "map-line"],
  ["building", "fill", "map-line"],
] as const;
