"""What a first visit costs over the wire, and that every page comes compressed."""

from urllib.parse import urljoin

from services.gateway.internet.tests.citizen import Citizen, reach_check
from services.gateway.web.compress import gzipped
from services.gateway.web.static import SHARED

FIRST_VISIT_BYTES = 25_000
FIRST_VISIT_REQUESTS = 4
SCRIPT_BYTES = 3_000


def parts_of(citizen: Citizen) -> dict[str, int]:
    """What a browser fetches to show the page, and the bytes of each with its head."""
    page = citizen.page
    urls = {citizen.path}
    urls |= {e.get("href", "") for e in page.all("link") if e.get("rel") != "alternate"}
    urls |= {e.get("src", "") for tag in ("img", "script") for e in page.all(tag)}
    return {url: wire_bytes(citizen, urljoin(citizen.path, url)) for url in urls}


def wire_bytes(citizen: Citizen, url: str) -> int:
    reply = citizen.client.get(url, headers={"Accept-Encoding": "gzip"})
    assert reply.status_code == 200
    head = sum(len(name) + len(value) + 4 for name, value in reply.headers.items())
    return head + int(reply.headers["content-length"])


def test_a_first_visit_is_at_most_25_kilobytes_in_four_requests(citizen: Citizen) -> None:
    parts = parts_of(citizen.open("/"))
    assert len(parts) <= FIRST_VISIT_REQUESTS
    assert sum(parts.values()) <= FIRST_VISIT_BYTES, parts
    scripts = [size for url, size in parts.items() if url.endswith(".js")]
    assert sum(scripts) <= SCRIPT_BYTES


def test_every_script_is_at_most_three_kilobytes() -> None:
    scripts = list(SHARED.glob("*.js"))
    assert scripts
    for script in scripts:
        assert len(gzipped(script.read_bytes())) <= SCRIPT_BYTES, script.name


def test_every_page_and_the_style_sheet_come_compressed(citizen: Citizen) -> None:
    style = citizen.open("/").page.one("link", rel="stylesheet").get("href", "")
    reach_check(citizen)
    paths = ["/", "/book", "/find", "/availability", "/nowhere", citizen.path, style]
    for path in paths:
        reply = citizen.client.get(path)
        assert reply.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in reply.headers["vary"], path
        plain = citizen.client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
        assert "content-encoding" not in plain.headers, path


def test_two_copies_of_a_form_hide_the_session_in_different_tokens(citizen: Citizen) -> None:
    first = citizen.open("/book").page.field("csrf")
    assert citizen.open("/book").page.field("csrf") != first
    citizen.send("/book", {"procedure": "issuance", "csrf": first})
    assert citizen.status == 200
