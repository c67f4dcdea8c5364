/** The colours of the theme for what is drawn on a canvas, which knows no custom properties. */
import { useMemo, useSyncExternalStore } from "react";
import { usePreferences } from "../i18n/preferences.ts";

const DARK = "(prefers-color-scheme: dark)";

export type Tokens<Name extends string> = Record<Name, string>;

/** The colours as they are now, and again when the theme changes. */
export function useTokens<Name extends string>(names: readonly Name[]): Tokens<Name> {
  const { theme } = usePreferences();
  const isDark = useSyncExternalStore(onSystemTheme, () => globalThis.matchMedia(DARK).matches);
  // Not what they are called, but how they look now.
  const look = `${theme} ${String(isDark)}`;
  return useMemo(() => (look ? resolved(names) : resolved(names)), [names, look]);
}

export function resolved<Name extends string>(names: readonly Name[]): Tokens<Name> {
  const probe = document.createElement("i");
  document.body.append(probe);
  const colours = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Tokens<Name>;
}

function onSystemTheme(listener: () => void): () => void {
  const query = globalThis.matchMedia(DARK);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
