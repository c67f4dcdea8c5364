from string import Formatter

import pytest

from src.errors import (
    CATALOGUE,
    VALIDATION_TEXTS,
    AppError,
    ErrorCode,
    InvalidInputError,
    message,
    validation_message,
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    assert set(CATALOGUE) == set(ErrorCode)


def test_every_code_is_its_own_name() -> None:
    assert [code.value for code in ErrorCode] == [code.name for code in ErrorCode]


@pytest.mark.parametrize("code", ErrorCode)
def test_both_languages_say_something_of_their_own(code: ErrorCode) -> None:
    spec = CATALOGUE[code]
    assert spec.es.strip()
    assert spec.en.strip()
    assert spec.es != spec.en


@pytest.mark.parametrize("code", ErrorCode)
def test_both_languages_fill_in_the_same_values(code: ErrorCode) -> None:
    spec = CATALOGUE[code]
    assert placeholders(spec.es) == placeholders(spec.en)
    assert "" not in placeholders(spec.es)


@pytest.mark.parametrize("kind", VALIDATION_TEXTS)
def test_a_validation_text_says_the_same_in_both_languages(kind: str) -> None:
    text = VALIDATION_TEXTS[kind]
    assert text.es.strip()
    assert text.en.strip()
    assert text.es != text.en
    assert placeholders(text.es) == placeholders(text.en)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ErrorCode.VALIDATION_ERROR, 400),
        (ErrorCode.USERNAME_TAKEN, 400),
        (ErrorCode.EMAIL_TAKEN, 400),
        (ErrorCode.INVALID_FILE_TYPE, 400),
        (ErrorCode.FILE_TOO_LARGE, 400),
        (ErrorCode.TRIP_ALREADY_HAS_GPX, 400),
        (ErrorCode.INVALID_GPX_FORMAT, 400),
        (ErrorCode.UNAUTHORIZED, 401),
        (ErrorCode.INVALID_CREDENTIALS, 401),
        (ErrorCode.INVALID_REFRESH_TOKEN, 401),
        (ErrorCode.FORBIDDEN, 403),
        (ErrorCode.NOT_FOUND, 404),
        (ErrorCode.HTTP_404, 404),
        (ErrorCode.NOT_PROCESSED, 404),
        (ErrorCode.HTTP_405, 405),
        (ErrorCode.ACCOUNT_LOCKED, 429),
        (ErrorCode.RATE_LIMITED, 429),
        (ErrorCode.INTERNAL_ERROR, 500),
        (ErrorCode.SERVICE_BUSY, 503),
    ],
)
def test_a_code_is_answered_with_the_status_of_the_contract(code: ErrorCode, status: int) -> None:
    assert AppError(code).status == status


def test_only_what_may_pass_by_itself_is_tried_again() -> None:
    retryable = {code for code in ErrorCode if AppError(code).is_retryable}
    assert retryable == {
        ErrorCode.DATABASE_UNAVAILABLE,
        ErrorCode.STORAGE_UNAVAILABLE,
        ErrorCode.OUT_OF_MEMORY,
        ErrorCode.SERVICE_BUSY,
    }


def test_the_values_are_filled_in() -> None:
    error = AppError(ErrorCode.FILE_TOO_LARGE, limit_mb=50)
    assert error.message("es") == "El archivo supera el límite de 50 MB"
    assert error.message("en") == "The file is larger than the limit of 50 MB"


def test_spanish_is_spoken_where_no_language_is_said() -> None:
    assert message(ErrorCode.NOT_FOUND) == CATALOGUE[ErrorCode.NOT_FOUND].es


def test_a_status_given_by_hand_replaces_that_of_the_code() -> None:
    assert AppError(ErrorCode.FILE_TOO_LARGE, status=413, limit_mb=1).status == 413


def test_an_input_error_names_its_field_and_fills_in_its_bounds() -> None:
    error = InvalidInputError("title", "string_too_long", max_length=200)
    assert (error.code, error.status, error.field) == (ErrorCode.VALIDATION_ERROR, 400, "title")
    assert error.message("es") == "Debe tener como máximo 200 caracteres"
    assert error.message("en") == "Must have at most 200 characters"


def test_a_kind_without_words_of_its_own_still_says_something() -> None:
    spanish = validation_message("never_heard_of", {"expected": "{x}"}, "es")
    assert spanish == "El valor no es válido"
    assert validation_message("never_heard_of", {}, "en") == "The value is not valid"
