import { type ReactNode } from "react";
import { Link } from "react-router";
import { classes } from "./classes.ts";
import styles from "./Card.module.css";

interface CardProps {
  to: string;
  title: string;
  picture: ReactNode;
  /** What stands over the picture's corner. */
  badge?: ReactNode;
  /** The line under the title. */
  about: ReactNode;
  children?: ReactNode;
}

/** One of many: a picture, a name that leads to it, and what matters most about it. */
export function Card({ to, title, picture, badge, about, children }: CardProps) {
  return (
    <article className={styles["card"]}>
      <div className={styles["picture"]}>{picture}</div>
      <div className={styles["body"]}>
        <h2 className={styles["title"]}>
          <Link to={to}>{title}</Link>
        </h2>
        <p className={styles["about"]}>{about}</p>
        {children}
      </div>
      {badge && <div className={styles["badge"]}>{badge}</div>}
    </article>
  );
}

export function Cards({ isBusy = false, children }: { isBusy?: boolean; children: ReactNode }) {
  return (
    <ul className={classes(styles["cards"], isBusy && styles["busy"])} aria-busy={isBusy}>
      {children}
    </ul>
  );
}

/** Where cards will be: as large as they are, so that nothing moves when they come. */
export function CardsToCome({ count }: { count: number }) {
  return (
    <div className={styles["cards"]} aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={styles["card"]}>
          <div className={classes(styles["picture"], styles["blank"])} />
          <div className={styles["body"]}>
            <span className={classes(styles["bar"], styles["long"])} />
            <span className={styles["bar"]} />
            <span className={classes(styles["bar"], styles["numbers"])} />
          </div>
        </div>
      ))}
    </div>
  );
}

/** A few numbers side by side, each under its name. */
export function CardNumbers({ numbers }: { numbers: readonly (readonly [string, string])[] }) {
  return (
    <dl className={styles["figures"]}>
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
