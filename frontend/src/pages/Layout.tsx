import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from "react-router";
import { useSession } from "../api/session.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { unfinishedOnDevice } from "../upload/keeping.ts";
import { Waiting } from "../ui/Notice.tsx";
import { Toasts } from "../ui/Toasts.tsx";
import styles from "./Layout.module.css";
import { texts } from "./texts.ts";

// Not in the way of the first view.
const Uploads = lazy(async () => ({ default: (await import("../upload/Uploads.tsx")).Uploads }));
const PickFiles = lazy(async () => ({
  default: (await import("../upload/PickFiles.tsx")).PickFiles,
}));

/** What is around every page. */
export function Layout() {
  const t = useTexts(texts);
  const isOnline = useIsOnline();
  const session = useSession();
  const main = useFocusOnNewPage();
  return (
    <div className={styles["layout"]}>
      <a href="#main" className={`only-for-readers ${styles["skip"] ?? ""}`}>
        {t.skip}
      </a>
      <Header />
      <main ref={main} id="main" className={styles["main"]} tabIndex={-1}>
        {!isOnline && (
          <p className={styles["offline"]} role="status">
            {t.offline}
          </p>
        )}
        <Suspense fallback={<Waiting>{t.loading}</Waiting>}>
          <Outlet />
        </Suspense>
      </main>
      <footer className={styles["footer"]}>
        <span>{t.tagline}</span>
        <a href="/docs">{t.docs}</a>
      </footer>
      <Suspense>{(session || unfinishedOnDevice() > 0) && <Uploads />}</Suspense>
      <Toasts />
      <ScrollRestoration />
    </div>
  );
}

function Header() {
  const t = useTexts(texts);
  const session = useSession();
  return (
    <header className={styles["header"]} data-signed-in={session ? true : undefined}>
      <Link to={session ? "/app/rides" : "/"} className={styles["brand"]} aria-label="ContraVento">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>ContraVento</span>
      </Link>
      <nav className={styles["nav"]} aria-label={t.main}>
        {session ? (
          <>
            <NavLink to="/app/rides" end>
              {t.rides}
            </NavLink>
            <NavLink to="/app/account">{t.account}</NavLink>
            <Suspense>
              <PickFiles isTight />
            </Suspense>
          </>
        ) : (
          <>
            <NavLink to="/app/sign-in">{t.signIn}</NavLink>
            <NavLink to="/app/register">{t.register}</NavLink>
          </>
        )}
      </nav>
    </header>
  );
}

/** What had the focus went with the page before: the keys go on where the new one begins. */
function useFocusOnNewPage() {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    const isLost = shown.current !== pathname && document.activeElement === document.body;
    shown.current = pathname;
    if (isLost) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

function useIsOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      globalThis.addEventListener("online", listener);
      globalThis.addEventListener("offline", listener);
      return () => {
        globalThis.removeEventListener("online", listener);
        globalThis.removeEventListener("offline", listener);
      };
    },
    () => navigator.onLine,
  );
}
