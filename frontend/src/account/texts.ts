import { defineTexts } from "../i18n/texts.ts";
import { type Theme, type Units } from "../i18n/preferences.ts";
import { type Rule } from "./password-rules.ts";

interface AccountTexts {
  signIn: string;
  signInLead: string;
  register: string;
  registerLead: string;
  login: string;
  username: string;
  usernameHint: string;
  email: string;
  emailHint: string;
  password: string;
  show: string;
  hide: string;
  rules: string;
  rule: Record<Rule, string>;
  met: string;
  unmet: string;
  missing: string;
  weak: string;
  noAccount: string;
  hasAccount: string;
  waitSeconds: (seconds: string) => string;
  waitUntil: (time: string) => string;
  account: string;
  who: string;
  since: string;
  looks: string;
  looksLead: string;
  language: string;
  units: string;
  unitsAs: Record<Units, string>;
  theme: string;
  themeAs: Record<Theme, string>;
  sessions: string;
  sessionsLead: string;
  signOut: string;
  signOutEverywhere: string;
  sure: string;
  sureText: string;
  cancel: string;
}

export const texts = defineTexts<AccountTexts>({
  es: {
    signIn: "Entrar",
    signInLead: "Bienvenido de vuelta. Tus rutas siguen donde las dejaste.",
    register: "Crear cuenta",
    registerLead: "Gratis y sin tarjeta. Tus rutas son privadas hasta que tú quieras.",
    login: "Nombre o correo",
    username: "Nombre",
    usernameHint: "De 3 a 30 letras sin tilde, cifras o guion bajo. Se ve en tus rutas públicas.",
    email: "Correo",
    emailHint: "Solo para tu cuenta; no se muestra a nadie.",
    password: "Contraseña",
    show: "Mostrar contraseña",
    hide: "Ocultar contraseña",
    rules: "La contraseña necesita",
    rule: {
      length: "De 8 a 128 caracteres",
      lower: "Una minúscula",
      upper: "Una mayúscula",
      digit: "Una cifra",
      special: "Un signo, como - o !",
    },
    met: "cumplido",
    unmet: "falta",
    missing: "Falta este dato.",
    weak: "Le falta algo de la lista.",
    noAccount: "¿Todavía no tienes cuenta?",
    hasAccount: "¿Ya tienes cuenta?",
    waitSeconds: (seconds) => `Podrás intentarlo de nuevo dentro de ${seconds} s.`,
    waitUntil: (time) => `Podrás intentarlo de nuevo a partir de las ${time}.`,
    account: "Cuenta",
    who: "Quién eres",
    since: "Desde",
    looks: "Cómo lo ves",
    looksLead: "Se aplica al momento y se recuerda en este dispositivo.",
    language: "Idioma",
    units: "Unidades",
    unitsAs: { km: "Kilómetros y metros", mi: "Millas y pies" },
    theme: "Aspecto",
    themeAs: { system: "Como el sistema", light: "Claro", dark: "Oscuro" },
    sessions: "Sesiones",
    sessionsLead:
      "Si has entrado desde un dispositivo que ya no usas, puedes cerrar todas las sesiones de una vez.",
    signOut: "Salir",
    signOutEverywhere: "Salir en todos los dispositivos",
    sure: "¿Salir en todos los dispositivos?",
    sureText:
      "Habrá que entrar de nuevo en cada uno, también en este. Las rutas que se están analizando siguen adelante.",
    cancel: "Cancelar",
  },
  en: {
    signIn: "Sign in",
    signInLead: "Welcome back. Your rides are where you left them.",
    register: "Register",
    registerLead: "Free, and no card needed. Your rides are private until you say otherwise.",
    login: "Name or e-mail",
    username: "Name",
    usernameHint:
      "3 to 30 letters without accents, digits or underscores. It stands on your public rides.",
    email: "E-mail",
    emailHint: "Only for your account; nobody is shown it.",
    password: "Password",
    show: "Show password",
    hide: "Hide password",
    rules: "The password needs",
    rule: {
      length: "8 to 128 characters",
      lower: "A lower-case letter",
      upper: "An upper-case letter",
      digit: "A digit",
      special: "A sign, such as - or !",
    },
    met: "done",
    unmet: "missing",
    missing: "This is missing.",
    weak: "Something of the list is missing.",
    noAccount: "No account yet?",
    hasAccount: "Have an account already?",
    waitSeconds: (seconds) => `You can try again in ${seconds} s.`,
    waitUntil: (time) => `You can try again from ${time} on.`,
    account: "Account",
    who: "Who you are",
    since: "Since",
    looks: "How you see it",
    looksLead: "Applied at once, and remembered on this device.",
    language: "Language",
    units: "Units",
    unitsAs: { km: "Kilometres and metres", mi: "Miles and feet" },
    theme: "Looks",
    themeAs: { system: "As the system", light: "Light", dark: "Dark" },
    sessions: "Sessions",
    sessionsLead:
      "If you have signed in on a device that you use no more, you can end all sessions at once.",
    signOut: "Sign out",
    signOutEverywhere: "Sign out on every device",
    sure: "Sign out on every device?",
    sureText:
      "You will have to sign in again on each, on this one too. Rides that are being analysed go on.",
    cancel: "Cancel",
  },
});

/** Each language in its own words, for those who do not read the other. */
export const LANGUAGE_NAMES = { es: "Español", en: "English" } as const;
