import { lazy, Suspense } from "react";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Rides } from "../rides/Rides.tsx";
import { useTitle } from "../ui/use-title.ts";
import { useArriving } from "../upload/arriving.ts";
import { texts } from "./texts.ts";

// Not in the way of the first view.
const PickFiles = lazy(async () => ({
  default: (await import("../upload/PickFiles.tsx")).PickFiles,
}));

export function RidesPage() {
  const t = useTexts(texts);
  useTitle(t.rides);
  const session = useSession();
  const isArriving = useArriving();
  const begin = (
    <Suspense>
      <PickFiles />
    </Suspense>
  );
  return (
    session && <Rides username={session.user.username} begin={begin} isArriving={isArriving} />
  );
}
