"""Every error that a client can see: its code, HTTP status, kind and words, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

LANGUAGES: Final = ("es", "en")
DEFAULT_LANGUAGE: Final = "es"


class ErrorCode(StrEnum):
    VALIDATION_ERROR = "VALIDATION_ERROR"
    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    HTTP_404 = "HTTP_404"
    HTTP_405 = "HTTP_405"
    BAD_REQUEST = "BAD_REQUEST"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL_ERROR = "INTERNAL_ERROR"

    USERNAME_TAKEN = "USERNAME_TAKEN"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    WRONG_PASSWORD = "WRONG_PASSWORD"  # noqa: S105 - a code, not a password
    ACCOUNT_LOCKED = "ACCOUNT_LOCKED"
    INVALID_REFRESH_TOKEN = "INVALID_REFRESH_TOKEN"  # noqa: S105 - a code, not a token

    INVALID_FILE_TYPE = "INVALID_FILE_TYPE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    TRIP_ALREADY_HAS_GPX = "TRIP_ALREADY_HAS_GPX"
    INVALID_GPX_FORMAT = "INVALID_GPX_FORMAT"
    NOT_PROCESSED = "NOT_PROCESSED"
    INVALID_GPX_FILE = "INVALID_GPX_FILE"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"

    DTD_REFUSED = "DTD_REFUSED"
    NO_USABLE_POINTS = "NO_USABLE_POINTS"
    TOO_MANY_POINTS = "TOO_MANY_POINTS"
    DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE"
    STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    SERVICE_BUSY = "SERVICE_BUSY"
    PROCESSING_TIMEOUT = "PROCESSING_TIMEOUT"
    PROCESSING_ABANDONED = "PROCESSING_ABANDONED"
    FILE_CORRUPTED = "FILE_CORRUPTED"
    ANALYSIS_TOO_LARGE = "ANALYSIS_TOO_LARGE"


class FileReason(StrEnum):
    """Why a file cannot be read; a stable word for programs, its sentence in `FILE_REASONS`."""

    EMPTY = "empty"
    CUT_OFF = "cut_off"
    NOT_WELL_FORMED = "not_well_formed"
    MISMATCHED_TAG = "mismatched_tag"
    UNKNOWN_ENCODING = "unknown_encoding"
    WRONG_ENCODING = "wrong_encoding"
    DTD = "dtd"
    OTHER_FORMAT = "other_format"
    TOO_FEW_POINTS = "too_few_points"
    TOO_MANY_POINTS = "too_many_points"
    TOO_MANY_WAYPOINTS = "too_many_waypoints"
    TOO_MUCH_MARKUP = "too_much_markup"
    TOO_MANY_MESSAGES = "too_many_messages"
    NO_HEADER = "no_header"
    MISSING_COLUMNS = "missing_columns"
    UNUSABLE_MAPPING = "unusable_mapping"
    AMBIGUOUS_DATES = "ambiguous_dates"
    NOTHING_READABLE = "nothing_readable"
    TOO_MANY_COLUMNS = "too_many_columns"
    ROW_TOO_LONG = "row_too_long"
    DAMAGED_ARCHIVE = "damaged_archive"
    ENCRYPTED_ARCHIVE = "encrypted_archive"
    UNSUPPORTED_ARCHIVE = "unsupported_archive"
    NESTED_ARCHIVE = "nested_archive"
    NO_TRACK_LOG = "no_track_log"
    SEVERAL_TRACK_LOGS = "several_track_logs"
    TOO_MANY_ENTRIES = "too_many_entries"
    UNPACKED_TOO_LARGE = "unpacked_too_large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """How an error is answered: HTTP status, whether trying again may help, and its two texts.

    `{names}` in the texts are filled with the error's parameters.
    """

    status: int
    es: str
    en: str
    retryable: bool = False

    @property
    def is_clients(self) -> bool:
        """Whether it is the client who has to change something, such as a file that is no GPX."""
        return self.status < 500


_C = ErrorCode
CATALOGUE: Final[dict[ErrorCode, ErrorSpec]] = {
    _C.VALIDATION_ERROR: ErrorSpec(400, "Los datos enviados no son válidos", "Invalid input"),
    _C.UNAUTHORIZED: ErrorSpec(
        401, "Inicia sesión para continuar", "You need to sign in to continue"
    ),
    _C.FORBIDDEN: ErrorSpec(
        403, "No tienes permiso para hacer esto", "You do not have permission to do this"
    ),
    _C.NOT_FOUND: ErrorSpec(404, "No encontramos lo que buscas", "Not found"),
    _C.HTTP_404: ErrorSpec(404, "Esta dirección no existe", "There is nothing at this address"),
    _C.HTTP_405: ErrorSpec(
        405, "Este método no está permitido aquí", "This method is not allowed here"
    ),
    _C.BAD_REQUEST: ErrorSpec(
        400, "No se pudo entender la petición", "The request could not be understood"
    ),
    _C.BODY_TOO_LARGE: ErrorSpec(
        413, "La petición es demasiado grande", "The request is too large"
    ),
    _C.RATE_LIMITED: ErrorSpec(
        429,
        "Demasiadas peticiones; inténtalo de nuevo en {seconds} s",
        "Too many requests; try again in {seconds} s",
    ),
    _C.INTERNAL_ERROR: ErrorSpec(
        500,
        "Ha ocurrido un error inesperado; lo estamos revisando",
        "Something unexpected went wrong; we are looking into it",
    ),
    _C.USERNAME_TAKEN: ErrorSpec(
        400, "Ese nombre de usuario ya está en uso", "That username is already taken"
    ),
    _C.EMAIL_TAKEN: ErrorSpec(
        400, "Ya hay una cuenta con ese correo", "There is already an account with that e-mail"
    ),
    _C.INVALID_CREDENTIALS: ErrorSpec(
        401, "Usuario o contraseña incorrectos", "Wrong username or password"
    ),
    _C.WRONG_PASSWORD: ErrorSpec(400, "La contraseña no es esa", "That is not the password"),
    _C.ACCOUNT_LOCKED: ErrorSpec(
        429,
        "Cuenta bloqueada por demasiados intentos; inténtalo de nuevo en {minutes} min",
        "Account locked after too many attempts; try again in {minutes} min",
    ),
    _C.INVALID_REFRESH_TOKEN: ErrorSpec(
        401,
        "La sesión ha caducado; inicia sesión de nuevo",
        "The session has expired; sign in again",
    ),
    _C.INVALID_FILE_TYPE: ErrorSpec(
        400, "Solo se admiten archivos {extensions}", "Only {extensions} files are accepted"
    ),
    _C.FILE_TOO_LARGE: ErrorSpec(
        400,
        "El archivo supera el límite de {limit_mb} MB",
        "The file is larger than the limit of {limit_mb} MB",
    ),
    _C.TRIP_ALREADY_HAS_GPX: ErrorSpec(
        400,
        "Este viaje ya tiene una ruta; elimínala antes de subir otra",
        "This trip already has a route; delete it before uploading another",
    ),
    _C.INVALID_GPX_FORMAT: ErrorSpec(
        400, "El archivo no es una ruta válida", "The file is not a valid track log"
    ),
    _C.NOT_PROCESSED: ErrorSpec(
        404, "La ruta todavía no está procesada", "The route has not been processed yet"
    ),
    _C.INVALID_GPX_FILE: ErrorSpec(
        400,
        "No se pudo analizar el archivo",
        "The file could not be analysed",
    ),
    _C.IDEMPOTENCY_KEY_REUSED: ErrorSpec(
        409,
        "Esta Idempotency-Key ya se usó con otra petición",
        "This Idempotency-Key was used for another request already",
    ),
    _C.DTD_REFUSED: ErrorSpec(
        400,
        "El archivo contiene una DTD o entidades, que no se admiten por seguridad",
        "The file contains a DTD or entities, which are refused for safety",
    ),
    _C.NO_USABLE_POINTS: ErrorSpec(
        400,
        "El archivo no contiene al menos dos puntos utilizables",
        "The file does not contain at least two usable points",
    ),
    _C.TOO_MANY_POINTS: ErrorSpec(
        400,
        "El archivo tiene más puntos de los que se admiten",
        "The file has more points than are accepted",
    ),
    _C.DATABASE_UNAVAILABLE: ErrorSpec(
        503,
        "La base de datos no está disponible ahora mismo",
        "The database is not available right now",
        retryable=True,
    ),
    _C.STORAGE_UNAVAILABLE: ErrorSpec(
        503,
        "El almacenamiento no está disponible ahora mismo",
        "The storage is not available right now",
        retryable=True,
    ),
    _C.OUT_OF_MEMORY: ErrorSpec(
        503,
        "No hay memoria suficiente para procesar el archivo ahora mismo",
        "There is not enough memory to process the file right now",
        retryable=True,
    ),
    _C.SERVICE_BUSY: ErrorSpec(
        503,
        "El servicio está muy ocupado ahora mismo; inténtalo de nuevo en un momento",
        "The service is very busy right now; try again in a moment",
        retryable=True,
    ),
    _C.PROCESSING_TIMEOUT: ErrorSpec(
        500, "El procesamiento tardó demasiado", "Processing took too long"
    ),
    _C.PROCESSING_ABANDONED: ErrorSpec(
        500,
        "El procesamiento se interrumpió demasiadas veces",
        "Processing was interrupted too many times",
    ),
    _C.FILE_CORRUPTED: ErrorSpec(
        500,
        "El archivo guardado está dañado; súbelo de nuevo",
        "The stored file is damaged; upload it again",
    ),
    _C.ANALYSIS_TOO_LARGE: ErrorSpec(
        400,
        "Analizar este archivo necesita más memoria de la que se permite",
        "To analyse this file takes more memory than is allowed",
    ),
}


class AppError(Exception):
    """An error with a stable code; `params` fill its message, `field` names the culprit.

    `retry_after_s` becomes the `Retry-After` header, in whole seconds.
    """

    def __init__(
        self,
        code: ErrorCode,
        *,
        field: str | None = None,
        status: int | None = None,
        retry_after_s: float | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.status = status or CATALOGUE[code].status
        self.retry_after_s = retry_after_s
        self.params = params

    @property
    def is_retryable(self) -> bool:
        return CATALOGUE[self.code].retryable

    def message(self, language: str) -> str:
        return message(self.code, language, **self.params)


class InvalidInputError(AppError):
    """A `VALIDATION_ERROR` of one field, with the sentence of a kind of `VALIDATION_TEXTS`."""

    def __init__(self, field: str | None, kind: str, **context: Any) -> None:
        super().__init__(ErrorCode.VALIDATION_ERROR, field=field)
        self.kind = kind
        self.context = context

    def message(self, language: str) -> str:
        return validation_message(self.kind, self.context, language)


class UnreadableFileError(AppError):
    """A file that was refused for what is in it; `line` counts from 1 where one can be named.

    `details` fill the reason's sentence and tell programs what it is about, as JSON-ready values;
    `table` is what a table looks like, for whoever can map its columns.
    """

    def __init__(
        self,
        code: ErrorCode,
        reason: FileReason,
        *,
        field: str,
        line: int | None = None,
        details: Mapping[str, Any] | None = None,
        table: Any = None,
    ) -> None:
        super().__init__(code, field=field)
        self.reason = reason
        self.line = line
        self.details = details
        self.table = table

    def message(self, language: str) -> str:
        text = super().message(language)
        is_english = language == "en"
        if self.code in _SAYS_NOT_WHY:
            why = FILE_REASONS[self.reason]
            sentence = why.en if is_english else why.es
            text += f": {sentence.format_map(_spoken(self.details or {}, is_english=is_english))}"
        if self.line is not None:
            text += f" ({'line' if is_english else 'línea'} {self.line})"
        return text


# What a table's columns are called, by the keys of a mapping.
_COLUMNS: Final = {
    "latitude": "latitud",
    "longitude": "longitud",
    "elevation": "altitud",
    "time": "hora",
    "date": "fecha",
    "segment": "segmento",
    "heart_rate": "pulso",
    "cadence": "cadencia",
    "power": "potencia",
    "temperature": "temperatura",
}


def _spoken(details: Mapping[str, Any], *, is_english: bool) -> dict[str, Any]:
    """Details as they stand in a sentence."""
    spoken = dict(details)
    if missing := details.get("missing"):
        names = missing if is_english else [_COLUMNS.get(key, key) for key in missing]
        spoken["missing"] = (" and " if is_english else " y ").join(names)
    if rows := details.get("rows"):
        spoken["rows"] = ", ".join(str(row["line"]) for row in rows)
    return spoken


def message(code: ErrorCode, language: str = DEFAULT_LANGUAGE, **params: Any) -> str:
    """The sentence for a code in a language of `LANGUAGES`."""
    spec = CATALOGUE[code]
    return (spec.en if language == "en" else spec.es).format(**params)


@dataclass(frozen=True, slots=True)
class Sentence:
    es: str
    en: str


FILE_REASONS: Final[dict[FileReason, Sentence]] = {
    FileReason.EMPTY: Sentence("está vacío", "it is empty"),
    FileReason.CUT_OFF: Sentence(
        "se corta antes de terminar; quizá no se descargó entero",
        "it breaks off before its end; perhaps it was not downloaded in full",
    ),
    FileReason.NOT_WELL_FORMED: Sentence("el XML está mal formado", "its XML is not well-formed"),
    FileReason.MISMATCHED_TAG: Sentence(
        "una etiqueta se cierra donde no corresponde", "a tag is closed where it was not opened"
    ),
    FileReason.UNKNOWN_ENCODING: Sentence(
        "declara una codificación de texto desconocida", "it declares an unknown text encoding"
    ),
    FileReason.WRONG_ENCODING: Sentence(
        "su texto no está en la codificación que declara",
        "its text is not in the encoding that it declares",
    ),
    FileReason.DTD: Sentence(
        "contiene una DTD o entidades, que no se admiten por seguridad",
        "it contains a DTD or entities, which are refused for safety",
    ),
    FileReason.OTHER_FORMAT: Sentence(
        "no es GPX, TCX, FIT ni CSV", "it is none of GPX, TCX, FIT and CSV"
    ),
    FileReason.TOO_FEW_POINTS: Sentence(
        "no contiene al menos dos puntos utilizables", "it has fewer than two usable points"
    ),
    FileReason.TOO_MANY_POINTS: Sentence(
        "tiene más puntos de los que se admiten", "it has more points than are accepted"
    ),
    FileReason.TOO_MANY_WAYPOINTS: Sentence(
        "tiene más puntos de interés de los que se admiten",
        "it has more waypoints than are accepted",
    ),
    FileReason.TOO_MUCH_MARKUP: Sentence(
        "contiene más marcas XML de las que tiene ninguna grabación",
        "it has more XML markup than any recording has",
    ),
    FileReason.TOO_MANY_MESSAGES: Sentence(
        "contiene más mensajes de los que tiene ninguna grabación",
        "it has more messages than any recording has",
    ),
    FileReason.NO_HEADER: Sentence(
        "ninguna línea da nombre a las columnas", "no line of it names the columns"
    ),
    FileReason.MISSING_COLUMNS: Sentence(
        "no se reconoce ninguna columna de {missing}; indica cuál es",
        "no column of it is known to be {missing}; say which one is",
    ),
    FileReason.UNUSABLE_MAPPING: Sentence(
        "no tiene la columna «{header}» que se indica para {key}, o no se puede usar así",
        "it has no column “{header}” as given for {key}, or it cannot be used like that",
    ),
    FileReason.AMBIGUOUS_DATES: Sentence(
        "en «{header}», {example} puede empezar por el día o por el mes; indica "
        "«{header}|dd/mm/yyyy» o «{header}|mm/dd/yyyy»",
        "in “{header}”, {example} may begin with the day or with the month; give "
        "“{header}|dd/mm/yyyy” or “{header}|mm/dd/yyyy”",
    ),
    FileReason.NOTHING_READABLE: Sentence(
        "ninguna fila tiene una posición que se pueda leer (líneas: {rows})",
        "no row of it has a position that can be read (lines: {rows})",
    ),
    FileReason.TOO_MANY_COLUMNS: Sentence(
        "tiene más columnas que ninguna grabación", "it has more columns than any recording has"
    ),
    FileReason.ROW_TOO_LONG: Sentence(
        "una fila es demasiado larga; quizá hay unas comillas sin cerrar",
        "one of its rows is too long; perhaps a quotation mark was left open",
    ),
    FileReason.DAMAGED_ARCHIVE: Sentence(
        "está comprimido y dañado o incompleto", "it is packed, and damaged or cut off"
    ),
    FileReason.ENCRYPTED_ARCHIVE: Sentence(
        "está protegido con contraseña", "it is protected by a password"
    ),
    FileReason.UNSUPPORTED_ARCHIVE: Sentence(
        "está comprimido de una forma que no se admite",
        "it is packed in a way that is not accepted",
    ),
    FileReason.NESTED_ARCHIVE: Sentence(
        "contiene otro archivo comprimido", "it holds another packed file"
    ),
    FileReason.NO_TRACK_LOG: Sentence(
        "no contiene ninguna ruta .gpx, .tcx, .fit o .csv",
        "it holds no .gpx, .tcx, .fit or .csv file",
    ),
    FileReason.SEVERAL_TRACK_LOGS: Sentence(
        "contiene {count} rutas; sube solo una", "it holds {count} track logs; upload one alone"
    ),
    FileReason.TOO_MANY_ENTRIES: Sentence(
        "contiene demasiados archivos", "it holds too many files"
    ),
    FileReason.UNPACKED_TOO_LARGE: Sentence(
        "descomprimido es más grande de lo que se admite", "unpacked it is larger than is accepted"
    ),
    FileReason.UNREADABLE: Sentence("no se puede leer", "it cannot be read"),
}
# The sentences of the other codes say why by themselves.
_SAYS_NOT_WHY: Final = frozenset({ErrorCode.INVALID_GPX_FORMAT, ErrorCode.INVALID_GPX_FILE})

# Keyed by pydantic's error types, of its own and of ours; `{names}` come from the error's context.
VALIDATION_TEXTS: Final[dict[str, Sentence]] = {
    "missing": Sentence("Este campo es obligatorio", "This field is required"),
    "string_too_short": Sentence(
        "Debe tener al menos {min_length} caracteres", "Must have at least {min_length} characters"
    ),
    "string_too_long": Sentence(
        "Debe tener como máximo {max_length} caracteres",
        "Must have at most {max_length} characters",
    ),
    "too_long": Sentence(
        "Debe tener como máximo {max_length} elementos", "Must have at most {max_length} items"
    ),
    "greater_than_equal": Sentence("Debe ser al menos {ge}", "Must be at least {ge}"),
    "less_than_equal": Sentence("Debe ser como máximo {le}", "Must be at most {le}"),
    "string_pattern_mismatch": Sentence(
        "Contiene caracteres no admitidos", "Contains characters that are not accepted"
    ),
    "enum": Sentence("Debe ser uno de: {expected}", "Must be one of: {expected}"),
    "literal_error": Sentence("Debe ser uno de: {expected}", "Must be one of: {expected}"),
    "int_parsing": Sentence("Debe ser un número entero", "Must be a whole number"),
    "int_from_float": Sentence("Debe ser un número entero", "Must be a whole number"),
    "float_parsing": Sentence("Debe ser un número", "Must be a number"),
    "float_type": Sentence("Debe ser un número", "Must be a number"),
    "bool_parsing": Sentence("Debe ser true o false", "Must be true or false"),
    "string_type": Sentence("Debe ser un texto", "Must be a text"),
    "date_type": Sentence("Debe ser una fecha", "Must be a date"),
    "date_from_datetime_parsing": Sentence("Debe ser una fecha", "Must be a date"),
    "date_from_datetime_inexact": Sentence("Debe ser una fecha", "Must be a date"),
    "uuid_parsing": Sentence("No es un identificador válido", "Not a valid identifier"),
    "json_invalid": Sentence("El JSON no es válido", "The JSON is not valid"),
    "invalid_email": Sentence("El correo no es válido", "The e-mail is not valid"),
    "weak_password": Sentence(
        "La contraseña necesita una mayúscula, una minúscula, un número y un carácter especial",
        "The password needs an upper-case letter, a lower-case letter, a digit and a special "
        "character",
    ),
    "date_in_future": Sentence("La fecha no puede ser futura", "The date is in the future"),
    "end_before_start": Sentence(
        "La fecha de fin debe ser igual o posterior a la de inicio",
        "The end date must not be before the start date",
    ),
    "empty_text": Sentence("No puede estar vacío", "Must not be empty"),
    "null_not_allowed": Sentence("No puede ser nulo", "Must not be null"),
}
_INVALID_VALUE: Final = Sentence("El valor no es válido", "The value is not valid")


STAGE_TEXTS: Final[dict[str, Sentence]] = {
    "queued": Sentence("En espera", "Waiting for its turn"),
    "validating": Sentence("Comprobando el archivo", "Checking the file"),
    "parsing": Sentence("Leyendo los puntos", "Reading the points"),
    "analysing": Sentence("Midiendo la ruta", "Measuring the ride"),
    "simplifying": Sentence("Dibujando la ruta", "Drawing the line"),
    "saving": Sentence("Guardando la ruta", "Saving the ride"),
    "finishing": Sentence("Terminando", "Finishing"),
    "retrying": Sentence(
        "Algo falló por nuestra parte; lo intentaremos de nuevo enseguida",
        "Something went wrong on our side; we will try again shortly",
    ),
    "done": Sentence("Ruta lista", "The ride is ready"),
}


def stage_message(stage: str, language: str) -> str:
    """What happens to an upload in a stage of `states.ShownStage`."""
    text = STAGE_TEXTS[stage]
    return text.en if language == "en" else text.es


def validation_message(kind: str, context: dict[str, Any], language: str) -> str:
    """The sentence for one pydantic error type, such as `missing` or `string_too_short`."""
    if kind == "string_too_short" and context["min_length"] == 1:
        kind = "empty_text"
    text = VALIDATION_TEXTS.get(kind, _INVALID_VALUE)
    return (text.en if language == "en" else text.es).format(**context)
