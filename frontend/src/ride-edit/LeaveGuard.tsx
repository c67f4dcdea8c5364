import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Sheet, SheetActions } from "../ui/Sheet.tsx";
import { texts } from "./texts.ts";

/** Asks before what is not saved is lost: by another page of the app, or of the browser. */
export function LeaveGuard({ isUnsaved }: { isUnsaved: boolean }) {
  const t = useTexts(texts);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isUnsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
  return (
    <Sheet
      title={t.leaveTitle}
      isOpen={blocker.state === "blocked"}
      isAlert
      onClose={() => blocker.reset?.()}
    >
      <p>{t.leaveWhat}</p>
      <SheetActions>
        <Button kind="danger" onPress={() => blocker.proceed?.()}>
          {t.leave}
        </Button>
        <Button kind="primary" onPress={() => blocker.reset?.()}>
          {t.stay}
        </Button>
      </SheetActions>
    </Sheet>
  );
}
