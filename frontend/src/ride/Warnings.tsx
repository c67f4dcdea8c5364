import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { texts } from "./texts.ts";
import { sentences, warningsOf } from "./warnings.ts";
import styles from "./Ride.module.css";

/** What was wrong in the file, and what became of it. */
export function Warnings({ warnings }: { warnings: Schemas["WarningOut"][] }) {
  const t = useTexts(texts);
  const told = useTexts(sentences);
  const format = useFormat();
  if (warnings.length === 0) return null;
  return (
    <section className={styles["card"]}>
      <h2>{t.warnings}</h2>
      <ul className={styles["sentences"]}>
        {warningsOf(warnings, told, format.number).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
