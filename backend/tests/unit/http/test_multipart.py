from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from src.errors import AppError, ErrorCode
from src.http.multipart import FileField, receive_form
from src.services.storage import FileMissingError, Storage

BOUNDARY = "frontera"
MIB = 1024 * 1024
CHUNK = 64 * 1024


@dataclass
class Sender:
    """A client's body, chunk by chunk, and how much of it was taken."""

    chunks: Iterable[bytes]
    content_type: str = f"multipart/form-data; boundary={BOUNDARY}"
    disconnects: bool = False
    taken: int = field(default=0, init=False)

    def request(self) -> Request:
        headers = [(b"content-type", self.content_type.encode())]
        messages = self._messages()
        return Request({"type": "http", "headers": headers}, lambda: anext(messages))

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        for chunk in self.chunks:
            self.taken += len(chunk)
            yield {"type": "http.request", "body": chunk, "more_body": True}
        if self.disconnects:
            yield {"type": "http.disconnect"}
        yield {"type": "http.request", "body": b"", "more_body": False}


async def receive(storage: Storage, sender: Sender, field: str = "file") -> tuple[str, bytes]:
    """The name and the bytes that arrive, with a limit of 1 MiB."""
    async with storage.receive() as incoming:
        form = await receive_form(
            sender.request(), incoming, FileField(field, extensions=(".gpx",), limit_mb=1)
        )
        await incoming.keep("kept")
    return form.file_name, await storage.read("kept")


async def refusal(storage: Storage, sender: Sender, field: str = "file") -> AppError:
    with pytest.raises(AppError) as caught:
        await receive(storage, sender, field)
    assert list(storage.incoming_folder.iterdir()) == []
    with pytest.raises(FileMissingError):
        await storage.read("kept")
    return caught.value


def opening(disposition: str) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()


def part(disposition: str, content: bytes) -> bytes:
    return opening(disposition) + content + b"\r\n"


def file_part(content: bytes, file_name: str = "ride.gpx", field: str = "file") -> bytes:
    return part(f'name="{field}"; filename="{file_name}"', content)


CLOSING = f"--{BOUNDARY}--\r\n".encode()


