"""A family through the citizens' pages and the services behind them: booked in one go, then each
on their own."""

import re
from datetime import date

from dev.walk import Citizen, Staff, birth

from .crowd import AnyStack
from .ledger import eventually, mails_since
from .people import Person, csv_file, new_person
from .test_journeys import hold_card_pickup, open_day


async def couple(staff: Staff, citizen: Citizen, day: date) -> tuple[Person, Person]:
    """Two people whose cards wait at one office, known to booking."""
    one, other = new_person(), new_person()
    await staff.import_persons("夫婦.csv", csv_file(one.row("鶴崎支所"), other.row("鶴崎支所")))
    for person in (one, other):
        await hold_card_pickup(citizen, person, day)
    return one, other


async def book_together(citizen: Citizen, one: Person, other: Person, day: date) -> list[str]:
    """Side by side at one time; the number of each."""
    await citizen.identify(one.card, one.born)
    await citizen.open("people")
    await citizen.send("people", {"procedure": "issuance"})
    await citizen.send("card", {"card": other.card, **birth(other.born)})
    for page in ("/visitor", "/people/2/visitor"):
        citizen.at(page)
        await citizen.send("visitor", {"visitor": "self"})
    await citizen.send("arrangement", {"arrangement": "together"})
    citizen.at("/days")
    await citizen.open(f"day/{day}")
    buttons = citizen.page.form("../time").buttons
    assert await citizen.take(buttons[0].attributes["value"])
    await citizen.about(one.email)
    await citizen.confirm()
    return [shown.text for shown in citizen.page.all("p", **{"class": "number"})]


async def link_in_mail(stack: AnyStack, number: str) -> str:
    """The path of the link with which a booking's own mail opens it."""
    links: set[str] = set()

    async def arrived() -> bool:
        texts = [mail.get_content() for _, mail in mails_since(stack, 0)]
        mine = [text for text in texts if number in text]
        links.update(link for text in mine for link in re.findall(r"/open/[\w-]+", text))
        return bool(links)

    await eventually("a mail with a link", arrived, 20)
    [link] = links
    return link


async def test_a_family_books_in_one_go_and_everybody_goes_on_alone(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    one, other = await couple(staff, citizen, quiet_day)
    numbers = await book_together(citizen, one, other, quiet_day)
    assert len(set(numbers)) == 2
    assert set(await staff.day(quiet_day.isoformat())) >= set(numbers)

    await citizen.find(numbers[1], other.born)
    assert (await citizen.cancel())["状態"] == "取り消し済み"
    assert (await citizen.find(numbers[0], one.born))["状態"] == "予約済み"

    child = new_person()
    await citizen.send("add")
    await citizen.send("procedure", {"procedure": "pin"})
    await citizen.comes()
    assert await citizen.take((await open_day(citizen, quiet_day))[0])
    await citizen.about(kana=child.kana, born=child.born)
    added = await citizen.confirm()
    assert (await citizen.find(added, child.born))["状態"] == "予約済み"

    await citizen.open(await link_in_mail(stack, numbers[0]))
    await citizen.send("/open")
    citizen.at("/show")
    await citizen.open("contact")
    await citizen.send("contact", {"needs": "wheelchair", "email": ""})
    citizen.at("/show")
    assert citizen.page.facts()["お手伝い"].startswith("車いす")
    assert citizen.page.facts()["メールアドレス"].endswith("•••@family.example")
