import Upload from "lucide-react/icons/upload";
import { useEffect, useEffectEvent, useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { filesIn } from "./dropped.ts";
import { texts } from "./texts.ts";
import styles from "./DropEverywhere.module.css";

/** Takes files that are dropped anywhere on the page. By keyboard there is `PickFiles`. */
export function DropEverywhere({ onFiles }: { onFiles: (files: File[]) => void }) {
  const t = useTexts(texts);
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    // Each element under the pointer is entered before the one above it is left.
    let depth = 0;
    const ended = new AbortController();
    const listen = (type: "dragenter" | "dragover" | "dragleave" | "drop", change: () => void) =>
      globalThis.addEventListener(
        type,
        (event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          change();
          if (type !== "drop") return;
          void filesIn(event.dataTransfer).then((files) => take(files));
        },
        { signal: ended.signal },
      );
    const to = (next: number) => {
      depth = Math.max(next, 0);
      setOver(depth > 0);
    };
    listen("dragenter", () => to(depth + 1));
    listen("dragover", () => undefined);
    listen("dragleave", () => to(depth - 1));
    listen("drop", () => to(0));
    return () => ended.abort();
  }, []);
  if (!isOver) return null;
  return (
    <div className={styles["veil"]}>
      <p className={styles["hint"]}>
        <Upload aria-hidden="true" />
        {t.drop}
      </p>
    </div>
  );
}
