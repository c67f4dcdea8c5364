import { useQuery } from "@tanstack/react-query";
import { type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Card, CardNumbers, Cards, CardsToCome } from "../ui/Card.tsx";
import { Thumbnail } from "../ui/Thumbnail.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import styles from "./Public.module.css";
import { texts } from "./texts.ts";

const SHOWN = 8;

/** What riders have published last. */
export function NewestRides() {
  const t = useTexts(texts);
  const newest = useQuery({
    queryKey: ["trips", "public", SHOWN],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/trips/public", { params: { query: { limit: SHOWN } }, signal })),
  });
  return (
    <section aria-labelledby="newest" className={styles["part"]}>
      <h2 id="newest">{t.newest}</h2>
      {newest.isPending && (
        <div role="status">
          <span className="only-for-readers">{t.loading}</span>
          <CardsToCome count={4} />
        </div>
      )}
      {newest.isError && !newest.data && (
        <Trouble error={newest.error} onRetry={() => void newest.refetch()} />
      )}
      {newest.data?.trips.length === 0 && <p className={styles["none"]}>{t.none}</p>}
      {newest.data && newest.data.trips.length > 0 && (
        <Cards>
          {newest.data.trips.map((ride) => (
            <li key={ride.trip_id}>
              <PublicCard ride={ride} />
            </li>
          ))}
        </Cards>
      )}
    </section>
  );
}

type Ride = Pick<
  Schemas["ListedTripOut"],
  "trip_id" | "title" | "author" | "start_date" | "distance_km"
> & { gpx_file: Track | null };
type Track = Pick<Schemas["ListedGpxOut"], "distance_km" | "elevation_gain" | "max_elevation"> & {
  preview: { polyline: string } | null;
};

function PublicCard({ ride }: { ride: Ride }) {
  const t = useTexts(texts);
  const format = useFormat();
  const { gpx_file: track } = ride;
  return (
    <Card
      to={`/r/${ride.trip_id}`}
      title={ride.title}
      about={t.by(ride.author.full_name ?? ride.author.username, format.date(ride.start_date))}
      picture={
        track?.preview && <Thumbnail polyline={track.preview.polyline} width={240} height={180} />
      }
    >
      <CardNumbers
        numbers={[
          [t.distance, format.distance(track?.distance_km ?? ride.distance_km)],
          [t.gain, format.elevation(track?.elevation_gain)],
          [t.highest, format.elevation(track?.max_elevation)],
        ]}
      />
    </Card>
  );
}
