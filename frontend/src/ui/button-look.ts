import { classes } from "./classes.ts";
import styles from "./Button.module.css";

export interface ButtonLook {
  kind?: "plain" | "primary" | "danger" | "quiet" | undefined;
  /** Shows a picture alone; the label is for those who hear the page. */
  label?: string | undefined;
}

/** The class of whatever looks like a button. */
export function lookOf({ kind = "plain", label }: ButtonLook): string {
  return classes(styles["button"], kind !== "plain" && styles[kind], label && styles["icon"]);
}
