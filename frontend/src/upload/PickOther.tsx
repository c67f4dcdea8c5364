import { FileTrigger } from "react-aria-components";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { texts } from "./texts.ts";

/** Another file in the place of one that is of no use. */
export function PickOther({ onFile }: { onFile: (file: File) => void }) {
  const t = useTexts(texts);
  return (
    <FileTrigger
      onSelect={(files) => {
        const file = files?.[0];
        if (file) onFile(file);
      }}
    >
      <Button>{t.other}</Button>
    </FileTrigger>
  );
}
