import Download from "lucide-react/icons/download";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import styles from "./Account.module.css";
import { takeOriginals } from "./originals.ts";
import { texts } from "./texts.ts";

/** Everything that was uploaded, to be kept elsewhere; ends when it is not shown any more. */
export function TakeOriginals({ username }: { username: string }) {
  const t = useTexts(texts);
  const { number } = useFormat();
  const [progress, setProgress] = useState<[done: number, all: number] | null>(null);
  const ended = useRef<AbortController>(null);
  useEffect(() => () => ended.current?.abort(), []);
  const taking = useMutation({
    mutationFn: () => {
      ended.current = new AbortController();
      return takeOriginals(username, t.archive(username), {
        signal: ended.current.signal,
        onProgress: (done, all) => setProgress([done, all]),
      });
    },
    onSettled: () => setProgress(null),
  });
  const { data } = taking;
  return (
    <div className={styles["take"]}>
      <p>{t.takeLead}</p>
      <Button isPending={taking.isPending} onPress={() => taking.mutate()}>
        <Download aria-hidden="true" />
        {t.take}
      </Button>
      {/* Has its place before anything is said, so that nothing moves. */}
      <p role="status" className={styles["taken"]}>
        {progress && t.taking(number(progress[0] + 1), number(progress[1]))}
        {data && t.taken(data.files)} {data && data.missing > 0 && t.takenBut(data.missing)}
      </p>
      {taking.isError && <Trouble error={taking.error} />}
    </div>
  );
}
