import { type ReactNode, useId } from "react";
import styles from "./Field.module.css";

export interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
  /** The label is heard and not seen. */
  isQuiet?: boolean;
  children?: ReactNode;
}

/** One of a few, by the browser's own list, which is the best one on a phone. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={props.isQuiet ? "only-for-readers" : styles["label"]}>
        {props.label}
      </label>
      <div className={styles["list"]}>
        <select
          id={id}
          className={styles["control"]}
          value={props.value}
          onChange={({ target }) => {
            const chosen = props.choices.find(([value]) => value === target.value);
            if (chosen) props.onChange(chosen[0]);
          }}
        >
          {props.choices.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {props.children}
    </div>
  );
}
