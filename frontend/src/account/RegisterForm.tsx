import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "react-router";
import { ApiError, unwrap } from "../api/client.ts";
import { problemOf, problems } from "../api/problems.ts";
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
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

interface NewAccount {
  username: string;
  email: string;
  password: string;
}

const NOTHING: NewAccount = { username: "", email: "", password: "" };

/** Makes an account and signs in to it; the page sees from the session who is signed in. */
export function RegisterForm({ signInAt }: { signInAt: string }) {
  const t = useTexts(texts);
  const allProblems = useTexts(problems);
  const rulesId = useId();
  const [account, setAccount] = useState(NOTHING);
  const [isSent, setIsSent] = useState(false);
  const registering = useMutation({ mutationFn: register });
  const wait = useWait(registering.error, registering.submittedAt);
  const refused = registering.error instanceof ApiError ? registering.error : null;

  const isComplete = account.username !== "" && account.email !== "" && isStrong(account.password);
  /** What the service says of a field, until it is sent again with another value. */
  const said = (field: keyof NewAccount) => {
    if (refused?.field !== field || registering.variables?.[field] !== account[field]) return null;
    return refused.code === "VALIDATION_ERROR"
      ? refused.message
      : allProblems[problemOf(refused)].title;
  };
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
  const isOfAField = refused?.field != null && refused.field in NOTHING;

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
      {registering.isError && !isOfAField && (
        <FormTrouble error={refused ?? registering.error} wait={wait} />
      )}
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
