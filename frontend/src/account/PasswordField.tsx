import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Field, type FieldProps } from "../ui/Field.tsx";
import { texts } from "./texts.ts";

/** A password, hidden unless the rider wants to see it. */
export function PasswordField(props: Omit<FieldProps, "label" | "type" | "end">) {
  const t = useTexts(texts);
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      {...props}
      label={t.password}
      type={isShown ? "text" : "password"}
      spellCheck="false"
      input={{ autoCapitalize: "none" }}
      autoCorrect="off"
      end={
        <Button
          kind="quiet"
          label={isShown ? t.hide : t.show}
          onPress={() => setIsShown((shown) => !shown)}
        >
          {isShown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        </Button>
      }
    />
  );
}
