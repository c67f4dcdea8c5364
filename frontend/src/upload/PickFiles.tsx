import Upload from "lucide-react/icons/upload";
import { useTexts } from "../i18n/use-texts.ts";
import { FileButton } from "../ui/FileButton.tsx";
import { offerFiles } from "./offers.ts";
import { texts } from "./texts.ts";
import styles from "./PickFiles.module.css";

interface PickFilesProps {
  kind?: "primary" | "plain";
  /** Where there is little room: on a phone the sign alone, readers hear the words. */
  isTight?: boolean;
}

/** The way to upload for those who do not drag, such as everybody on a phone. */
export function PickFiles({ kind = "primary", isTight = false }: PickFilesProps) {
  const t = useTexts(texts);
  return (
    <FileButton kind={kind} isMany onFiles={offerFiles}>
      <Upload aria-hidden="true" />
      <span className={isTight ? styles["tight"] : undefined}>{t.pick}</span>
    </FileButton>
  );
}
