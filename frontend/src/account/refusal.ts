/** What the service says of the fields of a form. */
import { ApiError } from "../api/client.ts";
import { problemOf, problems } from "../api/problems.ts";
import { useTexts } from "../i18n/use-texts.ts";

export type Fields = Readonly<Record<string, string>>;

interface Sending<Form extends Fields> {
  error: unknown;
  variables: Form | undefined;
}

/** Of a form as it is now; nothing of a field that is not what was sent any more. */
export function useRefusal<Form extends Fields>({ error, variables }: Sending<Form>, now: Form) {
  const words = useTexts(problems);
  const refused = error instanceof ApiError ? error : null;
  return {
    /** Whether one of the fields is to blame, rather than the form as a whole. */
    isOfAField: refused?.field != null && refused.field in now,
    said: (field: keyof Form & string): string | null => {
      if (refused?.field !== field || variables?.[field] !== now[field]) return null;
      return refused.code === "VALIDATION_ERROR"
        ? refused.message
        : words[problemOf(refused)].title;
    },
  };
}
