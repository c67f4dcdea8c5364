import { useTexts } from "../i18n/use-texts.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { Mountain } from "./Mountain.tsx";
import styles from "./Public.module.css";
import { texts } from "./texts.ts";

/** What this is, for somebody who comes by. */
export function Hero() {
  const t = useTexts(texts);
  return (
    <section className={styles["hero"]}>
      <div className={styles["words"]}>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
        <div className={styles["ways"]}>
          <ButtonLink kind="primary" to="/app/register">
            {t.register}
          </ButtonLink>
          <ButtonLink to="/app/sign-in">{t.signIn}</ButtonLink>
        </div>
      </div>
      <Mountain />
    </section>
  );
}
