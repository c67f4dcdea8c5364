import { useEffect, useRef, useState } from "react";
import { problems } from "../api/problems.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { problemWith } from "./problem-with.ts";
import { texts } from "./texts.ts";
import { type Upload } from "./upload-state.ts";

/** Says, for those who hear the page, what has ended; not each step before. */
export function Announcer({ uploads }: { uploads: readonly Upload[] }) {
  const t = useTexts(texts);
  const words = useTexts(problems);
  const [said, say] = useState("");
  const before = useRef(uploads);
  useEffect(() => {
    const was = new Map(before.current.map((upload) => [upload.id, upload.state]));
    before.current = uploads;
    const news = uploads.flatMap((upload) => {
      const { id, state, failure, trip } = upload;
      if (!was.has(id) && state === "done") return [];
      if (was.get(id) === state) return [];
      if (state === "done") return [t.saidDone(trip.title)];
      if (state !== "failed" || !failure) return [];
      return [t.saidFailed(trip.title, problemWith(failure, words, t).title)];
    });
    if (news.length > 0) say(news.join(" "));
  }, [uploads, t, words]);
  return (
    <p className="only-for-readers" role="status" aria-live="polite">
      {said}
    </p>
  );
}
