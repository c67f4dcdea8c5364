/** What a rider has chosen on this device, shared by all of its tabs. */
import { useSyncExternalStore } from "react";
import { onDevice } from "../api/on-device.ts";
import { LANGUAGES, type Language } from "./texts.ts";

export const UNITS = ["km", "mi"] as const;
export type Units = (typeof UNITS)[number];
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  language: Language;
  units: Units;
  theme: Theme;
}

const kept = onDevice("contravento.preferences", parse);

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

export const preferences: () => Preferences = kept.get;

export function choose(changes: Partial<Preferences>): void {
  kept.set({ ...preferences(), ...changes });
  apply();
}

/** Lets the page itself follow: its language for screen readers, its colours. */
export function apply(): void {
  const { language, theme } = preferences();
  const page = document.documentElement;
  page.lang = language;
  if (theme === "system") delete page.dataset["theme"];
  else page.dataset["theme"] = theme;
}

function subscribe(listener: () => void): () => void {
  return kept.subscribe(() => {
    apply();
    listener();
  });
}

function parse(text: string | null): Preferences {
  const kept = asRecord(text);
  return {
    language: oneOf(LANGUAGES, kept["language"]) ?? ofTheBrowser(),
    units: oneOf(UNITS, kept["units"]) ?? "km",
    theme: oneOf(THEMES, kept["theme"]) ?? "system",
  };
}

function asRecord(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

function ofTheBrowser(): Language {
  const known = navigator.languages
    .map((tag) => oneOf(LANGUAGES, tag.slice(0, 2).toLowerCase()))
    .find((language) => language !== undefined);
  return known ?? "es";
}
