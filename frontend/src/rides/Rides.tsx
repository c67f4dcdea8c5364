import { type ReactNode } from "react";
import { useSearchParams } from "react-router";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Cards, CardsToCome } from "../ui/Card.tsx";
import { Empty } from "../ui/Notice.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { countOf, type Filters, filtersOf, NO_FILTERS, withFilters } from "./filters.ts";
import { NoRides } from "./NoRides.tsx";
import { RideCard } from "./RideCard.tsx";
import { type Ride, totalsOf } from "./ride.ts";
import { RidesFilters } from "./RidesFilters.tsx";
import styles from "./Rides.module.css";
import { texts } from "./texts.ts";
import { PAGE_SIZE, useRides } from "./use-rides.ts";

interface RidesProps {
  username: string;
  /** What begins an upload; stands where there is no ride yet. */
  begin?: ReactNode;
  /** Whether the file of a ride is on its way from this device. */
  isArriving?: (tripId: string) => boolean;
}

/** A cyclist's own rides: to look through, to find one, to see how an upload is getting on. */
export function Rides({ username, begin, isArriving = () => false }: RidesProps) {
  const t = useTexts(texts);
  const [params, setParams] = useSearchParams();
  const filters = filtersOf(params);
  const list = useRides(username, filters);
  const choose = (changes: Partial<Filters>, { isTyping = false } = {}) => {
    // What is still being typed is one step back, not one for each letter.
    setParams((now) => withFilters(now, { ...filtersOf(now), ...changes }), {
      replace: isTyping,
      preventScrollReset: true,
    });
  };
  const isFiltered = countOf(filters) > 0;
  const hasNone = list.isSuccess && list.total === 0 && !list.isPlaceholderData;

  return (
    <div className={styles["rides"]}>
      <header className={styles["header"]}>
        <div>
          <h1>{t.title}</h1>
          <Totals rides={list.rides} total={list.total} isKnown={list.isSuccess} />
        </div>
      </header>
      {(isFiltered || !hasNone) && (
        <RidesFilters username={username} filters={filters} onChange={choose} />
      )}
      {list.isPending && (
        <div role="status">
          <span className="only-for-readers">{t.loading}</span>
          <CardsToCome count={8} />
        </div>
      )}
      {list.isError && list.rides.length === 0 && (
        <Trouble error={list.error} onRetry={() => void list.refetch()} />
      )}
      {hasNone && !isFiltered && <NoRides>{begin}</NoRides>}
      {hasNone && isFiltered && (
        <Empty>
          <h2>{t.nothingFound}</h2>
          <p>{t.nothingFoundNext}</p>
          <Button onPress={() => choose({ ...NO_FILTERS, sort: filters.sort })}>{t.clear}</Button>
        </Empty>
      )}
      {list.rides.length > 0 && (
        <section aria-label={t.list}>
          <Cards isBusy={list.isPlaceholderData}>
            {list.rides.map((ride) => (
              <li key={ride.trip_id}>
                <RideCard ride={ride} isArriving={isArriving(ride.trip_id)} />
              </li>
            ))}
          </Cards>
        </section>
      )}
      <More list={list} />
    </div>
  );
}

function Totals({
  rides,
  total,
  isKnown,
}: {
  rides: readonly Ride[];
  total: number;
  isKnown: boolean;
}) {
  const t = useTexts(texts);
  const format = useFormat();
  const { distanceKm, gainM } = totalsOf(rides);
  const sums = [format.distance(distanceKm, 0), format.elevation(gainM)] as const;
  return (
    <p className={styles["totals"]} role="status">
      {isKnown && total > 0 && (
        <>
          <strong>{t.count(total, format.number(total))}</strong>
          <span>
            {rides.length < total
              ? t.sumOfLoaded(format.number(rides.length), ...sums)
              : t.sum(...sums)}
          </span>
        </>
      )}
    </p>
  );
}

function More({ list }: { list: ReturnType<typeof useRides> }) {
  const t = useTexts(texts);
  const format = useFormat();
  if (!list.hasNextPage) return null;
  const next = Math.min(PAGE_SIZE, list.total - list.rides.length);
  return (
    <div className={styles["more"]}>
      {list.isFetchNextPageError && <p role="alert">{t.moreFailed}</p>}
      <Button isPending={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
        {list.isFetchingNextPage ? t.loadingMore : t.more(next, format.number(next))}
      </Button>
    </div>
  );
}
