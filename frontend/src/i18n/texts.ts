/** What a part of the app says, in every language that it speaks. */
export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Texts<T> = Record<Language, T>;

/** Spanish gives the shape; a language that lacks a text does not compile. */
export function defineTexts<T>(texts: { es: T; en: NoInfer<T> }): Texts<T> {
  return texts;
}

/** The form of a word that goes with a number; both languages know two. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
