import CircleAlert from "lucide-react/icons/circle-alert";
import FilePlus from "lucide-react/icons/file-plus";
import Globe from "lucide-react/icons/globe";
import Lock from "lucide-react/icons/lock";
import Pencil from "lucide-react/icons/pencil";
import { problems } from "../api/problems.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Card, CardNumbers } from "../ui/Card.tsx";
import { classes } from "../ui/classes.ts";
import { Thumbnail } from "../ui/Thumbnail.tsx";
import { distanceOf, fileStateOf, type Ride, visibilityOf } from "./ride.ts";
import styles from "./Rides.module.css";
import { texts } from "./texts.ts";

const ICONS = { draft: Pencil, private: Lock, public: Globe };

export function RideCard({ ride }: { ride: Ride }) {
  const t = useTexts(texts);
  const format = useFormat();
  const { gpx_file: track } = ride;
  return (
    <Card
      to={`/app/rides/${ride.trip_id}`}
      title={ride.title}
      about={<time dateTime={ride.start_date}>{format.date(ride.start_date)}</time>}
      picture={<Picture ride={ride} />}
      badge={<Badge ride={ride} />}
    >
      <CardNumbers
        numbers={[
          [t.distance, format.distance(distanceOf(ride))],
          [t.gain, format.elevation(track?.elevation_gain)],
          [t.highest, format.elevation(track?.max_elevation)],
        ]}
      />
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

/** The line of the ride, or what stands in its way. */
function Picture({ ride }: { ride: Ride }) {
  const t = useTexts(texts);
  const allProblems = useTexts(problems);
  const state = fileStateOf(ride);
  switch (state.kind) {
    case "ready":
      return (
        ride.gpx_file?.preview && (
          <Thumbnail polyline={ride.gpx_file.preview.polyline} width={320} height={180} />
        )
      );
    case "processing":
      return (
        <div className={styles["picture"]}>
          <strong>{t.processing}</strong>
          <progress
            className={styles["progress"]}
            max={100}
            value={state.progress}
            aria-label={`${t.processing}: ${ride.title}`}
          />
          <span>{t.stages[state.stage]}</span>
        </div>
      );
    case "failed":
      return (
        <div className={classes(styles["picture"], styles["failed"])}>
          <CircleAlert aria-hidden="true" />
          <strong>{allProblems[state.code ?? "unknown"].title}</strong>
          <span>{t.failedNext}</span>
        </div>
      );
    case "none":
      return (
        <div className={styles["picture"]}>
          <FilePlus aria-hidden="true" />
          <strong>{t.noFile}</strong>
          <span>{t.noFileNext}</span>
        </div>
      );
  }
}
