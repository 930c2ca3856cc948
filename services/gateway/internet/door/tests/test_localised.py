"""What the city offers appears in the language of the answer, and missing words are marked."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from markupsafe import escape

from libs.contracts.booking import Catalog, Language, OfficeText, ProcedureText, VisitorRule
from services.gateway.internet.tests.city import loaded_catalog, office, procedure
from services.gateway.web.catalogs import VOICES
from services.gateway.web.language import speaking

RUBY = "<ruby>本庁舎<rp>（</rp><rt>ほんちょうしゃ</rt><rp>）</rp></ruby>"


@contextmanager
def speaking_in(language: Language) -> Iterator[None]:
    token = speaking.set(next(voice for voice in VOICES if voice.code == language))
    yield
    speaking.reset(token)


def test_offices_are_named_in_the_language_and_marked_where_they_are_not() -> None:
    hall = office(
        texts={
            "en": OfficeText(name="City <Hall>"),
            "ja-easy": OfficeText(name="{本庁舎|ほんちょうしゃ}"),
        }
    )
    catalog = loaded_catalog(offices=(hall,))
    with speaking_in("en"):
        shown = catalog.offices()[0]
        assert (shown.name, escape(shown.name)) == ("City <Hall>", "City &lt;Hall&gt;")
        assert escape(shown.address) == f'<span lang="ja">{hall.address}</span>'
        assert shown.address == hall.address
    with speaking_in("ja-easy"):
        shown = catalog.offices()[0]
        assert (shown.name, escape(shown.name)) == ("本庁舎", RUBY)
        assert escape(shown.address) == hall.address
    assert catalog.office("honcho") == hall


def test_documents_and_reasons_follow_unless_the_list_has_another_length() -> None:
    rules = (VisitorRule(visitor="proxy", documents=("委任状",), phone_reason="お電話ください。"),)
    english = ProcedureText(
        documents=("Postcard",),
        visitors=(VisitorRule(visitor="proxy", documents=("Letter",), phone_reason="Call."),),
    )
    one = procedure(documents=("はがき",), rules=rules, texts={"en": english})
    two = procedure("pin", documents=("はがき", "書類"), rules=rules, texts={"en": english})
    catalog = loaded_catalog(procedures=(one, two))
    with speaking_in("en"):
        good, wrong = catalog.procedure("issuance"), catalog.procedure("pin")
        assert good
        assert wrong
        assert good.documents == ("Postcard",)
        assert good.rule("proxy").documents == ("Letter",)
        assert good.rule("proxy").phone_reason == "Call."
        assert wrong.documents == ("はがき", "書類")


def test_a_new_publication_is_translated_anew() -> None:
    catalog = loaded_catalog(offices=(office(texts={"en": OfficeText(name="Old")}),))
    with speaking_in("en"):
        assert catalog.offices()[0].name == "Old"
        newer = office(texts={"en": OfficeText(name="New")}, version=2)
        catalog.load(Catalog(offices=(newer,), procedures=()))
        assert catalog.offices()[0].name == "New"


@pytest.mark.parametrize("language", ["en", "zh-CN", "ko", "vi"])
def test_a_procedure_without_words_in_the_language_is_still_offered(language: Language) -> None:
    with speaking_in(language):
        shown = loaded_catalog().procedures()[0]
        assert escape(shown.plain) == f'<span lang="ja">{shown.plain}</span>'
