import RotateCw from "lucide-react/icons/rotate-cw";
import X from "lucide-react/icons/x";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { mayNeedOtherFile } from "../api/help.ts";
import { problems } from "../api/problems.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Thumbnail } from "../ui/Thumbnail.tsx";
import { tell } from "../ui/toasts.ts";
import { type Failure } from "./failure.ts";
import { problemWith } from "./problem-with.ts";
import { ChooseColumns } from "./ChooseColumns.tsx";
import { PickOther } from "./PickOther.tsx";
import { ProgressLine } from "./ProgressLine.tsx";
import { uploadsNow } from "./store.ts";
import { texts } from "./texts.ts";
import { isEnded, shareOf, type Upload } from "./upload-state.ts";
import styles from "./Uploads.module.css";

interface RowProps {
  upload: Upload;
  /** Whether there is room to tell all of a failure at once. */
  isAlone: boolean;
}

export function UploadRow({ upload, isAlone }: RowProps) {
  const t = useTexts(texts);
  const { id, trip, name, numbers, state, failure, tripId } = upload;
  const title = trip.title || name;
  return (
    <li className={styles["row"]} data-state={state}>
      <Thumbnail polyline={numbers?.polyline} width={64} height={48} />
      <div className={styles["body"]}>
        <p className={styles["name"]} title={name}>
          {title}
        </p>
        {state === "failed" && failure ? (
          <Why failure={failure} isOpen={isAlone} />
        ) : (
          <p className={styles["what"]}>
            <What upload={upload} />
          </p>
        )}
        {!isEnded(upload) && (
          <ProgressLine
            label={t.progressOf(title)}
            share={state === "creating" ? null : shareOf(upload)}
          />
        )}
        {state === "failed" && failure && <WayOut upload={upload} failure={failure} />}
        {state === "done" && tripId && (
          <Link to={`/app/rides/${tripId}`} aria-label={t.viewOf(title)}>
            {t.view}
          </Link>
        )}
      </div>
      {isEnded(upload) ? (
        <Button kind="quiet" label={t.remove(title)} onPress={() => uploadsNow()?.remove(id)}>
          <X aria-hidden="true" />
        </Button>
      ) : (
        <Button kind="quiet" label={t.cancel(title)} onPress={() => uploadsNow()?.cancel(id)}>
          <X aria-hidden="true" />
        </Button>
      )}
    </li>
  );
}

function What({ upload }: { upload: Upload }): ReactNode {
  const t = useTexts(texts);
  const format = useFormat();
  switch (upload.state) {
    case "queued":
      return upload.gpxFileId ? t.arrived : t.queued;
    case "creating":
      return t.creating;
    case "sending":
      return upload.sent < upload.size
        ? t.sent(format.bytes(upload.sent), format.bytes(upload.size))
        : t.arrived;
    case "processing":
      return upload.progress ? t.stages[upload.progress.stage] : t.arrived;
    case "waiting":
      return <Patience until={upload.until} tries={upload.tries} />;
    case "cancelled":
      return t.cancelled;
    case "done":
      return upload.numbers
        ? [
            format.distance(upload.numbers.distanceKm),
            format.elevation(upload.numbers.gainM),
            upload.numbers.movingMin === null ? null : format.duration(upload.numbers.movingMin),
          ]
            .filter(Boolean)
            .join(" · ")
        : t.stages.done;
    case "failed":
      return null;
  }
}

const SOON_TRIES = 6;

function Patience({ until, tries }: { until: number | null; tries: number }) {
  const t = useTexts(texts);
  const { language } = useFormat();
  if (!navigator.onLine) return t.waitingOffline;
  if (until === null || tries <= SOON_TRIES) return t.waitingSoon;
  const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  return t.waitingUntil(clock.format(until));
}

function Why({ failure, isOpen }: { failure: Failure; isOpen: boolean }) {
  const t = useTexts(texts);
  const problem = problemWith(failure, useTexts(problems), t);
  return (
    <details className={styles["why"]} open={isOpen}>
      <summary>{problem.title}</summary>
      {failure.detail && <p>{failure.detail}.</p>}
      <p>{problem.next}</p>
    </details>
  );
}

function WayOut({ upload, failure }: { upload: Upload; failure: Failure }) {
  const t = useTexts(texts);
  const words = useTexts(problems);
  const { id, trip, name, tripId } = upload;
  const refill = async (file: File) => {
    const wrong = await uploadsNow()?.refill(id, file);
    if (wrong) tell(problemWith(wrong, words, t).title);
  };
  const other = <PickOther onFile={(file) => void refill(file)} />;
  if (failure.help === "again") {
    return (
      <div className={styles["ways"]}>
        <Button aria-label={t.retryOf(trip.title || name)} onPress={() => uploadsNow()?.retry(id)}>
          <RotateCw aria-hidden="true" />
          {t.retry}
        </Button>
        {mayNeedOtherFile(failure.code) && other}
      </div>
    );
  }
  if (failure.help === "columns") return <PickColumns upload={upload} />;
  if (failure.help === "otherFile") return other;
  return tripId && <Link to={`/app/rides/${tripId}/edit`}>{t.edit}</Link>;
}

/** A table that was not recognised is sent again with the columns that the rider chooses. */
function PickColumns({ upload }: { upload: Upload }) {
  const t = useTexts(texts);
  const { id, trip, name, mapping = null } = upload;
  const [file, setFile] = useState<File | null>(null);
  const open = async () => {
    const kept = await uploadsNow()?.fileOf(id);
    if (kept) setFile(kept);
    else tell(t.tableGone);
  };
  return (
    <>
      <Button aria-label={t.columnsOf(trip.title || name)} onPress={() => void open()}>
        {t.columnsPick}
      </Button>
      {file && (
        <ChooseColumns
          file={file}
          mapping={mapping}
          onChosen={(chosen) => {
            setFile(null);
            void uploadsNow()?.refill(id, file, chosen);
          }}
          onClose={() => setFile(null)}
        />
      )}
    </>
  );
}
