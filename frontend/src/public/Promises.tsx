import Code from "lucide-react/icons/code";
import EyeOff from "lucide-react/icons/eye-off";
import Gauge from "lucide-react/icons/gauge";
import ShieldCheck from "lucide-react/icons/shield-check";
import { useTexts } from "../i18n/use-texts.ts";
import styles from "./Public.module.css";
import { texts } from "./texts.ts";

const PROMISES = [
  ["trust", Gauge],
  ["safe", ShieldCheck],
  ["open", Code],
  ["quiet", EyeOff],
] as const;

/** Why to trust it. */
export function Promises() {
  const t = useTexts(texts);
  return (
    <section aria-labelledby="promises" className={styles["part"]}>
      <h2 id="promises">{t.promises}</h2>
      <ul className={styles["promises"]}>
        {PROMISES.map(([name, Icon]) => (
          <li key={name}>
            <Icon aria-hidden="true" />
            <h3>{t[name].title}</h3>
            <p>{t[name].text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
