import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { type Schemas } from "../api/client.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { FileButton } from "../ui/FileButton.tsx";
import { Waiting } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { tell } from "../ui/toasts.ts";
import { Trouble } from "../ui/Trouble.tsx";
import { texts } from "./texts.ts";
import styles from "./EditRide.module.css";

interface Asking<Choice> {
  file: File;
  onChosen: (choice: Choice) => void;
  onClose: () => void;
}

interface ReplaceFileProps<Choice> {
  /** What was sent, whatever became of it. */
  current: Pick<Schemas["UploadStateOut"], "file_name" | "processing_status"> | null;
  /**
   * Whether the file can be sent as it is, or only with what the rider says about it. Throws where
   * the service would not take it at all, while the one before is still there.
   */
  check: (file: File) => Promise<"ready" | "unclear">;
  /** Asks the rider what the file holds. */
  ask: (asking: Asking<Choice>) => ReactNode;
  /** Takes the file that the ride has away, if it is in the way, and sends the new one. */
  replace: (file: File, choice: Choice | null) => Promise<void>;
}

/** Whoever came for the file has it in view, below all that is said of the ride. */
function usePlaceOfAddress() {
  const place = useRef<HTMLElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (hash !== `#${place.current?.id ?? ""}`) return;
    place.current?.scrollIntoView({ block: "center" });
    place.current?.querySelector("button")?.focus({ preventScroll: true });
  }, [hash]);
  return place;
}

/** The file of a ride, and another one in its place. */
export function ReplaceFile<Choice>({ current, check, ask, replace }: ReplaceFileProps<Choice>) {
  const t = useTexts(texts);
  const [next, setNext] = useState<{ file: File; choice: Choice | null } | null>(null);
  const [unclear, setUnclear] = useState<File | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const status = current?.processing_status;
  const place = usePlaceOfAddress();

  const send = async (file: File, choice: Choice | null) => {
    setNext(null);
    try {
      await replace(file, choice);
      tell(t.replaced);
    } catch (failure) {
      setError(failure);
    }
  };
  const take = async (file: File, choice: Choice | null) => {
    // Nothing is lost by a first file, or by one in the place of one that was of no use.
    if (status === "completed") setNext({ file, choice });
    else await send(file, choice);
  };
  const choose = async (file: File) => {
    setError(null);
    setLooking(true);
    try {
      if ((await check(file)) === "unclear") setUnclear(file);
      else await take(file, null);
    } catch (failure) {
      setError(failure);
    } finally {
      setLooking(false);
    }
  };

  return (
    <section ref={place} id="file" className={styles["part"]} aria-labelledby="file-of-ride">
      <h2 id="file-of-ride">{t.file}</h2>
      {current && <p className={styles["name"]}>{current.file_name}</p>}
      <p className={styles["note"]}>{status ? t[status] : t.noFile}</p>
      {error !== null && <Trouble error={error} />}
      {isLooking ? (
        <Waiting>{t.looking}</Waiting>
      ) : (
        status !== "processing" && (
          <FileButton onFiles={([chosen]) => chosen && void choose(chosen)}>
            {current ? t.replace : t.choose}
          </FileButton>
        )
      )}
      {unclear &&
        ask({
          file: unclear,
          onChosen: (choice) => {
            setUnclear(null);
            void take(unclear, choice);
          },
          onClose: () => setUnclear(null),
        })}
      <Sheet title={t.replaceTitle} isOpen={next !== null} isAlert onClose={() => setNext(null)}>
        <p>{t.replaceWhat(current?.file_name ?? "", next?.file.name ?? "")}</p>
        <SheetActions>
          <Button kind="danger" onPress={() => next && void send(next.file, next.choice)}>
            {t.replaceDo}
          </Button>
          <Button kind="primary" onPress={() => setNext(null)}>
            {t.keep}
          </Button>
        </SheetActions>
      </Sheet>
    </section>
  );
}
