"""What is sealed opens for its purpose only, with a key that is still known, and unaltered."""

import base64

import pytest

from libs.common.seal import BlindIndex, CannotOpen, KeyRing

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_sealed_text_opens_again_and_does_not_show_what_it_holds() -> None:
    ring = KeyRing("contact", {1: OLD})
    sealed = ring.seal("髙﨑①@example.jp")
    assert ring.open(sealed) == "髙﨑①@example.jp"
    assert "example" not in sealed
    assert b"example" not in base64.urlsafe_b64decode(sealed.partition(".")[2])


def test_the_same_text_never_gives_the_same_seal() -> None:
    ring = KeyRing("contact", {1: OLD})
    assert len({ring.seal("a") for _ in range(100)}) == 100


def test_a_seal_of_another_purpose_does_not_open() -> None:
    sealed = KeyRing("contact", {1: OLD}).seal("text")
    with pytest.raises(CannotOpen):
        KeyRing("person", {1: OLD}).open(sealed)


def test_no_altered_byte_goes_unnoticed() -> None:
    ring = KeyRing("contact", {1: OLD})
    raw = bytearray(base64.urlsafe_b64decode(ring.seal("text").partition(".")[2]))
    for place in range(len(raw)):
        altered = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        with pytest.raises(CannotOpen):
            ring.open(f"1.{base64.urlsafe_b64encode(altered).decode()}")


@pytest.mark.parametrize("text", ["", "1.", "x.y", "1.!!", "9.AAAA", "1.AAAA", "日本"])
def test_what_is_no_seal_at_all_cannot_be_opened(text: str) -> None:
    with pytest.raises(CannotOpen):
        KeyRing("contact", {1: OLD}).open(text)


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    before = KeyRing("contact", {1: OLD}).seal("text")
    rotated = KeyRing("contact", {2: NEW, 1: OLD})
    assert rotated.open(before) == "text"
    assert rotated.seal("text").startswith("2.")


def test_after_the_old_key_is_destroyed_its_seals_stay_closed() -> None:
    before = KeyRing("contact", {1: OLD}).seal("text")
    with pytest.raises(CannotOpen):
        KeyRing("contact", {2: NEW}).open(before)


def test_a_digest_finds_equal_texts_and_nothing_else() -> None:
    index = BlindIndex(OLD)
    digest = index.digest("ab", "c")
    assert len(digest) == 64
    assert index.matches(digest, "ab", "c")
    assert not index.matches(digest, "a", "bc")
    assert not index.matches(digest, "abc")
    assert not index.matches("日本", "ab", "c")


def test_a_digest_depends_on_the_key() -> None:
    assert BlindIndex(OLD).digest("a") != BlindIndex(NEW).digest("a")
