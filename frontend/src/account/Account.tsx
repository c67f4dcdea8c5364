import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { type Session } from "../api/session.ts";
import { useFormat } from "../i18n/format.ts";
import { choose, THEMES, UNITS, usePreferences } from "../i18n/preferences.ts";
import { LANGUAGES } from "../i18n/texts.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import styles from "./Account.module.css";
import { ChangePassword } from "./ChangePassword.tsx";
import { DeleteAccount } from "./DeleteAccount.tsx";
import { LANGUAGE_NAMES, texts } from "./texts.ts";

interface AccountProps {
  user: Session["user"];
  /** Leaves this page, and then the session; the others have ended already, or stay. */
  onLeave: (how: { hasEnded: boolean }) => void;
  /** The account is no more. */
  onDeleted: () => void;
}

export function Account({ user, onLeave, onDeleted }: AccountProps) {
  const t = useTexts(texts);
  const format = useFormat();
  return (
    <div className={styles["account"]}>
      <h1>{t.account}</h1>
      <section aria-labelledby="who" className={styles["part"]}>
        <h2 id="who">{t.who}</h2>
        <dl className={styles["who"]}>
          <dt>{t.username}</dt>
          <dd>{user.username}</dd>
          <dt>{t.email}</dt>
          <dd>{user.email}</dd>
          <dt>{t.since}</dt>
          <dd>{format.date(user.created_at)}</dd>
        </dl>
      </section>
      <Looks />
      <ChangePassword username={user.username} />
      <Sessions onLeave={onLeave} />
      <DeleteAccount username={user.username} onDeleted={onDeleted} />
    </div>
  );
}

function Looks() {
  const t = useTexts(texts);
  const { language, units, theme } = usePreferences();
  return (
    <section aria-labelledby="looks" className={styles["part"]}>
      <h2 id="looks">{t.looks}</h2>
      <p className={styles["lead"]}>{t.looksLead}</p>
      <div className={styles["choices"]}>
        <Choice
          label={t.language}
          value={language}
          choices={LANGUAGES.map((known) => [known, LANGUAGE_NAMES[known]] as const)}
          onChange={(next) => choose({ language: next })}
        />
        <Choice
          label={t.units}
          value={units}
          choices={UNITS.map((unit) => [unit, t.unitsAs[unit]] as const)}
          onChange={(next) => choose({ units: next })}
        />
        <Choice
          label={t.theme}
          value={theme}
          choices={THEMES.map((known) => [known, t.themeAs[known]] as const)}
          onChange={(next) => choose({ theme: next })}
        />
      </div>
    </section>
  );
}

function Sessions({ onLeave }: Pick<AccountProps, "onLeave">) {
  const t = useTexts(texts);
  const [isAsking, setIsAsking] = useState(false);
  // Asked for with a token that is renewed where it must be: this one has to reach the service.
  const ending = useMutation({
    mutationFn: () => unwrap(api.POST("/auth/logout")),
    onSuccess: () => onLeave({ hasEnded: true }),
  });
  const close = () => {
    setIsAsking(false);
    ending.reset();
  };
  return (
    <section aria-labelledby="sessions" className={styles["part"]}>
      <h2 id="sessions">{t.sessions}</h2>
      <p className={styles["lead"]}>{t.sessionsLead}</p>
      <div className={styles["actions"]}>
        <Button onPress={() => onLeave({ hasEnded: false })}>{t.signOut}</Button>
        <Button kind="danger" onPress={() => setIsAsking(true)}>
          {t.signOutEverywhere}
        </Button>
      </div>
      <Sheet title={t.sure} isOpen={isAsking} onClose={close} isAlert>
        <p>{t.sureText}</p>
        {ending.isError && <Trouble error={ending.error} />}
        <SheetActions>
          <Button onPress={close}>{t.cancel}</Button>
          <Button kind="danger" isPending={ending.isPending} onPress={() => ending.mutate()}>
            {t.signOutEverywhere}
          </Button>
        </SheetActions>
      </Sheet>
    </section>
  );
}
