"""E-mail addresses, odd ones of the carriers and mistyped ones."""

import pytest

from services.gateway.web.emails import (
    NO_ADDRESS,
    NO_AT,
    NO_DOMAIN,
    NOT_ASCII,
    ODD_DOTS,
    read_email,
    suggest_email,
)
from services.gateway.web.typed import Mistyped


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("taro@example.jp", "taro@example.jp"),
        (" Taro@Example.JP ", "Taro@example.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
        ("ab.@ezweb.ne.jp", "ab.@ezweb.ne.jp"),
        ("taro−h@example.jp", "taro-h@example.jp"),
        ("a+b_c@x-y.example.com", "a+b_c@x-y.example.com"),
        ("", None),
        ("\u3000", None),
    ],
)
def test_mail_addresses_are_read(typed: str, address: str | None) -> None:
    assert read_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "taro",
        "taro@",
        "@example.jp",
        "taro@example",
        "a@b@example.jp",
        "太郎@example.jp",
        "taro@例え.jp",
        "a,b@example.jp",
        "=?utf-8?q?a?=@example.jp",
        "a@-example.jp",
        "x" * 65 + "@example.jp",
        "a@" + "x" * 250 + ".jp",
        "a\r\nBcc:b@example.jp",
    ],
)
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    with pytest.raises(Mistyped):
        read_email(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("taro.example.jp", NO_AT),
        ("taro@example", NO_DOMAIN),
        ("大分@example.jp", NOT_ASCII),
        ("a..b@gmail.com", ODD_DOTS),
        (".ab@docomo.co.jp", ODD_DOTS),
        ("ab.@example.jp", ODD_DOTS),
        ("a,b@example.jp", NO_ADDRESS),
    ],
)
def test_the_sentence_says_what_to_correct(typed: str, sentence: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        read_email(typed)
    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.co.jp", "gmail.com"),
        ("docomo.ne.jo", "docomo.ne.jp"),
        ("docomo.co.jp", "docomo.ne.jp"),
        ("ezwed.ne.jp", "ezweb.ne.jp"),
        ("yaho.co.jp", "yahoo.co.jp"),
        ("yahoo.ne.jp", "yahoo.co.jp"),
        ("icloud.co.jp", "icloud.com"),
        ("i.softbank.ne.jp", "i.softbank.jp"),
        ("softbank.ne.jpp", "softbank.ne.jp"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_asked_about(domain: str, meant: str) -> None:
    suggestion = suggest_email(f"taro.o@{domain}")
    assert suggestion == f"taro.o@{meant}"
    assert read_email(suggestion) == suggestion
    assert suggest_email(suggestion) is None


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "docomo.ne.jp", "ymail.com", "mail.com", "city.oita.oita.jp", "example.jp"],
)
def test_other_domains_are_left_alone(domain: str) -> None:
    assert suggest_email(f"taro@{domain}") is None
