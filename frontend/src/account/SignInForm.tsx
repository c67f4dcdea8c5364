import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { signIn } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import styles from "./Account.module.css";
import { FormTrouble } from "./FormTrouble.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

/** Whoever is signed in by it is seen by the page from the session. */
export function SignInForm({ registerAt }: { registerAt: string }) {
  const t = useTexts(texts);
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [isSent, setIsSent] = useState(false);
  const signing = useMutation({ mutationFn: () => signIn(login.trim(), password) });
  const wait = useWait(signing.error, signing.submittedAt);
  const missing = (value: string) => (isSent && value === "" ? t.missing : null);
  return (
    <form
      className={styles["form"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsSent(true);
        if (login.trim() !== "" && password !== "" && !signing.isPending && !wait) signing.mutate();
      }}
    >
      <h1>{t.signIn}</h1>
      <p className={styles["lead"]}>{t.signInLead}</p>
      {signing.isError && <FormTrouble error={signing.error} wait={wait} />}
      <Field
        label={t.login}
        name="login"
        autoComplete="username"
        input={{ autoCapitalize: "none" }}
        spellCheck="false"
        isRequired
        value={login}
        onChange={setLogin}
        error={missing(login.trim())}
      />
      <PasswordField
        name="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
        error={missing(password)}
      />
      <Button type="submit" kind="primary" isPending={signing.isPending} isDisabled={wait !== null}>
        {t.signIn}
      </Button>
      <p>
        {t.noAccount} <Link to={registerAt}>{t.register}</Link>
      </p>
    </form>
  );
}
