import { ProgressBar } from "react-aria-components";
import styles from "./Uploads.module.css";

/** How far something is, between 0 and 1; without a `share` that it goes on. */
export function ProgressLine({ label, share }: { label: string; share: number | null }) {
  return (
    <ProgressBar
      aria-label={label}
      isIndeterminate={share === null}
      value={(share ?? 0) * 100}
      className={styles["track"] ?? ""}
    >
      <div
        className={share === null ? styles["endless"] : styles["fill"]}
        style={share === null ? undefined : { transform: `scaleX(${share})` }}
      />
    </ProgressBar>
  );
}
