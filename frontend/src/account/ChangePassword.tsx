import { useId } from "react";
import { type Schemas, unwrap } from "../api/client.ts";
import { api } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { tell } from "../ui/toasts.ts";
import styles from "./Account.module.css";
import { FormTrouble } from "./FormTrouble.tsx";
import { isStrong } from "./password-rules.ts";
import { PasswordField } from "./PasswordField.tsx";
import { PasswordRules } from "./PasswordRules.tsx";
import { texts } from "./texts.ts";
import { useForm } from "./use-form.ts";

type Passwords = Schemas["PasswordChange"];

const NOTHING: Passwords = { current_password: "", new_password: "" };

export function ChangePassword({ username }: { username: string }) {
  const t = useTexts(texts);
  const rulesId = useId();
  const { form, fieldOf, trouble, formProps, submitProps, clear } = useForm({
    empty: NOTHING,
    faults: { new_password: (value) => (isStrong(value) ? null : t.weak) },
    send: (body: Passwords) => unwrap(api.PUT("/users/me/password", { body })),
    onSent: () => {
      clear();
      tell(t.passwordChanged);
    },
  });
  return (
    <section aria-labelledby="password" className={styles["part"]}>
      <h2 id="password">{t.password}</h2>
      <p className={styles["lead"]}>{t.passwordLead}</p>
      <form className={styles["fields"]} {...formProps}>
        {trouble && <FormTrouble {...trouble} />}
        {/* For whatever keeps passwords: whose it is. */}
        <input hidden readOnly autoComplete="username" value={username} />
        <PasswordField
          {...fieldOf("current_password")}
          label={t.currentPassword}
          autoComplete="current-password"
        />
        <PasswordField
          {...fieldOf("new_password")}
          label={t.newPassword}
          autoComplete="new-password"
          aria-describedby={rulesId}
        />
        <PasswordRules id={rulesId} password={form.new_password} />
        <div className={styles["actions"]}>
          <Button {...submitProps}>{t.changePassword}</Button>
        </div>
      </form>
    </section>
  );
}
