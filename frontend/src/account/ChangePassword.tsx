import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
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
import { useRefusal } from "./refusal.ts";
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

type Passwords = Schemas["PasswordChange"];

const NOTHING: Passwords = { current_password: "", new_password: "" };

export function ChangePassword({ username }: { username: string }) {
  const t = useTexts(texts);
  const rulesId = useId();
  const [passwords, setPasswords] = useState(NOTHING);
  const [isSent, setIsSent] = useState(false);
  const changing = useMutation({
    mutationFn: (body: Passwords) => unwrap(api.PUT("/users/me/password", { body })),
    onSuccess: () => {
      setPasswords(NOTHING);
      setIsSent(false);
      tell(t.passwordChanged);
    },
  });
  const wait = useWait(changing.error, changing.submittedAt);
  const { said, isOfAField } = useRefusal(changing, passwords);
  const isComplete = passwords.current_password !== "" && isStrong(passwords.new_password);
  const faultOf = (field: keyof Passwords) => {
    if (isSent && passwords[field] === "") return t.missing;
    if (field === "new_password" && isSent && !isStrong(passwords[field])) return t.weak;
    return said(field);
  };
  const fieldOf = (field: keyof Passwords) => ({
    name: field,
    isRequired: true,
    value: passwords[field],
    error: faultOf(field),
    onChange: (value: string) => setPasswords((now) => ({ ...now, [field]: value })),
  });
  return (
    <section aria-labelledby="password" className={styles["part"]}>
      <h2 id="password">{t.password}</h2>
      <p className={styles["lead"]}>{t.passwordLead}</p>
      <form
        className={styles["fields"]}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setIsSent(true);
          if (isComplete && !changing.isPending && !wait) changing.mutate(passwords);
        }}
      >
        {changing.isError && !isOfAField && <FormTrouble error={changing.error} wait={wait} />}
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
        <PasswordRules id={rulesId} password={passwords.new_password} />
        <div className={styles["actions"]}>
          <Button type="submit" isPending={changing.isPending} isDisabled={wait !== null}>
            {t.changePassword}
          </Button>
        </div>
      </form>
    </section>
  );
}
