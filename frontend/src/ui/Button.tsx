import { type ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  ProgressBar,
} from "react-aria-components";
import { Link, type LinkProps } from "react-router";
import { defineTexts } from "../i18n/texts.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { classes } from "./classes.ts";
import styles from "./Button.module.css";

const texts = defineTexts({ es: { pending: "Un momento…" }, en: { pending: "One moment…" } });

type Kind = "plain" | "primary" | "danger" | "quiet";

interface Look {
  kind?: Kind;
  /** Shows a picture alone; the label is for those who hear the page. */
  label?: string;
  children: ReactNode;
}

export type ButtonProps = Look & Omit<AriaButtonProps, "className" | "style" | "children">;

export function Button({ kind = "plain", label, children, ...rest }: ButtonProps) {
  const t = useTexts(texts);
  return (
    <AriaButton {...rest} {...(label && { "aria-label": label })} className={look(kind, label)}>
      {children}
      {/* What the button is then called by, too; without it readers are told of nothing. */}
      {rest.isPending && (
        <ProgressBar isIndeterminate aria-label={t.pending} className="only-for-readers" />
      )}
    </AriaButton>
  );
}

/** A way to another page that looks like a button. */
export function ButtonLink({
  kind = "plain",
  label,
  children,
  ...rest
}: Look & Omit<LinkProps, "className" | "style" | "children">) {
  return (
    <Link {...rest} {...(label && { "aria-label": label })} className={look(kind, label)}>
      {children}
    </Link>
  );
}

function look(kind: Kind, label: string | undefined): string {
  return classes(styles["button"], kind !== "plain" && styles[kind], label && styles["icon"]);
}
