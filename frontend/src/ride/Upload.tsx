import { useEffect, useState } from "react";
import type { Schemas } from "../api/client.ts";
import { helpFor } from "../api/help.ts";
import { problems } from "../api/problems.ts";
import { api, connection } from "../api/service.ts";
import { type Progress, watchUpload } from "../api/watching.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { Empty, Notice } from "../ui/Notice.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { changed, renewed, useReprocessing } from "./owner.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

interface UploadProps {
  tripId: string;
  isOwner: boolean;
  /** Whether its file is on its way from this device. */
  isArriving: boolean;
  /** What was sent; null where nothing was. */
  upload: Pick<
    Schemas["UploadStateOut"],
    "gpx_file_id" | "processing_status" | "error_code" | "error_reason" | "error_message"
  > | null;
}

/** What stands where the numbers will be: there is no route, it is being read, or it failed. */
export function Upload({ tripId, isOwner, isArriving, upload }: UploadProps) {
  if (upload === null && isArriving) return <Arriving />;
  if (upload === null) return <NoRoute tripId={tripId} isOwner={isOwner} />;
  if (upload.processing_status === "failed") {
    return (
      <Failed
        tripId={tripId}
        isOwner={isOwner}
        gpxFileId={upload.gpx_file_id}
        code={upload.error_code}
        reason={upload.error_reason}
        // Only of what is in the file; the sentence of a code alone is the app's own.
        why={upload.error_reason && upload.error_message}
      />
    );
  }
  return <Processing tripId={tripId} gpxFileId={upload.gpx_file_id} />;
}

function Arriving() {
  const t = useTexts(texts);
  return (
    <Empty>
      <h2>{t.arriving}</h2>
      <p>{t.arrivingNext}</p>
    </Empty>
  );
}

function NoRoute({ tripId, isOwner }: { tripId: string; isOwner: boolean }) {
  const t = useTexts(texts);
  return (
    <Empty>
      <h2>{t.noRoute}</h2>
      <p>{isOwner ? t.noRouteOwner : t.noRouteOther}</p>
      {isOwner && (
        <ButtonLink kind="primary" to={`/app/rides/${tripId}/edit#file`}>
          {t.addFile}
        </ButtonLink>
      )}
    </Empty>
  );
}

export function Processing({ tripId, gpxFileId }: { tripId: string; gpxFileId: string }) {
  const t = useTexts(texts);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const over = new AbortController();
    watchUpload(api, connection, gpxFileId, { signal: over.signal, onProgress: setProgress }).then(
      () => renewed(tripId, gpxFileId),
      (reason: unknown) => {
        if (!over.signal.aborted) setError(reason);
      },
    );
    return () => over.abort();
  }, [tripId, gpxFileId]);
  if (error !== null) return <Trouble error={error} onRetry={() => void changed(tripId)} />;
  const percent = progress?.progress ?? 0;
  return (
    <div className={styles["processing"]}>
      <Notice title={t.processing}>
        <p>{t.stages[progress?.stage ?? "queued"]}</p>
        <progress
          className={styles["progress"]}
          max={100}
          value={percent}
          aria-label={t.processing}
        >
          {percent}
        </progress>
        <p className={styles["soft"]}>{t.processingNext}</p>
      </Notice>
    </div>
  );
}

interface FailedProps {
  tripId: string;
  isOwner: boolean;
  gpxFileId: string;
  code: Schemas["ErrorCode"] | null;
  reason: Schemas["FileReason"] | null;
  /** The service's own sentence. */
  why: string | null;
}

/** What helps comes first: the same again where the service was at fault, else another file. */
function Failed({ tripId, isOwner, gpxFileId, code, reason, why }: FailedProps) {
  const t = useTexts(texts);
  const isOurs = helpFor(code ?? "unknown", reason) === "again";
  const problem = useTexts(problems)[code ?? "unknown"];
  const reprocessing = useReprocessing(tripId, gpxFileId);
  const again = (
    <Button
      kind={isOurs ? "primary" : "plain"}
      isPending={reprocessing.isPending}
      onPress={() => reprocessing.mutate()}
    >
      {t.again}
    </Button>
  );
  return (
    <Notice title={problem.title} isBad>
      {why && <p>{why}.</p>}
      <p>{problem.next}</p>
      {isOwner && (
        <div className={styles["actions"]}>
          {isOurs && again}
          <ButtonLink kind={isOurs ? "plain" : "primary"} to={`/app/rides/${tripId}/edit#file`}>
            {t.replace}
          </ButtonLink>
          {!isOurs && again}
        </div>
      )}
      {reprocessing.error && <Trouble error={reprocessing.error} />}
    </Notice>
  );
}
