import type { Schemas } from "../api/client.ts";
import { useFormat } from "../i18n/format.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { deviceRows } from "./device.ts";
import { firstNumbers, otherNumbers } from "./numbers.ts";
import { texts } from "./texts.ts";
import styles from "./DeviceTotals.module.css";

interface DeviceTotalsProps {
  file: Schemas["GpxMetadataOut"];
  statistics: Schemas["RouteStatisticsOut"] | null | undefined;
}

/** The totals of the recorder beside ours, and why they differ where they do. */
export function DeviceTotals({ file, statistics }: DeviceTotalsProps) {
  const t = useTexts(texts);
  const format = useFormat();
  const rows = deviceRows(file.device_totals, format);
  if (rows.length === 0) return null;
  const ours = [
    ...firstNumbers(file, statistics, format),
    ...otherNumbers(file, statistics, format),
  ];
  return (
    <section className={styles["totals"]} aria-labelledby="device-totals">
      <div>
        <h2 id="device-totals">{t.deviceTotals}</h2>
        <p className={styles["note"]}>{t.deviceTotalsNote}</p>
      </div>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t.ours}</th>
            <th scope="col">{file.device_totals?.device ?? t.yourDevice}</th>
          </tr>
        </thead>
        {rows.map(({ name, value, reason }) => (
          <tbody key={name}>
            <tr>
              <th scope="row">{t.numbers[name].label}</th>
              <td>{ours.find((our) => our.name === name)?.value}</td>
              <td>{value}</td>
            </tr>
            {reason && (
              <tr className={styles["why"]}>
                <td colSpan={3}>{t.reasons[reason]}</td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    </section>
  );
}
