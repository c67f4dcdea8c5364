import { Download, Ellipsis, Pencil, Share2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { Schemas } from "../api/client.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { tell } from "../ui/toasts.ts";
import { TriggerButton } from "../ui/TriggerButton.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { deleteLater } from "./deleting.ts";
import { download, type Format, FORMATS } from "./downloads.ts";
import { isDescribed, isPublic, usePublishing, useReprocessing } from "./owner.ts";
import { share } from "./sharing.ts";
import { texts } from "./texts.ts";
import styles from "./Ride.module.css";

interface ActionsProps {
  trip: Schemas["TripOut"];
  isOwner: boolean;
  /** Where others find the ride. */
  address: string;
  isDeleting: boolean;
  onDeleting: (isDeleting: boolean) => void;
  onDeleted: () => void;
}

/** What can be done with a ride: by everybody, and by its owner. */
export function Actions(props: ActionsProps) {
  const { trip, isOwner, address } = props;
  const t = useTexts(texts);
  const [error, setError] = useState<unknown>(null);
  const file = trip.gpx_file;
  const onShare = () => {
    if (!isPublic(trip)) tell(t.sharePrivate);
    void share(address, t);
  };
  return (
    <div className={styles["actions-box"]}>
      <div className={styles["actions"]}>
        <Button onPress={onShare}>
          <Share2 aria-hidden="true" />
          <span className={styles["word"]}>{t.share}</span>
        </Button>
        {file && (
          <Downloads
            onChoose={(format) => {
              setError(null);
              download(file.gpx_file_id, format, trip.title).catch(setError);
            }}
          />
        )}
        {isOwner && (
          <ButtonLink to={`/app/rides/${trip.trip_id}/edit`} label={t.edit}>
            <Pencil aria-hidden="true" />
          </ButtonLink>
        )}
        {isOwner && <OwnerMenu {...props} onError={setError} />}
      </div>
      {error !== null && <Trouble error={error} />}
    </div>
  );
}

function Downloads({ onChoose }: { onChoose: (format: Format) => void }) {
  const t = useTexts(texts);
  return (
    <MenuButton
      button={
        <TriggerButton>
          <Download aria-hidden="true" />
          <span className={styles["word"]}>{t.download}</span>
        </TriggerButton>
      }
      label={t.download}
      items={FORMATS.map((format) => [t.formats[format], () => onChoose(format)])}
    />
  );
}

function OwnerMenu(props: ActionsProps & { onError: (error: unknown) => void }) {
  const { trip, isDeleting, onDeleting, onDeleted, onError } = props;
  const t = useTexts(texts);
  const isShown = isPublic(trip);
  const publishing = usePublishing(trip, (isNowPublic) =>
    tell(isNowPublic ? t.published : t.nowPrivate),
  );
  const reprocessing = useReprocessing(trip.trip_id, trip.gpx_file?.gpx_file_id ?? "");
  const publish = () => {
    if (!isShown && !isDescribed(trip)) tell(t.shortDescription);
    else publishing.mutate(!isShown, { onError });
  };
  const trigger = useRef<HTMLButtonElement>(null);
  const wasDeleting = useRef(isDeleting);
  useEffect(() => {
    // Undone: the note that had the focus is gone.
    const isLost = document.activeElement === document.body;
    if (wasDeleting.current && !isDeleting && isLost) trigger.current?.focus();
    wasDeleting.current = isDeleting;
  }, [isDeleting]);
  const remove = () => {
    onDeleting(true);
    deleteLater(trip.trip_id, { done: t.deleting, undo: t.undo }, (isGone, error) => {
      onDeleting(false);
      if (isGone) {
        tell(t.deleted);
        onDeleted();
      } else if (error) onError(error);
      else tell(t.kept);
    });
  };
  return (
    <MenuButton
      button={
        <TriggerButton ref={trigger} label={t.more_actions} isDisabled={isDeleting}>
          <Ellipsis aria-hidden="true" />
        </TriggerButton>
      }
      label={t.more_actions}
      items={[
        [isShown ? t.makePrivate : t.publish, publish],
        ...(trip.gpx_file
          ? [[t.again, () => reprocessing.mutate(undefined, { onError })] as const]
          : []),
        [t.delete, remove],
      ]}
    />
  );
}

interface MenuButtonProps {
  button: ReactNode;
  label: string;
  items: readonly (readonly [string, () => void])[];
}

function MenuButton({ button, label, items }: MenuButtonProps) {
  return (
    <MenuTrigger>
      {button}
      <Popover placement="bottom end" className={styles["menu-box"] ?? ""}>
        <Menu aria-label={label} className={styles["menu"] ?? ""}>
          {items.map(([name, run]) => (
            <MenuItem key={name} className={styles["menu-item"] ?? ""} onAction={run}>
              {name}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
