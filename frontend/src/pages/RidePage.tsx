import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { ApiError, type Schemas } from "../api/client.ts";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Actions } from "../ride/Actions.tsx";
import { Description } from "../ride/Description.tsx";
import { Heading } from "../ride/Heading.tsx";
import { NumbersSkeleton } from "../ride/Numbers.tsx";
import { useRide } from "../ride/queries.ts";
import { texts } from "../ride/texts.ts";
import { Upload } from "../ride/Upload.tsx";
import { ButtonLink } from "../ui/Button.tsx";
import { classes } from "../ui/classes.ts";
import { Empty } from "../ui/Notice.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { useTitle } from "../ui/use-title.ts";
import { useArriving } from "../upload/arriving.ts";
import { Recording } from "./Recording.tsx";
import styles from "./RidePage.module.css";

/** A ride: its owner's, or one that is published. */
export function RidePage() {
  const { tripId = "" } = useParams();
  const t = useTexts(texts);
  const { data: trip, error, refetch } = useRide(tripId);
  useTitle(trip?.title);
  const status = error instanceof ApiError ? error.status : null;
  // Deleted meanwhile, maybe from this very page.
  if (status === 404) return <Hidden />;
  if (error && !trip) {
    if (status !== null && [400, 401, 403].includes(status)) return <Hidden />;
    return <Trouble error={error} onRetry={() => void refetch()} />;
  }
  if (!trip) {
    return (
      <div className={styles["ride"]}>
        <div className={styles["ghost-title"]} />
        <div className={styles["numbers"]}>
          <NumbersSkeleton />
        </div>
        <div className={classes(styles["stage"], styles["ghost"])} />
        <p className="only-for-readers" role="status">
          {t.loading}
        </p>
      </div>
    );
  }
  return <Ride key={trip.trip_id} trip={trip} />;
}

function Ride({ trip }: { trip: Schemas["TripOut"] }) {
  const session = useSession();
  const navigate = useNavigate();
  const isArriving = useArriving();
  const [isDeleting, setIsDeleting] = useState(false);
  const isOwner = session?.user.user_id === trip.user_id;
  const address = `${globalThis.location.origin}/r/${trip.trip_id}`;
  return (
    <div className={classes(styles["ride"], isDeleting && styles["leaving"])}>
      <Heading trip={trip} isOwner={isOwner}>
        <Actions
          trip={trip}
          isOwner={isOwner}
          address={address}
          isDeleting={isDeleting}
          onDeleting={setIsDeleting}
          onDeleted={() => void navigate("/app/rides")}
        />
      </Heading>
      {trip.gpx_file ? (
        <Recording trip={trip} file={trip.gpx_file} address={address} />
      ) : (
        <div className={styles["whole"]}>
          <Upload
            tripId={trip.trip_id}
            isOwner={isOwner}
            isArriving={isArriving(trip.trip_id)}
            upload={trip.upload}
          />
          <Description html={trip.description} />
        </div>
      )}
    </div>
  );
}

/** For those who may not see the ride, or come too late. */
function Hidden() {
  const t = useTexts(texts);
  const session = useSession();
  useTitle(t.hidden);
  const here = globalThis.location.pathname + globalThis.location.search;
  return (
    <Empty>
      <h1>{t.hidden}</h1>
      <p>{session ? t.hiddenSignedIn : t.hiddenNext}</p>
      {session ? (
        <ButtonLink to="/app/rides">{t.home}</ButtonLink>
      ) : (
        <>
          <ButtonLink kind="primary" to={`/app/sign-in?next=${encodeURIComponent(here)}`}>
            {t.signIn}
          </ButtonLink>
          <ButtonLink to="/">{t.home}</ButtonLink>
        </>
      )}
    </Empty>
  );
}
