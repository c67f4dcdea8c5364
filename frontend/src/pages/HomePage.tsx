import { Navigate } from "react-router";
import { useSession } from "../api/session.ts";
import { Hero } from "../public/Hero.tsx";
import { NewestRides } from "../public/NewestRides.tsx";
import { Promises } from "../public/Promises.tsx";
import { useTitle } from "../ui/use-title.ts";
import styles from "./HomePage.module.css";
import { useLeaving } from "./leaving.ts";

export function HomePage() {
  useTitle(undefined);
  const isLeaving = useLeaving();
  const isSignedIn = useSession() !== null;
  if (isSignedIn && !isLeaving) return <Navigate to="/app/rides" replace />;
  return (
    <div className={styles["home"]}>
      <Hero />
      <NewestRides />
      <Promises />
    </div>
  );
}
