/** What went wrong, in riders' words, and what can be done about it; by the service's codes. */
import { defineTexts } from "../i18n/texts.ts";
import { ApiError, type ErrorCode, type Schemas } from "./client.ts";

export interface Problem {
  title: string;
  next: string;
}

type Problems = Record<ErrorCode, Problem> & {
  /** There is no connection to the service. */
  offline: Problem;
  /** Somebody between here and the service answered, or the answer makes no sense. */
  unknown: Problem;
};

export const problems = defineTexts<Problems>({
  es: {
    offline: {
      title: "No hay conexión",
      next: "Comprueba tu conexión; lo que estaba en marcha sigue en cuanto vuelva.",
    },
    unknown: { title: "Algo ha ido mal", next: "Inténtalo de nuevo dentro de un momento." },
    VALIDATION_ERROR: {
      title: "Hay un dato que no vale",
      next: "Corrige el campo señalado y vuelve a enviarlo.",
    },
    UNAUTHORIZED: { title: "Tu sesión ha terminado", next: "Entra de nuevo para seguir." },
    FORBIDDEN: {
      title: "Esta ruta es privada",
      next: "Solo quien la subió puede verla. Pídele que la publique.",
    },
    NOT_FOUND: {
      title: "No está aquí",
      next: "Puede que la hayan borrado, o que la dirección no sea exacta.",
    },
    HTTP_404: { title: "No existe esa página", next: "Revisa la dirección o vuelve al inicio." },
    HTTP_405: {
      title: "Eso no se puede hacer así",
      next: "Recarga la página e inténtalo de nuevo.",
    },
    BAD_REQUEST: {
      title: "La petición llegó incompleta",
      next: "Recarga la página e inténtalo de nuevo.",
    },
    BODY_TOO_LARGE: { title: "Es demasiado grande", next: "Envía menos datos de una vez." },
    RATE_LIMITED: {
      title: "Demasiadas peticiones seguidas",
      next: "Espera un minuto y sigue donde estabas.",
    },
    INTERNAL_ERROR: {
      title: "Ha fallado algo nuestro",
      next: "Inténtalo otra vez; si se repite, avísanos.",
    },
    USERNAME_TAKEN: { title: "Ese nombre ya está en uso", next: "Elige otro nombre." },
    EMAIL_TAKEN: {
      title: "Ya hay una cuenta con ese correo",
      next: "Entra con ella, o usa otro correo.",
    },
    INVALID_CREDENTIALS: {
      title: "El nombre o la contraseña no coinciden",
      next: "Revísalos y vuelve a intentarlo.",
    },
    WRONG_PASSWORD: {
      title: "Esa no es tu contraseña",
      next: "Escríbela otra vez, tal como entras.",
    },
    ACCOUNT_LOCKED: {
      title: "Cuenta bloqueada unos minutos",
      next: "Hubo cinco intentos fallidos seguidos. Prueba dentro de un cuarto de hora.",
    },
    INVALID_REFRESH_TOKEN: { title: "Tu sesión ha terminado", next: "Entra de nuevo para seguir." },
    INVALID_FILE_TYPE: {
      title: "No es un archivo de ruta que sepamos leer",
      next: "Leemos GPX, FIT, TCX y CSV, también comprimidos en .gz o en un .zip. Exporta la ruta en uno de ellos.",
    },
    FILE_TOO_LARGE: {
      title: "El archivo es demasiado grande",
      next: "Divide la ruta en etapas, o expórtala con menos detalle.",
    },
    TRIP_ALREADY_HAS_GPX: {
      title: "Esta ruta ya tiene su archivo",
      next: "Sustitúyelo desde su ficha, o sube este como otra ruta.",
    },
    INVALID_GPX_FORMAT: {
      title: "El archivo no se puede leer",
      next: "Vuelve a exportarlo como GPX, FIT, TCX o CSV: a veces queda a medias al copiarlo o descargarlo.",
    },
    NOT_PROCESSED: {
      title: "La ruta todavía no está lista",
      next: "Espera unos segundos: aparecerá sola.",
    },
    INVALID_GPX_FILE: {
      title: "En el archivo no hay una ruta que se pueda leer",
      next: "Comprueba que lo exportaste con el recorrido, no solo con puntos de interés.",
    },
    IDEMPOTENCY_KEY_REUSED: {
      title: "Ese envío ya se usó para otra cosa",
      next: "Vuelve a elegir el archivo y súbelo.",
    },
    DTD_REFUSED: {
      title: "El archivo lleva definiciones que no admitimos",
      next: "Por seguridad no leemos DTD ni entidades. Vuelve a exportarlo.",
    },
    NO_USABLE_POINTS: {
      title: "El archivo no tiene puntos que sirvan",
      next: "Hacen falta al menos dos puntos con latitud y longitud.",
    },
    TOO_MANY_POINTS: {
      title: "La ruta tiene demasiados puntos",
      next: "Divídela en etapas y sube cada una.",
    },
    DATABASE_UNAVAILABLE: {
      title: "El servicio no está disponible ahora",
      next: "Lo que subiste está guardado. Inténtalo de nuevo en unos minutos.",
    },
    STORAGE_UNAVAILABLE: {
      title: "Ahora no podemos guardar archivos",
      next: "Inténtalo de nuevo en unos minutos.",
    },
    OUT_OF_MEMORY: {
      title: "Al servicio le faltó memoria",
      next: "Se intentó varias veces. Reinténtalo; si no sale, divide la ruta en etapas.",
    },
    SERVICE_BUSY: {
      title: "Hay mucha gente subiendo rutas",
      next: "Espera un momento e inténtalo de nuevo.",
    },
    PROCESSING_TIMEOUT: {
      title: "Se tardó demasiado en leer el archivo",
      next: "Divide la ruta en etapas, o expórtala con menos detalle.",
    },
    PROCESSING_ABANDONED: {
      title: "No pudimos terminar con este archivo",
      next: "Se intentó varias veces. Reinténtalo, o sube otra copia.",
    },
    FILE_CORRUPTED: {
      title: "El archivo guardado está dañado",
      next: "Sube el original otra vez: lo sustituye.",
    },
    ANALYSIS_TOO_LARGE: {
      title: "El archivo es demasiado complejo",
      next: "Expórtalo solo con el recorrido, o dividido en etapas.",
    },
  },
  en: {
    offline: {
      title: "No connection",
      next: "Check your connection; what was under way goes on as soon as it is back.",
    },
    unknown: { title: "Something went wrong", next: "Try again in a moment." },
    VALIDATION_ERROR: {
      title: "One of the values cannot be used",
      next: "Mend the field that is marked and send it again.",
    },
    UNAUTHORIZED: { title: "Your session has ended", next: "Sign in again to go on." },
    FORBIDDEN: {
      title: "This ride is private",
      next: "Only its rider can see it. Ask for it to be published.",
    },
    NOT_FOUND: {
      title: "It is not here",
      next: "It may have been deleted, or the address is not quite right.",
    },
    HTTP_404: { title: "There is no such page", next: "Check the address, or go to the start." },
    HTTP_405: { title: "That cannot be done like this", next: "Reload the page and try again." },
    BAD_REQUEST: { title: "The request was incomplete", next: "Reload the page and try again." },
    BODY_TOO_LARGE: { title: "That is too large", next: "Send less at a time." },
    RATE_LIMITED: {
      title: "Too many requests in a row",
      next: "Wait a minute and go on where you were.",
    },
    INTERNAL_ERROR: {
      title: "Something of ours failed",
      next: "Try again; if it goes on, let us know.",
    },
    USERNAME_TAKEN: { title: "That name is taken", next: "Choose another one." },
    EMAIL_TAKEN: {
      title: "There is an account with that e-mail already",
      next: "Sign in to it, or use another e-mail.",
    },
    INVALID_CREDENTIALS: {
      title: "Name and password do not match",
      next: "Check them and try again.",
    },
    WRONG_PASSWORD: {
      title: "That is not your password",
      next: "Write it again, as you do to sign in.",
    },
    ACCOUNT_LOCKED: {
      title: "The account is locked for some minutes",
      next: "There were five wrong tries in a row. Come back in a quarter of an hour.",
    },
    INVALID_REFRESH_TOKEN: { title: "Your session has ended", next: "Sign in again to go on." },
    INVALID_FILE_TYPE: {
      title: "We cannot read this kind of file",
      next: "We read GPX, FIT, TCX and CSV, also packed as .gz or in a .zip. Export the ride as one of these.",
    },
    FILE_TOO_LARGE: {
      title: "The file is too large",
      next: "Split the ride into stages, or export it with less detail.",
    },
    TRIP_ALREADY_HAS_GPX: {
      title: "This ride has its file already",
      next: "Replace it on the page of the ride, or upload this one as another ride.",
    },
    INVALID_GPX_FORMAT: {
      title: "The file cannot be read",
      next: "Export it again as GPX, FIT, TCX or CSV: sometimes it is cut off while it is copied or downloaded.",
    },
    NOT_PROCESSED: {
      title: "The route is not ready yet",
      next: "Wait some seconds: it will appear by itself.",
    },
    INVALID_GPX_FILE: {
      title: "There is no route in the file that can be read",
      next: "See that you exported the track, and not only places of interest.",
    },
    IDEMPOTENCY_KEY_REUSED: {
      title: "That sending was used for something else",
      next: "Choose the file again and send it.",
    },
    DTD_REFUSED: {
      title: "The file has definitions that we do not take",
      next: "To be safe we read no DTD and no entities. Export it again.",
    },
    NO_USABLE_POINTS: {
      title: "The file has no points that can be used",
      next: "It takes two points with latitude and longitude at least.",
    },
    TOO_MANY_POINTS: {
      title: "The ride has too many points",
      next: "Split it into stages and send each.",
    },
    DATABASE_UNAVAILABLE: {
      title: "The service is away right now",
      next: "What you sent is kept. Try again in some minutes.",
    },
    STORAGE_UNAVAILABLE: {
      title: "Files cannot be kept right now",
      next: "Try again in some minutes.",
    },
    OUT_OF_MEMORY: {
      title: "The service ran out of memory",
      next: "It was tried several times. Try again; if that fails, split the ride into stages.",
    },
    SERVICE_BUSY: {
      title: "Many riders are uploading",
      next: "Wait a moment and try again.",
    },
    PROCESSING_TIMEOUT: {
      title: "Reading the file took too long",
      next: "Split the ride into stages, or export it with less detail.",
    },
    PROCESSING_ABANDONED: {
      title: "We could not finish this file",
      next: "It was tried several times. Try again, or send another copy.",
    },
    FILE_CORRUPTED: {
      title: "The stored file is damaged",
      next: "Send the original again: it takes the place of this one.",
    },
    ANALYSIS_TOO_LARGE: {
      title: "The file is too complex",
      next: "Export it with its track alone, or split into stages.",
    },
  },
});

export type ProblemCode = keyof Problems;

/** Where one code stands for whatever is wrong with a file; else it cannot be read. */
const BY_REASON: Partial<Record<Schemas["FileReason"], ErrorCode>> = {
  too_few_points: "NO_USABLE_POINTS",
  too_many_points: "TOO_MANY_POINTS",
  dtd: "DTD_REFUSED",
};

/** Which problem an error is. */
export function problemOf(error: unknown): ProblemCode {
  if (error instanceof ApiError) {
    const { code, reason } = error;
    if (code === "INVALID_GPX_FILE" && reason) return BY_REASON[reason] ?? "INVALID_GPX_FORMAT";
    return isKnown(code) ? code : "unknown";
  }
  return error instanceof TypeError ? "offline" : "unknown";
}

function isKnown(code: string | null): code is ErrorCode {
  return code !== null && code in problems.es;
}
