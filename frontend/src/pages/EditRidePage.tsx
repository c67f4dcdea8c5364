import { useQuery } from "@tanstack/react-query";
import { type ComponentProps, lazy, Suspense } from "react";
import { useNavigate, useParams } from "react-router";
import { ApiError, unwrap } from "../api/client.ts";
import { api, queries } from "../api/service.ts";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { DeleteRide } from "../ride-edit/DeleteRide.tsx";
import { EditRide } from "../ride-edit/EditRide.tsx";
import { ReplaceFile } from "../ride-edit/ReplaceFile.tsx";
import { texts } from "../ride-edit/texts.ts";
import { draftOf } from "../trip-form/trip-form.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { Empty, Waiting } from "../ui/Notice.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { useTitle } from "../ui/use-title.ts";
import { checkFile, replaceFile } from "../upload/replacing.ts";
import { dayOf } from "../upload/suggest.ts";
import { texts as uploadTexts } from "../upload/texts.ts";
import styles from "./EditRidePage.module.css";

// Hardly ever needed.
const ChooseColumns = lazy(async () => ({
  default: (await import("../upload/ChooseColumns.tsx")).ChooseColumns,
}));

/** What a ride is called, its file, and its end. */
export function EditRidePage() {
  const t = useTexts(texts);
  const { describe } = useTexts(uploadTexts);
  const { tripId = "" } = useParams();
  const navigate = useNavigate();
  const userId = useSession()?.user.user_id;
  const { data, error, refetch } = useQuery({
    queryKey: ["trips", "edit", tripId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/trips/{trip_id}", { params: { path: { trip_id: tripId } }, signal })),
  });
  useTitle(data ? `${t.heading}: ${data.title}` : t.heading);
  const isRefused = error instanceof ApiError && [400, 403, 404].includes(error.status);
  if (isRefused || (data && data.user_id !== userId)) return <NotToEdit />;
  return (
    <div className={styles["page"]}>
      <div className={styles["head"]}>
        <h1>{t.heading}</h1>
        <ButtonLink to={`/app/rides/${tripId}`} kind="quiet">
          {t.back}
        </ButtonLink>
      </div>
      {error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Waiting>{t.loading}</Waiting>
      ) : (
        <>
          <EditRide key={tripId} trip={data} today={dayOf(new Date())} />
          <ReplaceFile
            current={data.upload}
            check={(file) => checkFile(file, describe)}
            ask={(asking: Omit<ComponentProps<typeof ChooseColumns>, "mapping">) => (
              <Suspense>
                <ChooseColumns {...asking} mapping={null} />
              </Suspense>
            )}
            replace={async (file, mapping) => {
              const isInTheWay = data.upload?.processing_status === "completed";
              await replaceFile(tripId, draftOf(data), { file, mapping }, isInTheWay);
              await queries.invalidateQueries({ queryKey: ["trips"] });
            }}
          />
          <DeleteRide
            tripId={tripId}
            title={data.title}
            onDeleted={() => void navigate("/app/rides", { replace: true })}
          />
        </>
      )}
    </div>
  );
}

/** For those whose ride it is not, or who come too late. */
function NotToEdit() {
  const t = useTexts(texts);
  return (
    <Empty>
      <h1>{t.notToEdit}</h1>
      <p>{t.notToEditNext}</p>
      <ButtonLink to="/app/rides">{t.toRides}</ButtonLink>
    </Empty>
  );
}
