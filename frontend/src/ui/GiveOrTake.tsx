import { defineTexts } from "../i18n/texts.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { type Margin } from "./give-or-take.ts";
import styles from "./GiveOrTake.module.css";

const texts = defineTexts({
  es: { inWords: (half: string) => `más o menos ${half}` },
  en: { inWords: (half: string) => `give or take ${half}` },
});

/** Stands quietly behind a number; in words for those who hear it. */
export function GiveOrTake({ margin }: { margin: Margin }) {
  const t = useTexts(texts);
  return (
    <span className={styles["give-or-take"]}>
      <span aria-hidden="true">±&nbsp;{margin.half}</span>
      <span className="only-for-readers">{t.inWords(margin.half)}</span>
    </span>
  );
}
