import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Field, type FieldProps } from "../ui/Field.tsx";
import { texts } from "./texts.ts";

type PasswordFieldProps = Omit<FieldProps, "label" | "type" | "end"> & { label?: string };

/** A password, hidden unless the rider wants to see it. */
export function PasswordField({ label, ...props }: PasswordFieldProps) {
  const t = useTexts(texts);
  const name = label ?? t.password;
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      {...props}
      label={name}
      type={isShown ? "text" : "password"}
      spellCheck="false"
      input={{ autoCapitalize: "none" }}
      autoCorrect="off"
      end={
        <Button
          kind="quiet"
          label={(isShown ? t.hide : t.show)(name.toLowerCase())}
          onPress={() => setIsShown((shown) => !shown)}
        >
          {isShown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        </Button>
      }
    />
  );
}
