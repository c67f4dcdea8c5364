import { isRouteErrorResponse, useRouteError } from "react-router";
import { useTexts } from "../i18n/use-texts.ts";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { Empty } from "../ui/Notice.tsx";
import { useTitle } from "../ui/use-title.ts";
import { texts } from "./texts.ts";

export function MissingPage() {
  const t = useTexts(texts);
  useTitle(t.missing);
  return (
    <Empty>
      <h1>{t.missing}</h1>
      <p>{t.missingNext}</p>
      <ButtonLink to="/">{t.home}</ButtonLink>
    </Empty>
  );
}

/** Stands where a page has failed; a part of it that is not there any more means a new version. */
export function BrokenPage() {
  const error = useRouteError();
  const t = useTexts(texts);
  if (isRouteErrorResponse(error) && error.status === 404) return <MissingPage />;
  const isOutdated = error instanceof TypeError && /module|import/i.test(error.message);
  return (
    <Empty>
      <h1>{isOutdated ? t.outdated : t.broken}</h1>
      <p>{t.brokenNext}</p>
      <Button kind="primary" onPress={() => globalThis.location.reload()}>
        {t.reload}
      </Button>
    </Empty>
  );
}
