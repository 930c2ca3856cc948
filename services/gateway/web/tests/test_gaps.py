"""Pages with gaps: one gzip stream, whatever fills them, and nothing of one session in another."""

import zlib

import pytest
from starlette.datastructures import Headers

from services.gateway.web.gaps import GAPS, GappedBody

TEXT = "予約できます。" * 200
PAGE = f"<p>{TEXT}<input value='{GAPS['csrf']}'>{TEXT}<input value='{GAPS['key']}'>{GAPS['csrf']}"
GZIP = Headers({"accept-encoding": "gzip"})


def filled(csrf: str, key: str) -> bytes:
    return PAGE.replace(GAPS["csrf"], csrf).replace(GAPS["key"], key).encode()


@pytest.mark.parametrize("csrf", ["a", "x" * 86, "-_" * 40])
def test_the_packed_page_is_the_plain_one_with_its_gaps_filled(csrf: str) -> None:
    body = GappedBody(PAGE)
    fillings = {"csrf": csrf, "key": "0" * 32}
    plain, packed = body.answer(fillings, Headers()), body.answer(fillings, GZIP)
    assert plain.body == filled(csrf, "0" * 32)
    unpacker = zlib.decompressobj(wbits=31)
    assert unpacker.decompress(packed.body) == plain.body
    assert unpacker.eof
    assert not unpacker.unused_data
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 5


def test_what_fills_the_gaps_of_one_session_is_in_no_other_page() -> None:
    body = GappedBody(PAGE, "cookie")
    body.answer({"csrf": "first", "key": "one"}, GZIP)
    other = body.answer({"csrf": "second", "key": "two"}, Headers())
    assert b"first" not in other.body
    assert other.body == filled("second", "two")
    assert other.headers["vary"] == "accept-encoding, cookie"
    assert "etag" not in other.headers


def test_a_short_page_and_a_page_without_gaps_are_pages_as_well() -> None:
    assert GappedBody("<p>はい").answer({}, GZIP).body == "<p>はい".encode()
    long = GappedBody(TEXT).answer({}, GZIP)
    assert zlib.decompress(long.body, wbits=31).decode() == TEXT


def test_only_tokens_fill_gaps() -> None:
    with pytest.raises(AssertionError):
        GappedBody(PAGE).answer({"csrf": "'><script>", "key": "0"}, GZIP)
