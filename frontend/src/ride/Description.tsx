import { useMemo } from "react";
import { useTexts } from "../i18n/use-texts.ts";
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

/** The text of every block, in order; nothing of the markup gets into the page. */
export function paragraphsOf(html: string): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const end of page.querySelectorAll("p, div, li, br, h1, h2, h3, h4, blockquote")) {
    end.after("\n");
    if (end.matches("p, div, li, h1, h2, h3, h4, blockquote")) end.before("\n");
  }
  return page.body.textContent
    .split(/\n+/)
    .map((text) => text.trim())
    .filter(Boolean);
}
