import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Rides } from "../rides/Rides.tsx";
import { useTitle } from "../ui/use-title.ts";
import { texts } from "./texts.ts";

export function RidesPage() {
  const t = useTexts(texts);
  useTitle(t.rides);
  const session = useSession();
  return session && <Rides username={session.user.username} />;
}
