import styles from "./Uploads.module.css";

/** How far something is, between 0 and 1; without a `share` that it goes on. */
export function ProgressLine({ label, share }: { label: string; share: number | null }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      className={styles["track"]}
    >
      <div
        className={share === null ? styles["endless"] : styles["fill"]}
        style={share === null ? undefined : { transform: `scaleX(${share})` }}
      />
    </div>
  );
}
