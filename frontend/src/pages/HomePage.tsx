import { Navigate } from "react-router";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Hero } from "../public/Hero.tsx";
import { NewestRides } from "../public/NewestRides.tsx";
import { Promises } from "../public/Promises.tsx";
import { Notice } from "../ui/Notice.tsx";
import { useTitle } from "../ui/use-title.ts";
import styles from "./HomePage.module.css";
import { useLeaving } from "./leaving.ts";
import { texts } from "./texts.ts";

export function HomePage() {
  useTitle(undefined);
  const t = useTexts(texts);
  const { isLeaving, isDeleted } = useLeaving();
  const isSignedIn = useSession() !== null;
  if (isSignedIn && !isLeaving) return <Navigate to="/app/rides" replace />;
  return (
    <div className={styles["home"]}>
      {isDeleted && <Notice title={t.accountDeleted}>{t.farewell}</Notice>}
      <Hero />
      <NewestRides />
      <Promises />
    </div>
  );
}
