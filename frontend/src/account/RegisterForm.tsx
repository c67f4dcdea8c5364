import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "react-router";
import { unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { signIn } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import styles from "./Account.module.css";
import { FormTrouble } from "./FormTrouble.tsx";
import { isStrong } from "./password-rules.ts";
import { PasswordField } from "./PasswordField.tsx";
import { PasswordRules } from "./PasswordRules.tsx";
import { useRefusal } from "./refusal.ts";
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

type NewAccount = Record<"username" | "email" | "password", string>;

const NOTHING: NewAccount = { username: "", email: "", password: "" };

/** Makes an account and signs in to it; the page sees from the session who is signed in. */
export function RegisterForm({ signInAt }: { signInAt: string }) {
  const t = useTexts(texts);
  const rulesId = useId();
  const [account, setAccount] = useState(NOTHING);
  const [isSent, setIsSent] = useState(false);
  const registering = useMutation({ mutationFn: register });
  const wait = useWait(registering.error, registering.submittedAt);
  const { said, isOfAField } = useRefusal(registering, account);

  const isComplete = account.username !== "" && account.email !== "" && isStrong(account.password);
  const faultOf = (field: keyof NewAccount) => {
    if (isSent && account[field] === "") return t.missing;
    if (field === "password" && isSent && !isStrong(account.password)) return t.weak;
    return said(field);
  };
  const fieldOf = (field: keyof NewAccount) => ({
    name: field,
    isRequired: true,
    value: account[field],
    error: faultOf(field),
    onChange: (value: string) => setAccount((now) => ({ ...now, [field]: value })),
  });

  return (
    <form
      className={styles["form"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsSent(true);
        if (isComplete && !registering.isPending && !wait) registering.mutate(account);
      }}
    >
      <h1>{t.register}</h1>
      <p className={styles["lead"]}>{t.registerLead}</p>
      {registering.isError && !isOfAField && <FormTrouble error={registering.error} wait={wait} />}
      <Field
        {...fieldOf("username")}
        label={t.username}
        hint={t.usernameHint}
        autoComplete="username"
        input={{ autoCapitalize: "none" }}
        spellCheck="false"
        maxLength={30}
      />
      <Field
        {...fieldOf("email")}
        label={t.email}
        hint={t.emailHint}
        type="email"
        autoComplete="email"
      />
      <PasswordField
        {...fieldOf("password")}
        autoComplete="new-password"
        aria-describedby={rulesId}
      />
      <PasswordRules id={rulesId} password={account.password} />
      <Button
        type="submit"
        kind="primary"
        isPending={registering.isPending}
        isDisabled={wait !== null}
      >
        {t.register}
      </Button>
      <p>
        {t.hasAccount} <Link to={signInAt}>{t.signIn}</Link>
      </p>
    </form>
  );
}

async function register(account: NewAccount): Promise<void> {
  await unwrap(api.POST("/auth/register", { body: account }));
  await signIn(account.username, account.password);
}
