import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useTexts } from "../i18n/use-texts.ts";
import type { Shown } from "./numbers.ts";
import { texts } from "./texts.ts";
import styles from "./Numbers.module.css";

/** A number with its name, which tells how it is measured when it is pressed. */
export function MeasuredNumber({ shown, device }: { shown: Shown; device?: string | undefined }) {
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
              {device && <p>{t.deviceWhy}</p>}
            </Dialog>
          </Popover>
        </DialogTrigger>
      </dt>
      <dd>
        <span className={styles["value"]}>{shown.value}</span>
        {shown.span && <span className={styles["span"]}>{shown.span}</span>}
        {device && <span className={styles["span"]}>{t.device(device)}</span>}
      </dd>
    </div>
  );
}
