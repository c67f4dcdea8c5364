import { type ReactNode } from "react";
import {
  FieldError,
  Input,
  type InputProps,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
} from "react-aria-components";
import styles from "./Field.module.css";

export interface FieldProps extends Omit<TextFieldProps, "className" | "style" | "children"> {
  label: string;
  hint?: string | undefined;
  /** What is wrong with what stands there; null when nothing is. */
  error?: string | null | undefined;
  isLong?: boolean;
  input?: Pick<InputProps, "min" | "max" | "step" | "placeholder" | "list" | "autoCapitalize">;
  /** A button within the line, at its end. */
  end?: ReactNode;
}

/** A line, or with `isLong` several, for a rider to write in. */
export function Field({ label, hint, error, isLong = false, input, end, ...rest }: FieldProps) {
  return (
    <TextField {...rest} isInvalid={Boolean(error)} className={styles["field"] ?? ""}>
      <Label className={styles["label"] ?? ""}>{label}</Label>
      {isLong ? (
        <TextArea className={styles["control"] ?? ""} />
      ) : (
        <div className={styles["line"]}>
          <Input {...input} className={styles["control"] ?? ""} />
          {end}
        </div>
      )}
      {hint && (
        <Text slot="description" className={styles["hint"] ?? ""}>
          {hint}
        </Text>
      )}
      <FieldError className={styles["error"] ?? ""}>{error}</FieldError>
    </TextField>
  );
}
