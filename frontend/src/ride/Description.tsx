import { useMemo } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { paragraphsOf } from "./paragraphs.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

/** What the rider tells of the ride; its markup is for paragraphs, and is read as such. */
export function Description({ html }: { html: string }) {
  const t = useTexts(texts);
  const paragraphs = useMemo(() => paragraphsOf(html), [html]);
  if (paragraphs.length === 0) return null;
  return (
    <section className={styles["card"]}>
      <h2>{t.description}</h2>
      <div className={styles["description"]}>
        {paragraphs.map((text, index) => (
          <p key={index}>{text}</p>
        ))}
      </div>
    </section>
  );
}
