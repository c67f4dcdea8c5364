import { defineTexts, plural } from "../i18n/texts.ts";
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
  show: (label: string) => string;
  hide: (label: string) => string;
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
  passwordLead: string;
  currentPassword: string;
  newPassword: string;
  changePassword: string;
  passwordChanged: string;
  sessions: string;
  sessionsLead: string;
  signOut: string;
  signOutEverywhere: string;
  sure: string;
  sureText: string;
  cancel: string;
  deleteAccount: string;
  deleteLead: string;
  deleteSure: string;
  deleteAll: string;
  deleteWhat: (rides: number) => string;
  noWayBack: string;
  deleteConfirm: string;
  deleteDo: string;
  /** Where the answer to the deletion was lost. */
  deleteUnheard: Record<"finding" | "unsure" | "kept", { title: string; next: string }>;
  takeLead: string;
  take: string;
  taking: (done: string, all: string) => string;
  taken: (files: number) => string;
  takenBut: (files: number) => string;
  archive: (username: string) => string;
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
    show: (label) => `Mostrar ${label}`,
    hide: (label) => `Ocultar ${label}`,
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
    passwordLead: "Al cambiarla se cierran las demás sesiones; en este dispositivo sigues dentro.",
    currentPassword: "Contraseña actual",
    newPassword: "Contraseña nueva",
    changePassword: "Cambiar contraseña",
    passwordChanged: "Contraseña cambiada. Las demás sesiones se han cerrado.",
    sessions: "Sesiones",
    sessionsLead:
      "Si has entrado desde un dispositivo que ya no usas, puedes cerrar todas las sesiones de una vez.",
    signOut: "Salir",
    signOutEverywhere: "Salir en todos los dispositivos",
    sure: "¿Salir en todos los dispositivos?",
    sureText:
      "Habrá que entrar de nuevo en cada uno, también en este. Las rutas que se están analizando siguen adelante.",
    cancel: "Cancelar",
    deleteAccount: "Borrar la cuenta",
    deleteLead:
      "Desaparecen tus rutas, sus archivos y tus datos, y tu nombre y tu correo quedan libres.",
    deleteSure: "¿Borrar tu cuenta para siempre?",
    deleteAll: "Se borran tus rutas, con sus archivos originales y sus direcciones públicas.",
    deleteWhat: (rides) =>
      rides === 0
        ? "No tienes ninguna ruta: se borran tu nombre, tu correo y tus sesiones."
        : plural(
            rides,
            "Se borra tu ruta, con su archivo original y su dirección pública.",
            `Se borran tus ${rides} rutas, con sus archivos originales y sus direcciones públicas.`,
          ),
    noWayBack: "No hay vuelta atrás.",
    deleteConfirm: "Para confirmar que eres tú.",
    deleteDo: "Borrar para siempre",
    deleteUnheard: {
      finding: {
        title: "Estamos comprobando si tu cuenta se ha borrado",
        next: "No nos llegó la respuesta. Deja esto abierto: lo sabremos en unos segundos o, si no hay conexión, en cuanto vuelva. Si prefieres comprobarlo más tarde, intenta entrar: si tu nombre y tu contraseña ya no valen, la cuenta se ha borrado.",
      },
      unsure: {
        title: "No podemos saber si tu cuenta se ha borrado",
        next: "No nos llegó la respuesta, y tu sesión ha terminado. Intenta entrar: si puedes, la cuenta sigue ahí y puedes volver a borrarla; si tu nombre y tu contraseña ya no valen, se ha borrado.",
      },
      kept: {
        title: "Tu cuenta no se ha borrado",
        next: "Se cortó la conexión y todo sigue como estaba. Puedes intentarlo de nuevo.",
      },
    },
    takeLead: "Antes puedes llevarte tus archivos, tal como los subiste, en un ZIP.",
    take: "Descargar mis archivos",
    taking: (done, all) => `Descargando ${done} de ${all}…`,
    taken: (files) =>
      files === 0
        ? "No hay ningún archivo que descargar."
        : plural(files, "1 archivo descargado.", `${files} archivos descargados.`),
    takenBut: (files) =>
      plural(files, "1 ya no está en el servicio.", `${files} ya no están en el servicio.`),
    archive: (username) => `rutas de ${username}`,
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
    show: (label) => `Show ${label}`,
    hide: (label) => `Hide ${label}`,
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
    passwordLead: "Changing it ends your other sessions; on this device you stay signed in.",
    currentPassword: "Current password",
    newPassword: "New password",
    changePassword: "Change password",
    passwordChanged: "Password changed. Your other sessions have ended.",
    sessions: "Sessions",
    sessionsLead:
      "If you have signed in on a device that you use no more, you can end all sessions at once.",
    signOut: "Sign out",
    signOutEverywhere: "Sign out on every device",
    sure: "Sign out on every device?",
    sureText:
      "You will have to sign in again on each, on this one too. Rides that are being analysed go on.",
    cancel: "Cancel",
    deleteAccount: "Delete the account",
    deleteLead:
      "Your rides, their files and your data go, and your name and e-mail are free again.",
    deleteSure: "Delete your account for good?",
    deleteAll: "Your rides are deleted, with their original files and their public addresses.",
    deleteWhat: (rides) =>
      rides === 0
        ? "You have no ride: your name, your e-mail and your sessions are deleted."
        : plural(
            rides,
            "Your ride is deleted, with its original file and its public address.",
            `Your ${rides} rides are deleted, with their original files and their public addresses.`,
          ),
    noWayBack: "There is no way back.",
    deleteConfirm: "To confirm that it is you.",
    deleteDo: "Delete for good",
    deleteUnheard: {
      finding: {
        title: "We are finding out whether your account is deleted",
        next: "No answer has come. Leave this open: we shall know in some seconds or, without a connection, as soon as that is back. To find out later, try to sign in: if your name and password are not taken any more, the account is deleted.",
      },
      unsure: {
        title: "We cannot tell whether your account is deleted",
        next: "No answer has come, and your session has ended. Try to sign in: if you can, the account is still there and you can delete it again; if your name and password are not taken any more, it is deleted.",
      },
      kept: {
        title: "Your account is not deleted",
        next: "The connection was lost, and everything is as it was. You can try again.",
      },
    },
    takeLead: "Before that you can take your files along, as you uploaded them, in a zip archive.",
    take: "Download my files",
    taking: (done, all) => `Downloading ${done} of ${all}…`,
    taken: (files) =>
      files === 0
        ? "There is no file to download."
        : plural(files, "1 file downloaded.", `${files} files downloaded.`),
    takenBut: (files) =>
      plural(files, "1 is not there any more.", `${files} are not there any more.`),
    archive: (username) => `rides of ${username}`,
  },
});

/** Each language in its own words, for those who do not read the other. */
export const LANGUAGE_NAMES = { es: "Español", en: "English" } as const;
