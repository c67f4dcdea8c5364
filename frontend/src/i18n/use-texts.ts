import { usePreferences } from "./preferences.ts";
import { type Texts } from "./texts.ts";

/** What a part of the app says, in the language that the rider reads. */
export function useTexts<T>(texts: Texts<T>): T {
  return texts[usePreferences().language];
}
