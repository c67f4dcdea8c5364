import { type ReactNode } from "react";
import { classes } from "./classes.ts";
import styles from "./Notice.module.css";

interface NoticeProps {
  title?: string;
  isBad?: boolean;
  children?: ReactNode;
}

/** Something to know; with `isBad`, something that went wrong, which is read out at once. */
export function Notice({ title, isBad = false, children }: NoticeProps) {
  return (
    <div
      className={classes(styles["notice"], isBad && styles["bad"])}
      role={isBad ? "alert" : "status"}
    >
      {title && <p className={styles["title"]}>{title}</p>}
      {children}
    </div>
  );
}

/** A place where there is nothing yet, and what to do about it. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className={styles["empty"]}>{children}</div>;
}

export function Waiting({ children }: { children: ReactNode }) {
  return (
    <p className={styles["waiting"]} role="status">
      {children}
    </p>
  );
}
