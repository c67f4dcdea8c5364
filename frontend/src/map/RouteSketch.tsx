import { useMemo } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { decoded, sketch } from "./polyline.ts";
import { texts } from "./texts.ts";
import styles from "./RideMap.module.css";

/** The line alone: before the map is there, where it cannot be, and on paper. */
export function RouteSketch({ polyline }: { polyline: string }) {
  const t = useTexts(texts);
  const path = useMemo(() => sketch(decoded(polyline), 600, 400), [polyline]);
  return (
    <svg className={styles["sketch"]} viewBox="0 0 600 400" role="img" aria-label={t.sketch}>
      <path d={path} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
