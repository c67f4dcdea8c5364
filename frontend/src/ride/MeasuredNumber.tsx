import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useTexts } from "../i18n/use-texts.ts";
import { GiveOrTake } from "../ui/GiveOrTake.tsx";
import type { DeviceRow } from "./device.ts";
import type { Shown } from "./numbers.ts";
import { texts } from "./texts.ts";
import styles from "./Numbers.module.css";

/** A number with its name, which tells how it is measured when it is pressed. */
export function MeasuredNumber({
  shown,
  device,
}: {
  shown: Shown;
  device?: DeviceRow | undefined;
}) {
  const t = useTexts(texts);
  const { label, how } = t.numbers[shown.name];
  return (
    <div className={styles["number"]}>
      <dt>
        <DialogTrigger>
          <Button className={styles["label"] ?? ""} aria-label={t.how(label)}>
            {label}
          </Button>
          <Popover className={styles["popover"] ?? ""} placement="bottom start">
            <Dialog className={styles["how"] ?? ""} aria-label={t.how(label)}>
              <p>{how}</p>
              {shown.margin && <p>{t.margin(shown.margin.low, shown.margin.high)}</p>}
              {device?.reason && <p>{t.reasons[device.reason]}</p>}
            </Dialog>
          </Popover>
        </DialogTrigger>
      </dt>
      <dd className={styles["told"]}>
        <span className={styles["value"]}>{shown.value}</span>
        {shown.margin && <GiveOrTake margin={shown.margin} />}
        {shown.span && <span className={styles["span"]}>{shown.span}</span>}
        {device && <span className={styles["span"]}>{t.device(device.value)}</span>}
      </dd>
    </div>
  );
}
