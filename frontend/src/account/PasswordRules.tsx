import Check from "lucide-react/icons/check";
import Circle from "lucide-react/icons/circle";
import { useTexts } from "../i18n/use-texts.ts";
import styles from "./Account.module.css";
import { isMet, RULES } from "./password-rules.ts";
import { texts } from "./texts.ts";

/** What a new password needs, ticked off while it is typed. */
export function PasswordRules({ id, password }: { id: string; password: string }) {
  const t = useTexts(texts);
  return (
    <div id={id} className={styles["rules"]}>
      <p>{t.rules}</p>
      <ul>
        {RULES.map((rule) => {
          const met = isMet(rule, password);
          return (
            <li key={rule} data-met={met || undefined}>
              {met ? <Check aria-hidden="true" /> : <Circle aria-hidden="true" />}
              {t.rule[rule]}
              <span className="only-for-readers">: {met ? t.met : t.unmet}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
