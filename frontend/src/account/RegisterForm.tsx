import { useId } from "react";
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
import { texts } from "./texts.ts";
import { useForm } from "./use-form.ts";

type NewAccount = Record<"username" | "email" | "password", string>;

const NOTHING: NewAccount = { username: "", email: "", password: "" };

/** Makes an account and signs in to it; the page sees from the session who is signed in. */
export function RegisterForm({ signInAt }: { signInAt: string }) {
  const t = useTexts(texts);
  const rulesId = useId();
  const { form, fieldOf, trouble, formProps, submitProps } = useForm({
    empty: NOTHING,
    faults: { password: (value) => (isStrong(value) ? null : t.weak) },
    send: register,
  });
  return (
    <form className={styles["form"]} {...formProps}>
      <h1>{t.register}</h1>
      <p className={styles["lead"]}>{t.registerLead}</p>
      {trouble && <FormTrouble {...trouble} />}
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
      <PasswordRules id={rulesId} password={form.password} />
      <Button {...submitProps} kind="primary">
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
