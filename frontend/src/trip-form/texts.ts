import { defineTexts } from "../i18n/texts.ts";
import { type Difficulty, type Mistake } from "./trip-form.ts";

type Names = Record<Difficulty, string>;
type Sentences = Record<Exclude<Mistake, object>, string>;

export const texts = defineTexts({
  es: {
    title: "Título",
    description: "Descripción",
    start: "Primer día",
    end: "Último día",
    endHint: "Solo si duró más de un día.",
    difficulty: "Dificultad",
    noDifficulty: "Sin indicar",
    difficulties: {
      easy: "Fácil",
      moderate: "Moderada",
      difficult: "Difícil",
      very_difficult: "Muy difícil",
      extreme: "Extrema",
    } satisfies Names,
    privacy: "Quién puede verla",
    public: "Todos, cuando la publiques",
    private: "Solo tú",
    mistakes: {
      empty: "No puede quedar vacío.",
      tooLong: "Es demasiado largo.",
      noDate: "Indica el día.",
      future: "Ese día todavía no ha llegado.",
      endBeforeStart: "Debe ser el primer día o uno posterior.",
    } satisfies Sentences,
  },
  en: {
    title: "Title",
    description: "Description",
    start: "First day",
    end: "Last day",
    endHint: "Only if it took more than a day.",
    difficulty: "Difficulty",
    noDifficulty: "Not given",
    difficulties: {
      easy: "Easy",
      moderate: "Moderate",
      difficult: "Difficult",
      very_difficult: "Very difficult",
      extreme: "Extreme",
    },
    privacy: "Who can see it",
    public: "Everybody, once published",
    private: "Only you",
    mistakes: {
      empty: "This must not be empty.",
      tooLong: "This is too long.",
      noDate: "Which day was it?",
      future: "That day has not come yet.",
      endBeforeStart: "This must be the first day or a later one.",
    },
  },
});
