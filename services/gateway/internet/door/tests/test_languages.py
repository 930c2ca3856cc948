"""One chooses the language once; everything speaks it, and nobody is led elsewhere."""

import pytest

from services.gateway.internet.tests.citizen import ORIGIN, Citizen, identify

MONTH = "/availability/issuance/honcho/2026-12"


def html_lang(citizen: Citizen) -> str | None:
    return citizen.page.root.get("lang")


def speak(citizen: Citizen, language: str) -> Citizen:
    return citizen.open("/language").send("/language", {"lang": language})


def test_the_language_is_chosen_on_a_page_that_every_page_leads_to(citizen: Citizen) -> None:
    citizen.open("/nowhere").follow("/language")
    assert [button.get("lang") for button in citizen.page.all("button", name="lang")] == [
        *("ja", "ja", "en", "zh-CN", "ko", "vi")
    ]
    citizen.send("/language", {"lang": "vi"})
    assert citizen.path == "/"
    assert html_lang(citizen) == "vi"
    assert html_lang(citizen.open("/nowhere")) == "vi"


def test_looking_at_the_page_changes_nothing(citizen: Citizen) -> None:
    citizen.client.get("/language?lang=ko")
    assert html_lang(citizen.open("/")) == "ja"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{ORIGIN}/book", "/book"),
        (f"{ORIGIN}{MONTH}", MONTH),
        (f"{ORIGIN}/find?again=1", "/find?again=1"),
        ("https://evil.example/find", "/find"),
        ("https://evil.example//evil.example/", "/"),
        (f"{ORIGIN}/book/0123456789abcdef/confirm", "/"),
        (f"{ORIGIN}/find?to=//evil.example", "/find"),
        (f"{ORIGIN}/static/app.css\\@evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_choice_leads_back_to_where_one_came_from_and_nowhere_else(
    citizen: Citizen, address: str, page: str
) -> None:
    citizen.see(citizen.client.get("/language", headers={"Referer": address}))
    assert citizen.page.field("back") == page
    fields = {"csrf": citizen.page.field("csrf"), "lang": "en", "back": address}
    reply = citizen.client.post(
        "/language", data=fields, headers={"Origin": ORIGIN}, follow_redirects=False
    )
    assert reply.headers["location"] == page


def test_a_booking_in_progress_goes_on_in_the_new_language(citizen: Citizen) -> None:
    identify(citizen)
    path = citizen.path
    citizen.see(citizen.client.get("/language", headers={"Referer": ORIGIN + path}))
    citizen.send("/language", {"lang": "ko"})
    assert citizen.path == path
    assert html_lang(citizen) == "ko"


def test_an_unknown_language_is_refused(citizen: Citizen) -> None:
    assert speak(citizen, "xx").status == 400
    citizen.client.cookies.set("lang", "xx")
    assert html_lang(citizen.open("/")) == "ja"


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en;q=0.5, vi;q=0.9", "vi"),
        ("zh-TW,zh;q=0.9", "zh-CN"),
        ("pt-BR", "en"),
        ("fr, ja;q=0.1", "ja"),
        ("ja;q=0, en", "en"),
        ("*", "ja"),
        ("\x00;;;q=9,,", "en"),
    ],
)
def test_until_one_chooses_the_browser_is_asked(citizen: Citizen, accepted: str, lang: str) -> None:
    citizen.client.headers["Accept-Language"] = accepted
    assert html_lang(citizen.open("/")) == lang
    assert html_lang(speak(citizen, "ja")) == "ja"


def test_a_page_that_is_kept_says_what_it_depends_on(citizen: Citizen) -> None:
    """The same address in another language is another page with another name."""
    japanese = citizen.client.get(MONTH)
    assert japanese.headers["vary"] == "accept-encoding, cookie, accept-language"
    headers = {"If-None-Match": japanese.headers["etag"]}
    assert citizen.client.get(MONTH, headers=headers).status_code == 304
    english = citizen.client.get(MONTH, headers={**headers, "Accept-Language": "en"})
    assert english.status_code == 200
    assert english.headers["etag"] != japanese.headers["etag"]
    assert citizen.client.get(MONTH).text == japanese.text


def test_kept_pages_never_speak_another_readers_language(citizen: Citizen) -> None:
    """The same pages in turn, so that each is kept when the next reader asks."""
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "honcho"}).send("visitor", {"visitor": "self"})
    draft = citizen.path.split("/month/")[0].removesuffix("/days")
    shared = ("/", "/availability", "/availability/issuance", MONTH, "/help", "/privacy")
    own = (f"{draft}/{page}" for page in ("month/pin/honcho", "week", "days", "day/2026-12-02"))
    for path in (*shared, *own):
        for language, lang in (("ja", "ja"), ("ko", "ko"), ("vi", "vi"), ("ja", "ja")):
            citizen.client.cookies.set("lang", language)
            assert html_lang(citizen.open(path)) == lang, path
            assert citizen.status == 200


def test_faults_are_told_in_the_language_too(citizen: Citizen) -> None:
    citizen.client.headers["Accept-Language"] = "en"
    for reply in (
        citizen.client.get("/", headers={"Host": "evil.example"}),
        citizen.client.post("/find", content=b"", headers={"Content-Type": "text/plain"}),
    ):
        assert citizen.see(reply).status == 400
        assert html_lang(citizen) == "en"
