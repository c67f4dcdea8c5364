import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import styles from "./Account.module.css";
import { FormTrouble } from "./FormTrouble.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { useRefusal } from "./refusal.ts";
import { TakeOriginals } from "./TakeOriginals.tsx";
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

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
  const [form, setForm] = useState<Schemas["AccountDeletion"]>({ password: "" });
  const [isSent, setIsSent] = useState(false);
  const deleting = useMutation({
    mutationFn: (body: Schemas["AccountDeletion"]) => unwrap(api.DELETE("/users/me", { body })),
    onSuccess: onDeleted,
  });
  const wait = useWait(deleting.error, deleting.submittedAt);
  const { said, isOfAField } = useRefusal(deleting, form);
  return (
    <form
      className={styles["fields"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsSent(true);
        if (form.password !== "" && !deleting.isPending && !wait) deleting.mutate(form);
      }}
    >
      <p>
        {rides === null ? t.deleteAll : t.deleteWhat(rides)} {t.noWayBack}
      </p>
      {rides !== 0 && <TakeOriginals username={username} />}
      {deleting.isError && !isOfAField && <FormTrouble error={deleting.error} wait={wait} />}
      <input hidden readOnly autoComplete="username" value={username} />
      <PasswordField
        name="password"
        hint={t.deleteConfirm}
        autoComplete="current-password"
        isRequired
        value={form.password}
        onChange={(password) => setForm({ password })}
        error={isSent && form.password === "" ? t.missing : said("password")}
      />
      <SheetActions>
        <Button onPress={onClose}>{t.cancel}</Button>
        <Button
          type="submit"
          kind="danger"
          isPending={deleting.isPending}
          isDisabled={wait !== null}
        >
          {t.deleteDo}
        </Button>
      </SheetActions>
    </form>
  );
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
