import Upload from "lucide-react/icons/upload";
import { FileTrigger } from "react-aria-components";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { offerFiles } from "./offers.ts";
import { texts } from "./texts.ts";
import styles from "./PickFiles.module.css";

/** The way to upload for those who do not drag, such as everybody on a phone. */
export function PickFiles({ kind = "primary" }: { kind?: "primary" | "plain" }) {
  const t = useTexts(texts);
  return (
    // Without a list of types: phones grey out .gpx where they do not know what it is.
    <FileTrigger allowsMultiple onSelect={(files) => offerFiles(files ? Array.from(files) : [])}>
      <Button kind={kind}>
        <Upload aria-hidden="true" />
        <span className={styles["word"]}>{t.pick}</span>
      </Button>
    </FileTrigger>
  );
}
