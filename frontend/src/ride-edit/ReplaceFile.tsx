import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { type Schemas } from "../api/client.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Waiting } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { tell } from "../ui/toasts.ts";
import { Trouble } from "../ui/Trouble.tsx";
import { texts } from "./texts.ts";
import styles from "./EditRide.module.css";

interface ReplaceFileProps {
  current: Pick<Schemas["GpxMetadataOut"], "file_name" | "processing_status"> | null;
  /** Throws where the service would not take the file, while the one before is still there. */
  check: (file: File) => Promise<void>;
  /** Takes the file that the ride has away, if it is in the way, and sends the new one. */
  replace: (file: File) => Promise<void>;
}

/** The file of a ride, and another one in its place. */
export function ReplaceFile({ current, check, replace }: ReplaceFileProps) {
  const t = useTexts(texts);
  const [file, setFile] = useState<File | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const status = current?.processing_status;

  const send = async (chosen: File) => {
    setFile(null);
    try {
      await replace(chosen);
      tell(t.replaced);
    } catch (failure) {
      setError(failure);
    }
  };
  const choose = async (chosen: File) => {
    setError(null);
    setLooking(true);
    try {
      await check(chosen);
      // Nothing is lost by a first file, or by one in the place of one that was of no use.
      if (status === "completed") setFile(chosen);
      else await send(chosen);
    } catch (failure) {
      setError(failure);
    } finally {
      setLooking(false);
    }
  };

  return (
    <section className={styles["part"]} aria-labelledby="file-of-ride">
      <h2 id="file-of-ride">{t.file}</h2>
      {current && <p className={styles["name"]}>{current.file_name}</p>}
      <p className={styles["note"]}>{status ? t[status] : t.noFile}</p>
      {error !== null && <Trouble error={error} />}
      {isLooking ? (
        <Waiting>{t.looking}</Waiting>
      ) : (
        status !== "processing" && (
          <FileTrigger
            onSelect={(files) => {
              const chosen = files?.[0];
              if (chosen) void choose(chosen);
            }}
          >
            <Button>{current ? t.replace : t.choose}</Button>
          </FileTrigger>
        )
      )}
      <Sheet title={t.replaceTitle} isOpen={file !== null} isAlert onClose={() => setFile(null)}>
        <p>{t.replaceWhat(current?.file_name ?? "", file?.name ?? "")}</p>
        <SheetActions>
          <Button kind="danger" onPress={() => file && void send(file)}>
            {t.replaceDo}
          </Button>
          <Button kind="primary" onPress={() => setFile(null)}>
            {t.keep}
          </Button>
        </SheetActions>
      </Sheet>
    </section>
  );
}
