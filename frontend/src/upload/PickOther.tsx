import { useTexts } from "../i18n/use-texts.ts";
import { FileButton } from "../ui/FileButton.tsx";
import { texts } from "./texts.ts";

interface PickOtherProps {
  kind?: "primary" | "plain";
  onFile: (file: File) => void;
}

/** Another file in the place of one that is of no use. */
export function PickOther({ kind = "plain", onFile }: PickOtherProps) {
  const t = useTexts(texts);
  return (
    <FileButton kind={kind} onFiles={([file]) => file && onFile(file)}>
      {t.other}
    </FileButton>
  );
}
