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
  const colours = names.map((name) => {
    // Each has an element of its own: on one that is there the change would be a transition, which
    // those have too who want no motion (a very short one), and at its beginning is the old colour.
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return [name, color] as const;
  });
  return Object.fromEntries(colours) as Tokens<Name>;
}

function onSystemTheme(listener: () => void): () => void {
  const query = globalThis.matchMedia(DARK);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
