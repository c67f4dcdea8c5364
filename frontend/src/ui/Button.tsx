import { type ComponentProps, type ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import { defineTexts } from "../i18n/texts.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { type ButtonLook, lookOf } from "./button-look.ts";

const texts = defineTexts({ es: { pending: "Un momento…" }, en: { pending: "One moment…" } });

interface Look extends ButtonLook {
  children: ReactNode;
}

type Native = Omit<
  ComponentProps<"button">,
  "className" | "style" | "children" | "onClick" | "disabled"
>;

export interface ButtonProps extends Look, Native {
  onPress?: () => void;
  isDisabled?: boolean;
  /** What it began goes on: it keeps the focus, and does nothing until that has ended. */
  isPending?: boolean;
}

/** The browser's own button; one that opens a menu or a dialog is a `TriggerButton`. */
export function Button({
  kind,
  label,
  children,
  onPress,
  isDisabled = false,
  isPending = false,
  type = "button",
  ...rest
}: ButtonProps) {
  const t = useTexts(texts);
  return (
    <button
      {...rest}
      {...(label && { "aria-label": label })}
      className={lookOf({ kind, label })}
      // One that is pending does not send its form again.
      type={isPending ? "button" : type}
      disabled={isDisabled}
      aria-disabled={isPending || undefined}
      onClick={() => {
        if (!isPending) onPress?.();
      }}
    >
      {children}
      {/* What the button is then called by, too; without it readers are told of nothing. */}
      {isPending && <span role="progressbar" aria-label={t.pending} className="only-for-readers" />}
    </button>
  );
}

/** A way to another page that looks like a button. */
export function ButtonLink({
  kind,
  label,
  children,
  ...rest
}: Look & Omit<LinkProps, "className" | "style" | "children">) {
  return (
    <Link {...rest} {...(label && { "aria-label": label })} className={lookOf({ kind, label })}>
      {children}
    </Link>
  );
}
