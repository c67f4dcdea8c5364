import { type ReactNode } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import styles from "./Rides.module.css";
import { texts } from "./texts.ts";

/** Where there is no ride yet: how to begin. */
export function NoRides({ children }: { children: ReactNode }) {
  const t = useTexts(texts);
  return (
    <section className={styles["none"]} aria-labelledby="no-rides">
      <h2 id="no-rides">{t.none}</h2>
      <p>{t.noneLead}</p>
      {children}
      <ol className={styles["steps"]}>
        {t.begin.map(({ title, text }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
