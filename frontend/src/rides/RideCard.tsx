import CircleAlert from "lucide-react/icons/circle-alert";
import FilePlus from "lucide-react/icons/file-plus";
import Globe from "lucide-react/icons/globe";
import Hourglass from "lucide-react/icons/hourglass";
import Lock from "lucide-react/icons/lock";
import Pencil from "lucide-react/icons/pencil";
import { problems } from "../api/problems.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Card, CardNumbers } from "../ui/Card.tsx";
import { classes } from "../ui/classes.ts";
import { Thumbnail } from "../ui/Thumbnail.tsx";
import { distanceOf, type FileState, fileStateOf, type Ride, visibilityOf } from "./ride.ts";
import styles from "./Rides.module.css";
import { texts } from "./texts.ts";

const SIGNS = { arriving: Hourglass, processing: Hourglass, failed: CircleAlert, none: FilePlus };
const ICONS = { draft: Pencil, private: Lock, public: Globe };

interface RideCardProps {
  ride: Ride;
  /** Whether its file is on its way from this device. */
  isArriving: boolean;
}

export function RideCard({ ride, isArriving }: RideCardProps) {
  const format = useFormat();
  const state = fileStateOf(ride, isArriving);
  return (
    <Card
      to={`/app/rides/${ride.trip_id}`}
      title={ride.title}
      about={<time dateTime={ride.start_date}>{format.date(ride.start_date)}</time>}
      picture={<Picture ride={ride} kind={state.kind} />}
      badge={<Badge ride={ride} />}
    >
      <About ride={ride} state={state} />
    </Card>
  );
}

function Badge({ ride }: { ride: Ride }) {
  const t = useTexts(texts);
  const visibility = visibilityOf(ride);
  const Icon = ICONS[visibility];
  return (
    <span className={classes(styles["badge"], styles[visibility])}>
      <Icon aria-hidden="true" />
      {t.visibility[visibility]}
    </span>
  );
}

/** The line of the ride, or a sign of what stands in its way. */
function Picture({ ride, kind }: { ride: Ride; kind: FileState["kind"] }) {
  if (kind === "ready") {
    return <Thumbnail polyline={ride.gpx_file?.preview?.polyline} width={240} height={180} />;
  }
  const Icon = SIGNS[kind];
  return (
    <span className={classes(styles["sign"], styles[kind])}>
      <Icon aria-hidden="true" />
    </span>
  );
}

/** Its numbers, or in their place what is to be known of its file. */
function About({ ride, state }: { ride: Ride; state: FileState }) {
  const t = useTexts(texts);
  const allProblems = useTexts(problems);
  const format = useFormat();
  switch (state.kind) {
    case "ready":
      return (
        <CardNumbers
          numbers={[
            [t.distance, format.distance(distanceOf(ride))],
            [t.gain, format.elevation(ride.gpx_file?.elevation_gain)],
            [t.highest, format.elevation(ride.gpx_file?.max_elevation)],
          ]}
        />
      );
    case "processing":
      return (
        <div className={styles["state"]}>
          <span>{t.stages[state.stage]}</span>
          <progress max={100} value={state.progress} aria-label={t.processingOf(ride.title)} />
        </div>
      );
    case "failed":
      return (
        <div className={styles["state"]}>
          <strong className={styles["bad"]}>{allProblems[state.code ?? "unknown"].title}</strong>
          <span>{t.failedNext}</span>
        </div>
      );
    case "arriving":
      return (
        <div className={styles["state"]}>
          <strong>{t.arriving}</strong>
        </div>
      );
    case "none":
      return (
        <div className={styles["state"]}>
          <strong>{t.noFile}</strong>
          <span>{t.noFileNext}</span>
        </div>
      );
  }
}
