import { useNavigate } from "react-router";
import { Account } from "../account/Account.tsx";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { useTitle } from "../ui/use-title.ts";
import { type Leaving } from "./leaving.ts";
import { texts } from "./texts.ts";

export function AccountPage() {
  const t = useTexts(texts);
  useTitle(t.account);
  const session = useSession();
  const navigate = useNavigate();
  const leave = (how: Omit<Leaving, "isLeaving">) => {
    const state: Leaving = { isLeaving: true, ...how };
    void navigate("/", { state });
  };
  return (
    session && (
      // Who signs in in another tab begins anew, and gets nothing that was meant for the one before.
      <Account
        key={session.user.user_id}
        user={session.user}
        onLeave={leave}
        onDeleted={() => leave({ hasEnded: true, deleted: session.user.user_id })}
      />
    )
  );
}
