import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Notice } from "../ui/Notice.tsx";
import { tell } from "../ui/toasts.ts";
import { Announcer } from "./Announcer.tsx";
import { DropEverywhere } from "./DropEverywhere.tsx";
import { unfinishedOnDevice } from "./keeping.ts";
import { draftFor } from "./look.ts";
import { offerFiles, takeOffers } from "./offers.ts";
import { SaveRide } from "./SaveRide.tsx";
import {
  losesOnLeaving,
  uploadsFor,
  uploadsNow,
  useUploads,
  type Wanted,
  withoutKnown,
} from "./store.ts";
import { texts } from "./texts.ts";
import { UploadPanel } from "./UploadPanel.tsx";
import styles from "./Uploads.module.css";

/** Whatever has to do with uploads and is there on every page. */
export function Uploads() {
  const t = useTexts(texts);
  const userId = useSession()?.user.user_id ?? null;
  const uploads = useUploads();
  const [single, setSingle] = useState<File | null>(null);

  useEffect(() => uploadsFor(userId), [userId]);
  useEffect(() => {
    if (userId === null) return undefined;
    return takeOffers((files) => {
      const fresh = withoutKnown(files, uploadsNow()?.now() ?? []);
      const known = files.length - fresh.length;
      if (known > 0) tell(t.known(known));
      const [first, ...others] = fresh;
      if (first && others.length === 0 && first.size > 0 && /\.gpx$/i.test(first.name)) {
        setSingle(first);
      } else void addAll(fresh, t.describe);
    });
  }, [userId, t]);
  useAskBeforeLeaving(losesOnLeaving(uploads));

  if (userId === null) return <SignedOut />;
  return (
    <>
      <DropEverywhere onFiles={offerFiles} />
      <UploadPanel uploads={uploads} />
      <Announcer uploads={uploads} />
      {single && <SaveRide key={newKey(single)} file={single} onClose={() => setSingle(null)} />}
    </>
  );
}

function newKey({ name, size, lastModified }: File): string {
  return `${name} ${size} ${lastModified}`;
}

async function addAll(files: File[], describe: (fileName: string) => string): Promise<void> {
  const wanted: Wanted[] = await Promise.all(
    files.map(async (file) => ({ file, trip: await draftFor(file, describe) })),
  );
  await uploadsNow()?.add(wanted);
}

/** What a session that has ended left behind goes on once its rider is back. */
function SignedOut() {
  const t = useTexts(texts);
  const { pathname, search } = useLocation();
  const [count] = useState(unfinishedOnDevice);
  if (count === 0 || pathname === "/app/sign-in") return null;
  return (
    <div className={styles["corner"]}>
      <Notice title={t.signedOut(count)}>
        <Link to={`/app/sign-in?next=${encodeURIComponent(pathname + search)}`}>{t.signIn}</Link>
      </Notice>
    </div>
  );
}

function useAskBeforeLeaving(isLoss: boolean): void {
  useEffect(() => {
    if (!isLoss) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [isLoss]);
}
