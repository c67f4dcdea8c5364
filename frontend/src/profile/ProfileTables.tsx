import { useState } from "react";
import type { Samples } from "../api/samples.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { kilometresOf } from "./profile-math.ts";
import { texts } from "./texts.ts";
import styles from "./Profile.module.css";

interface Climb {
  fromKm: number;
  toKm: number;
  name: string;
  gainM: number;
  average: number;
  steepest: number;
}

/** The profile for those who do not see the curve; worked out when it is opened. */
export function ProfileTables({ samples, climbs }: { samples: Samples; climbs: readonly Climb[] }) {
  const t = useTexts(texts);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className={styles["tables"]}
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary>{t.tables}</summary>
      {isOpen && climbs.length > 0 && <Climbs climbs={climbs} />}
      {isOpen && <Kilometres samples={samples} />}
    </details>
  );
}

function Climbs({ climbs }: { climbs: readonly Climb[] }) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <Table
      caption={t.climbs}
      heads={[t.name, t.from, t.to, t.length, t.gain, t.gradient, t.steepest]}
    >
      {climbs.map((climb) => (
        <tr key={climb.fromKm}>
          <th scope="row">{climb.name}</th>
          <td>{format.distance(climb.fromKm)}</td>
          <td>{format.distance(climb.toKm)}</td>
          <td>{format.distance(climb.toKm - climb.fromKm)}</td>
          <td>{format.elevation(climb.gainM)}</td>
          <td>{format.gradient(climb.average)}</td>
          <td>{format.gradient(climb.steepest)}</td>
        </tr>
      ))}
    </Table>
  );
}

function Kilometres({ samples }: { samples: Samples }) {
  const t = useTexts(texts);
  const format = useFormat();
  const hasTime = samples.has("time");
  return (
    <Table
      caption={t.kilometres(format.units)}
      heads={[t.to, t.elevation, t.rise, t.gradient, ...(hasTime ? [t.time] : [])]}
    >
      {kilometresOf(samples, format.kmPerUnit).map((row) => (
        <tr key={row.fromKm}>
          <th scope="row">{format.distance(row.toKm)}</th>
          <td>{format.elevation(row.elevation)}</td>
          <td>{format.elevation(row.rise)}</td>
          <td>{format.gradient(row.gradient)}</td>
          {hasTime && <td>{format.duration(row.minutes)}</td>}
        </tr>
      ))}
    </Table>
  );
}

function Table(props: { caption: string; heads: string[]; children: React.ReactNode }) {
  return (
    // A wide table is scrolled with the keyboard too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles["table"]} role="region" aria-label={props.caption} tabIndex={0}>
      <table>
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
