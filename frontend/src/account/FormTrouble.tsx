import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Trouble } from "../ui/Trouble.tsx";
import { texts } from "./texts.ts";
import { type Wait } from "./waiting.ts";

/** What went wrong with a form as a whole, and when it may be sent again. */
export function FormTrouble({ error, wait }: { error: unknown; wait: Wait | null }) {
  const t = useTexts(texts);
  const { language, number } = useFormat();
  return (
    <Trouble error={error}>
      {wait?.kind === "seconds" && <p>{t.waitSeconds(number(wait.seconds))}</p>}
      {wait?.kind === "clock" && (
        <p>
          {t.waitUntil(
            wait.at.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }),
          )}
        </p>
      )}
    </Trouble>
  );
}
