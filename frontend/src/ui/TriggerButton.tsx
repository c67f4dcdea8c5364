import { type ReactNode, type Ref } from "react";
import { Button, type ButtonProps } from "react-aria-components";
import { type ButtonLook, lookOf } from "./button-look.ts";

type TriggerButtonProps = ButtonLook &
  Omit<ButtonProps, "className" | "style" | "children"> & {
    children: ReactNode;
    ref?: Ref<HTMLButtonElement>;
  };

/** A button that a `MenuTrigger` or `DialogTrigger` around it tells what it opens. */
export function TriggerButton({ kind, label, children, ...rest }: TriggerButtonProps) {
  return (
    <Button {...rest} {...(label && { "aria-label": label })} className={lookOf({ kind, label })}>
      {children}
    </Button>
  );
}
