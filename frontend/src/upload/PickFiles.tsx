import Upload from "lucide-react/icons/upload";
import { useTexts } from "../i18n/use-texts.ts";
import { FileButton } from "../ui/FileButton.tsx";
import { offerFiles } from "./offers.ts";
import { texts } from "./texts.ts";
import styles from "./PickFiles.module.css";

/** The way to upload for those who do not drag, such as everybody on a phone. */
export function PickFiles({ kind = "primary" }: { kind?: "primary" | "plain" }) {
  const t = useTexts(texts);
  return (
    <FileButton kind={kind} isMany onFiles={offerFiles}>
      <Upload aria-hidden="true" />
      <span className={styles["word"]}>{t.pick}</span>
    </FileButton>
  );
}
