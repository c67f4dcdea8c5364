import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import styles from "./Account.module.css";
import { deleteAccount } from "./deletion.ts";
import { isSessionOver } from "./fate.ts";
import { FormTrouble } from "./FormTrouble.tsx";
import { withNext } from "./next-path.ts";
import { PasswordField } from "./PasswordField.tsx";
import { TakeOriginals } from "./TakeOriginals.tsx";
import { texts } from "./texts.ts";
import { useForm } from "./use-form.ts";

interface DeleteAccountProps {
  username: string;
  onDeleted: () => void;
}

export function DeleteAccount(props: DeleteAccountProps) {
  const t = useTexts(texts);
  const [isAsking, setIsAsking] = useState(false);
  const close = () => setIsAsking(false);
  return (
    <section aria-labelledby="delete-account" className={styles["part"]}>
      <h2 id="delete-account">{t.deleteAccount}</h2>
      <p className={styles["lead"]}>{t.deleteLead}</p>
      <div className={styles["actions"]}>
        <Button kind="danger" onPress={() => setIsAsking(true)}>
          {t.deleteAccount}
        </Button>
      </div>
      <Sheet title={t.deleteSure} isOpen={isAsking} onClose={close} isAlert>
        <Confirm {...props} onClose={close} />
      </Sheet>
    </section>
  );
}

/** What is lost, what can be taken along, and the password as the last word. */
function Confirm({ username, onDeleted, onClose }: DeleteAccountProps & { onClose: () => void }) {
  const t = useTexts(texts);
  const rides = useRideCount(username);
  const [unheard, setUnheard] = useState<keyof typeof t.deleteUnheard | null>(null);
  const left = useLeft();
  const sent = useRef<AbortSignal>(AbortSignal.abort());
  const { fieldOf, trouble, formProps, submitProps } = useForm({
    empty: { password: "" },
    send: ({ password }) => {
      setUnheard(null);
      const onFinding = () => setUnheard("finding");
      return deleteAccount({ password, signal: sent.current, onFinding });
    },
    onSent: (fate) => (fate === "deleted" ? onDeleted() : setUnheard(fate)),
    // Nobody may be there any more who still wants it.
    isNowOrNever: true,
  });
  const onSubmit: typeof formProps.onSubmit = (event) => {
    sent.current = left();
    formProps.onSubmit(event);
  };
  return (
    <form className={styles["fields"]} {...formProps} onSubmit={onSubmit}>
      <p>
        {rides === null ? t.deleteAll : t.deleteWhat(rides)} {t.noWayBack}
      </p>
      {rides !== 0 && <TakeOriginals username={username} />}
      {trouble && <FormTrouble {...trouble} />}
      {unheard && !trouble && (
        <Notice title={t.deleteUnheard[unheard].title} isBad={unheard !== "finding"}>
          <p>{t.deleteUnheard[unheard].next}</p>
        </Notice>
      )}
      {(trouble ? isSessionOver(trouble.error) : unheard === "unsure") && (
        <ButtonLink to={withNext("/app/sign-in", "/app/account")}>{t.signIn}</ButtonLink>
      )}
      <input hidden readOnly autoComplete="username" value={username} />
      <PasswordField
        {...fieldOf("password")}
        hint={t.deleteConfirm}
        autoComplete="current-password"
      />
      <SheetActions>
        <Button onPress={onClose}>{t.cancel}</Button>
        <Button {...submitProps} kind="danger">
          {t.deleteDo}
        </Button>
      </SheetActions>
    </form>
  );
}

/** A signal that ends with the form that is shown now. */
function useLeft(): () => AbortSignal {
  const shown = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    shown.current = controller;
    return () => controller.abort();
  }, []);
  return () => shown.current.signal;
}

/** Null as long as that is not known. */
function useRideCount(username: string): number | null {
  const { data } = useQuery({
    queryKey: ["trips", username, "count"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/users/{username}/trips", {
          params: { path: { username }, query: { limit: 1 } },
          signal,
        }),
      ),
    select: ({ total }) => total,
  });
  return data ?? null;
}
