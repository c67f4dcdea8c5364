import { Link } from "react-router";
import { signIn } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import styles from "./Account.module.css";
import { FormTrouble } from "./FormTrouble.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { texts } from "./texts.ts";
import { useForm } from "./use-form.ts";

/** Whoever is signed in by it is seen by the page from the session. */
export function SignInForm({ registerAt }: { registerAt: string }) {
  const t = useTexts(texts);
  const { fieldOf, trouble, formProps, submitProps } = useForm({
    empty: { login: "", password: "" },
    faults: { login: (value) => (value.trim() === "" ? t.missing : null) },
    send: ({ login, password }) => signIn(login.trim(), password),
  });
  return (
    <form className={styles["form"]} {...formProps}>
      <h1>{t.signIn}</h1>
      <p className={styles["lead"]}>{t.signInLead}</p>
      {trouble && <FormTrouble {...trouble} />}
      <Field
        {...fieldOf("login")}
        label={t.login}
        autoComplete="username"
        input={{ autoCapitalize: "none" }}
        spellCheck="false"
      />
      <PasswordField {...fieldOf("password")} autoComplete="current-password" />
      <Button {...submitProps} kind="primary">
        {t.signIn}
      </Button>
      <p>
        {t.noAccount} <Link to={registerAt}>{t.register}</Link>
      </p>
    </form>
  );
}
