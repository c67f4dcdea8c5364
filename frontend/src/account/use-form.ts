/** What the forms of an account have in common: what is sent when, and what is said of it. */
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { type Fields, useRefusal } from "./refusal.ts";
import { texts } from "./texts.ts";
import { useWait } from "./waiting.ts";

interface Plan<Form extends Fields, Answer> {
  empty: Form;
  /** What is wrong with what stands in a field, of those that ask for more than that something does. */
  faults?: Partial<Record<keyof Form, (value: string) => string | null>>;
  send: (form: Form) => Promise<Answer>;
  onSent?: (answer: Answer) => void;
  /** Without a connection it fails at once, instead of being sent when that is back. */
  isNowOrNever?: boolean;
}

/**
 * Nothing incomplete is sent, nothing twice, and nothing before the time that the service asked to
 * wait; only once somebody has tried to send it does a form find fault.
 */
export function useForm<Form extends Fields, Answer>(plan: Plan<Form, Answer>) {
  const t = useTexts(texts);
  const [form, setForm] = useState(plan.empty);
  const [isTried, setIsTried] = useState(false);
  const sending = useMutation({
    mutationFn: plan.send,
    ...(plan.isNowOrNever && { networkMode: "always" as const }),
    ...(plan.onSent && { onSuccess: plan.onSent }),
  });
  const wait = useWait(sending.error, sending.submittedAt);
  const { said, isOfAField } = useRefusal(sending, form);
  const isMissing = (field: keyof Form) => form[field] === "";
  const faultOf = (field: keyof Form) =>
    isMissing(field) ? t.missing : (plan.faults?.[field]?.(form[field] ?? "") ?? null);
  return {
    form,
    /** What every field is told. */
    fieldOf: (field: keyof Form & string) => ({
      name: field,
      isRequired: true,
      value: form[field] ?? "",
      error: (isTried ? faultOf(field) : null) ?? said(field),
      onChange: (value: string) => setForm((now) => ({ ...now, [field]: value })),
    }),
    /** Of the form as a whole; null where nothing went wrong, or a field says it. */
    trouble: sending.isError && !isOfAField ? { error: sending.error, wait } : null,
    formProps: {
      noValidate: true,
      onSubmit: (event: SubmitEvent) => {
        event.preventDefault();
        setIsTried(true);
        const isWhole = Object.keys(form).every((field) => faultOf(field) === null);
        if (isWhole && !sending.isPending && !wait) sending.mutate(form);
      },
    },
    submitProps: {
      type: "submit" as const,
      isPending: sending.isPending,
      isDisabled: wait !== null,
    },
    /** As at the beginning. */
    clear: () => {
      setForm(plan.empty);
      setIsTried(false);
    },
  };
}
