"""Addresses that can be mailed, and those that cannot."""

import pytest

from libs.contracts.notify import NotMailable, mailbox, masked


@pytest.mark.parametrize(
    "address", ["hana@example.jp", "a.b+c@sub.example.co.jp", "x_y-z@docomo.ne.jp", "o'x@e-e.jp"]
)
def test_an_ordinary_address_stays_as_it_is(address: str) -> None:
    assert mailbox(address) == address


@pytest.mark.parametrize(
    ("address", "spelled"),
    [
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("ab.@ezweb.ne.jp", '"ab."@ezweb.ne.jp'),
        (".ab@DOCOMO.ne.jp", '".ab"@DOCOMO.ne.jp'),
    ],
)
def test_dots_out_of_place_are_quoted_for_the_carriers_that_gave_them_out(
    address: str, spelled: str
) -> None:
    assert mailbox(address) == spelled


@pytest.mark.parametrize(
    "address",
    [
        "a..b@example.jp",
        "no-at-sign",
        "@example.jp",
        "a@",
        "a@localhost",
        "a@-x.jp",
        "a b@example.jp",
        '"a b"@example.jp',
        '"ab"@example.jp',
        "a@example.j",
        "a@example.jp>\r\nRCPT TO:<b@example.jp",
        "a\nBcc:b@example.jp",
        '"a..b"@docomo.ne.jp',
        "花@example.jp",
        "a@例え.jp",
        "=?utf-8?q?a?=@example.jp",
        f"{'a' * 65}@example.jp",
        f"a@{'b.' * 130}jp",
        "",
    ],
)
def test_what_cannot_be_mailed_is_refused_without_being_quoted(address: str) -> None:
    with pytest.raises(NotMailable) as refusal:
        mailbox(address)
    assert not address or address not in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("hana@gmail.com", "h•••@gmail.com"), ("a@docomo.ne.jp", "a•••@docomo.ne.jp")],
)
def test_an_address_is_shown_without_its_letters(address: str, shown: str) -> None:
    assert masked(address) == shown
