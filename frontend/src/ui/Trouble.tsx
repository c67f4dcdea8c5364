import { type ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { problemOf, problems } from "../api/problems.ts";
import { defineTexts } from "../i18n/texts.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";

const texts = defineTexts({
  es: { again: "Intentar de nuevo", request: (id: string) => `Referencia: ${id}` },
  en: { again: "Try again", request: (id: string) => `Reference: ${id}` },
});

/** What went wrong and what to do about it. */
export function Trouble({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const t = useTexts(texts);
  const problem = useTexts(problems)[problemOf(error)];
  const isOurs = error instanceof ApiError && error.status >= 500;
  return (
    <Notice title={problem.title} isBad>
      {error instanceof ApiError && error.code !== null && error.reason !== null && (
        <p>{error.message}</p>
      )}
      <p>{problem.next}</p>
      {isOurs && error.requestId && <p>{t.request(error.requestId)}</p>}
      {onRetry && <Button onPress={onRetry}>{t.again}</Button>}
      {children}
    </Notice>
  );
}