def in_pieces(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
async def test_the_file_arrives_whole_however_it_is_cut(storage: Storage, size: int) -> None:
    content = b"<gpx>\r\n--front\r\n" + bytes(range(256)) + b"\r\n--</gpx>\r\n"
    sender = Sender(in_pieces(file_part(content) + CLOSING, size))
    assert await receive(storage, sender) == ("ride.gpx", content)


async def test_a_file_of_exactly_the_limit_is_taken(storage: Storage) -> None:
    content = b"x" * MIB
    sender = Sender(in_pieces(file_part(content) + CLOSING, CHUNK))
    assert (await receive(storage, sender))[1] == content


async def test_a_file_one_byte_over_the_limit_is_refused(storage: Storage) -> None:
    sender = Sender(in_pieces(file_part(b"x" * (MIB + 1)) + CLOSING, CHUNK))
    error = await refusal(storage, sender)
    assert (error.code, error.status, error.field) == (ErrorCode.FILE_TOO_LARGE, 400, "file")
    assert "1 MB" in error.message("es")


async def test_no_more_than_the_limit_is_written_of_a_file_without_end(storage: Storage) -> None:
    def forever() -> Iterable[bytes]:
        yield opening('name="file"; filename="ride.gpx"')
        while True:
            yield b"x" * CHUNK

    sender = Sender(forever())
    written: list[int] = []

    async def receive_it() -> None:
        async with storage.receive() as incoming:
            try:
                await receive_form(
                    sender.request(), incoming, FileField("file", (".gpx",), limit_mb=1)
                )
            finally:
                written.append(incoming.size)
                written.append(sum(p.stat().st_size for p in storage.incoming_folder.iterdir()))

    with pytest.raises(AppError) as caught:
        await receive_it()
    assert caught.value.code is ErrorCode.FILE_TOO_LARGE
    assert 0 < max(written) <= MIB + CHUNK
    assert sender.taken <= 4 * MIB


async def test_a_refused_file_is_read_to_its_end_so_that_the_browser_sees_why(
    storage: Storage,
) -> None:
    body = file_part(b"x" * (2 * MIB)) + CLOSING
    sender = Sender(in_pieces(body, CHUNK))
    assert (await refusal(storage, sender)).code is ErrorCode.FILE_TOO_LARGE
    assert sender.taken == len(body)


async def test_a_wrong_extension_is_refused_before_anything_is_written(storage: Storage) -> None:
    written: list[int] = []

    def chunks() -> Iterable[bytes]:
        yield opening('name="file"; filename="ride.kml"')
        for _ in range(40):
            yield b"x" * CHUNK
            written.append(sum(p.stat().st_size for p in storage.incoming_folder.iterdir()))

    error = await refusal(storage, Sender(chunks()))
    assert (error.code, error.status, error.field) == (ErrorCode.INVALID_FILE_TYPE, 400, "file")
    assert ".gpx" in error.message("es")
    assert set(written) == {0}


@pytest.mark.parametrize(
    "body",
    [
        CLOSING,
        part('name="title"', b"Vuelta") + CLOSING,
        file_part(b"<gpx/>", field="other") + CLOSING,
        file_part(b"<gpx/>", field="File") + CLOSING,
        part('name="file"', b"<gpx/>") + CLOSING,
        file_part(b"", file_name="") + CLOSING,
    ],
    ids=["nothing", "text only", "another field", "another case", "no file name", "none chosen"],
)
async def test_a_body_without_the_file_is_refused(storage: Storage, body: bytes) -> None:
    error = await refusal(storage, Sender([body]))
    assert (error.code, error.status, error.field) == (ErrorCode.VALIDATION_ERROR, 400, "file")
    assert error.message("es") == "Este campo es obligatorio"


async def test_other_fields_before_the_file_are_passed_over(storage: Storage) -> None:
    body = (
        part('name="title"', b"Vuelta")
        + file_part(b"another", file_name="photo.jpg", field="photo")
        + file_part(b"<gpx/>")
        + CLOSING
    )
    assert await receive(storage, Sender([body])) == ("ride.gpx", b"<gpx/>")


async def test_other_fields_after_the_file_are_passed_over(storage: Storage) -> None:
    body = file_part(b"<gpx/>") + part('name="title"', b"Vuelta") + CLOSING
    assert await receive(storage, Sender([body])) == ("ride.gpx", b"<gpx/>")


async def test_of_two_files_the_first_is_taken_and_not_mixed_with_the_second(
    storage: Storage,
) -> None:
    body = file_part(b"<first/>", "a.gpx") + file_part(b"<second/>", "b.gpx") + CLOSING
    assert await receive(storage, Sender([body])) == ("a.gpx", b"<first/>")


async def test_an_empty_file_is_taken_as_such(storage: Storage) -> None:
    assert await receive(storage, Sender([file_part(b"") + CLOSING])) == ("ride.gpx", b"")


WHOLE = file_part(b"<gpx></gpx>") + CLOSING


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<gpx/>",
        opening('name="file"; filename="ride.gpx"')[:40],
        opening('name="file"; filename="ride.gpx"') + b"<gpx>",
        WHOLE.removesuffix(CLOSING),
        WHOLE[:-4],
        WHOLE.replace(b"\r\n", b"\n"),
        b"before" + WHOLE,
        f"--{BOUNDARY}\r\n\r\n<gpx/>\r\n".encode() + CLOSING,
        f"--{BOUNDARY}\r\nno colon\r\n\r\n<gpx/>\r\n".encode() + CLOSING,
        f"--{BOUNDARY}\r\nContent-Disposition: attachment\r\n\r\n<gpx/>\r\n".encode() + CLOSING,
        WHOLE.replace(b"ride", b"\xff\xfe"),
        WHOLE.replace(b"ride", b"r" * 10_000),
        part('name="a"', b"") * 40 + WHOLE,
    ],
    ids=[
        "empty",
        "not multipart",
        "cut in the header",
        "cut in the file",
        "no closing boundary",
        "cut in the closing boundary",
        "bare line feeds",
        "text before the boundary",
        "no disposition",
        "no header",
        "wrong disposition",
        "file name not in UTF-8",
        "endless header",
        "too many parts",
    ],
)
async def test_a_malformed_or_truncated_body_is_a_bad_request(
    storage: Storage, body: bytes
) -> None:
    error = await refusal(storage, Sender([body]))
    assert (error.code, error.status) == (ErrorCode.BAD_REQUEST, 400)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/gpx+xml",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/mixed; boundary={BOUNDARY}",
    ],
)
async def test_a_body_of_another_kind_has_no_file(storage: Storage, content_type: str) -> None:
    error = await refusal(storage, Sender([WHOLE], content_type=content_type))
    assert (error.code, error.field) == (ErrorCode.VALIDATION_ERROR, "file")


async def test_a_quoted_boundary_is_understood(storage: Storage) -> None:
    quoted = f'Multipart/Form-Data; charset=utf-8; boundary="{BOUNDARY}"'
    assert (await receive(storage, Sender([WHOLE], content_type=quoted)))[1] == b"<gpx></gpx>"


