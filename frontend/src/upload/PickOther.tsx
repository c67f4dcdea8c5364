import { useTexts } from "../i18n/use-texts.ts";
import { FileButton } from "../ui/FileButton.tsx";
import { texts } from "./texts.ts";

/** Another file in the place of one that is of no use. */
export function PickOther({ onFile }: { onFile: (file: File) => void }) {
  const t = useTexts(texts);
  return <FileButton onFiles={([file]) => file && onFile(file)}>{t.other}</FileButton>;
}
