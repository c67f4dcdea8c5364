import { Navigate, useSearchParams } from "react-router";
import { nextPath, withNext } from "../account/next-path.ts";
import { SignInForm } from "../account/SignInForm.tsx";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { useTitle } from "../ui/use-title.ts";
import { texts } from "./texts.ts";

export function SignInPage() {
  const t = useTexts(texts);
  useTitle(t.signIn);
  const [params] = useSearchParams();
  const next = params.get("next");
  if (useSession() !== null) return <Navigate to={nextPath(next)} replace />;
  return <SignInForm registerAt={withNext("/app/register", next)} />;
}
