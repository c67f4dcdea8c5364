import type { ReactNode } from "react";
import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

/** Whose ride it is, when it was, and what it is called. */
export function Heading({
  trip,
  isOwner,
  children,
}: {
  trip: Schemas["TripOut"];
  isOwner: boolean;
  children?: ReactNode;
}) {
  const t = useTexts(texts);
  const format = useFormat();
  const start = trip.gpx_file?.start_local;
  const facts = [
    start ? format.dateTime(start) : days(trip, format.date),
    trip.difficulty && t.difficulty[trip.difficulty],
    isOwner ? null : t.by(trip.author.full_name ?? trip.author.username),
  ].filter(Boolean);
  return (
    <header className={styles["heading"]}>
      <div className={styles["title"]}>
        <h1>{trip.title}</h1>
        <p className={styles["soft"]}>
          {facts.join(" · ")}
          {isOwner && trip.is_private && <span className={styles["tag"]}>{t.isPrivate}</span>}
          {isOwner && trip.status === "draft" && <span className={styles["tag"]}>{t.isDraft}</span>}
        </p>
      </div>
      {children}
    </header>
  );
}

function days(
  { start_date, end_date }: Schemas["TripOut"],
  date: (iso: string | null) => string,
): string {
  return end_date && end_date !== start_date
    ? `${date(start_date)} – ${date(end_date)}`
    : date(start_date);
}
