import { useMemo } from "react";
import { classes } from "./classes.ts";
import { decodePolyline, pathOf } from "./polyline.ts";
import styles from "./Thumbnail.module.css";

interface ThumbnailProps {
  /** Encoded, as `gpx_file.preview.polyline` has it; without one the place stays empty. */
  polyline?: string | null | undefined;
  /** Of the drawing, in its own units; the box is as large as its surroundings make it. */
  width?: number;
  height?: number;
  className?: string;
}

/** The line of a ride, small. What it shows is said beside it, so readers pass it over. */
export function Thumbnail({ polyline, width = 96, height = 72, className }: ThumbnailProps) {
  const path = useMemo(
    () => (polyline ? pathOf(decodePolyline(polyline), { width, height, margin: 8 }) : ""),
    [polyline, width, height],
  );
  return (
    <svg
      className={classes(styles["thumbnail"], className)}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      focusable="false"
    >
      {path && <path d={path} />}
    </svg>
  );
}
