import { useMemo } from "react";
import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { classes } from "../ui/classes.ts";
import { deviceNumbers } from "./device.ts";
import { MeasuredNumber } from "./MeasuredNumber.tsx";
import { firstNumbers, otherNumbers, type Shown } from "./numbers.ts";
import { texts } from "./texts.ts";
import styles from "./Numbers.module.css";

interface NumbersProps {
  file: Schemas["GpxMetadataOut"];
  /** Undefined while they are on their way. */
  statistics: Schemas["RouteStatisticsOut"] | null | undefined;
}

/** The four numbers that everybody looks at first. */
export function FirstNumbers(props: NumbersProps) {
  const format = useFormat();
  return <Numbers {...props} shown={firstNumbers(props.file, props.statistics, format)} isBig />;
}

export function OtherNumbers(props: NumbersProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const shown = otherNumbers(props.file, props.statistics, format);
  if (shown.length === 0) return null;
  return (
    <section className={styles["others"]} aria-label={t.more}>
      <h2>{t.more}</h2>
      <Numbers {...props} shown={shown} />
    </section>
  );
}

function Numbers({
  file,
  shown,
  isBig = false,
}: NumbersProps & { shown: Shown[]; isBig?: boolean }) {
  const format = useFormat();
  const device = useMemo(() => deviceNumbers(file.device_totals, format), [file, format]);
  return (
    <dl className={classes(styles["numbers"], isBig && styles["big"])}>
      {shown.map((each) => (
        <MeasuredNumber
          key={each.name}
          shown={each}
          device={each.name in device ? device[each.name as keyof typeof device] : undefined}
        />
      ))}
    </dl>
  );
}

/** Their places, before they are known. */
export function NumbersSkeleton() {
  return (
    <div className={classes(styles["numbers"], styles["big"])} aria-hidden="true">
      {[1, 2, 3, 4].map((place) => (
        <div key={place} className={styles["number"]}>
          <span className={styles["ghost"]} />
          <span className={classes(styles["ghost"], styles["tall"])} />
        </div>
      ))}
    </div>
  );
}
