import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronUp from "lucide-react/icons/chevron-up";
import { useId, useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { isBusy } from "./engine.ts";
import { ProgressLine } from "./ProgressLine.tsx";
import { uploadsNow } from "./store.ts";
import { texts } from "./texts.ts";
import { isEnded, overallShare, type Upload } from "./upload-state.ts";
import { UploadRow } from "./UploadRow.tsx";
import styles from "./Uploads.module.css";

/** What goes on and what has ended, until the rider takes it away. */
export function UploadPanel({ uploads }: { uploads: readonly Upload[] }) {
  const t = useTexts(texts);
  const id = useId();
  const [isOpen, setOpen] = useState(true);
  if (uploads.length === 0) return null;
  const busy = isBusy(uploads);
  return (
    <section className={styles["panel"]} aria-label={t.panel} data-open={isOpen || undefined}>
      <header className={styles["head"]}>
        <h2 className={styles["title"]}>
          <Heading uploads={uploads} />
        </h2>
        {!busy && (
          <Button kind="quiet" onPress={() => clear(uploads)}>
            {t.clear}
          </Button>
        )}
        <Button
          kind="quiet"
          label={isOpen ? t.hide : t.show}
          aria-expanded={isOpen}
          aria-controls={id}
          onPress={() => setOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown aria-hidden="true" /> : <ChevronUp aria-hidden="true" />}
        </Button>
      </header>
      {busy && <ProgressLine label={t.overall} share={overallShare(uploads)} />}
      <ul id={id} className={styles["list"]} hidden={!isOpen}>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} isAlone={uploads.length <= 3} />
        ))}
      </ul>
    </section>
  );
}

function Heading({ uploads }: { uploads: readonly Upload[] }) {
  const t = useTexts(texts);
  const failed = uploads.filter(({ state }) => state === "failed").length;
  const done = uploads.filter(({ state }) => state === "done").length;
  const going = uploads.filter((upload) => !isEnded(upload)).length;
  const first = going > 0 ? t.going(going) : done > 0 ? t.allDone(done) : t.ended;
  return (
    <>
      {first}
      {failed > 0 && <span className={styles["failed"]}> · {t.someFailed(failed)}</span>}
    </>
  );
}

function clear(uploads: readonly Upload[]): void {
  for (const upload of uploads) {
    if (isEnded(upload)) uploadsNow()?.remove(upload.id);
  }
}