async def test_another_boundary_than_announced_is_a_bad_request(storage: Storage) -> None:
    other = "multipart/form-data; boundary=otra"
    error = await refusal(storage, Sender([WHOLE], content_type=other))
    assert error.code is ErrorCode.BAD_REQUEST


async def test_a_client_that_goes_away_leaves_nothing(storage: Storage) -> None:
    head = opening('name="file"; filename="ride.gpx"')
    sender = Sender([head, *[b"x" * CHUNK] * 4], disconnects=True)
    with pytest.raises(ClientDisconnect):
        await receive(storage, sender)
    assert list(storage.incoming_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ride.gpx", "ride.gpx"),
        ("RIDE.GPX", "RIDE.GPX"),
        ("Ride.GpX", "Ride.GpX"),
        ("../../etc/x.gpx", "x.gpx"),
        ("/etc/x.gpx", "x.gpx"),
        ("C:\\fakepath\\x.gpx", "x.gpx"),
        ("..\\..\\x.gpx", "x.gpx"),
        ("\\\\server\\share\\x.gpx", "x.gpx"),
        ("a/b\\c/d\\x.gpx", "x.gpx"),
        ("x\x00.gpx", "x.gpx"),
        ("x.gpx\x00", "x.gpx"),
        ("\x1b[31mx\x07.gpx", "[31mx.gpx"),
        ("x%0D%0ASet-Cookie: a.gpx", "xSet-Cookie: a.gpx"),
        ("gpx\u202eexe.gpx", "gpxexe.gpx"),
        ("La Vuelta (día 1) ñandú 🚴.gpx", "La Vuelta (día 1) ñandú 🚴.gpx"),
        ("ride.2026.05.01.gpx", "ride.2026.05.01.gpx"),
        (".gpx", ".gpx"),
    ],
)
async def test_only_the_harmless_part_of_a_file_name_is_kept(
    storage: Storage, given: str, kept: str
) -> None:
    assert (await receive(storage, Sender([file_part(b"<gpx/>", given) + CLOSING])))[0] == kept


async def test_a_long_file_name_keeps_its_end(storage: Storage) -> None:
    name, _ = await receive(storage, Sender([file_part(b"", f"{'x' * 400}.gpx") + CLOSING]))
    assert name == f"{'x' * 251}.gpx"


@pytest.mark.parametrize(
    "name", ["ride", "gpx", "ride.gpx.exe", "ride.gpxx", "ride.xml", "ride.gpx ", "x.gpx/y.kml"]
)
async def test_another_extension_is_refused(storage: Storage, name: str) -> None:
    error = await refusal(storage, Sender([file_part(b"<gpx/>", name) + CLOSING]))
    assert error.code is ErrorCode.INVALID_FILE_TYPE


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        (Sender([CLOSING]), ErrorCode.VALIDATION_ERROR),
        (
            Sender([file_part(b"x" * 2 * MIB, field="gpx_file") + CLOSING]),
            ErrorCode.FILE_TOO_LARGE,
        ),
        (Sender([b"nothing"]), ErrorCode.BAD_REQUEST),
        (Sender([CLOSING], content_type="text/plain"), ErrorCode.VALIDATION_ERROR),
        (
            Sender([file_part(b"", "x.kml", field="gpx_file") + CLOSING]),
            ErrorCode.INVALID_FILE_TYPE,
        ),
    ],
    ids=["missing", "size", "malformed", "no multipart", "extension"],
)
async def test_a_refusal_names_the_field_that_was_asked_for(
    storage: Storage, sender: Sender, code: ErrorCode
) -> None:
    error = await refusal(storage, sender, field="gpx_file")
    assert (error.code, error.field) == (code, "gpx_file")


async def test_the_other_fields_arrive_as_text(storage: Storage) -> None:
    body = part('name="title"', "Subida al Ángel".encode()) + file_part(b"<gpx/>")
    body += part('name="empty"', b"") + part('name="title"', b"!") + CLOSING
    async with storage.receive() as incoming:
        sender = Sender(in_pieces(body, 5))
        form = await receive_form(sender.request(), incoming, FileField("file", (".gpx",), 1))
    assert form.fields == {"title": "Subida al Ángel!", "empty": ""}


async def test_text_that_is_no_text_is_refused(storage: Storage) -> None:
    body = part('name="title"', b"\xff\xfe") + file_part(b"<gpx/>") + CLOSING
    assert (await refusal(storage, Sender([body]))).code is ErrorCode.BAD_REQUEST
