"""How the door comes into the states of several people and several procedures in one visit."""

from .scene import BIRTH, SUBMIT, Scene
from .steps import office_chosen, refuse

SECOND = {"#born-era": "showa", "#born": "37", "#born-month": "7", "#born-day": "7"}
CHILD = {"#born-era": "heisei", "#born": "30", "#born-month": "5", "#born-day": "5"}
FAR = {"#born-era": "heisei", "#born": "2", "#born-month": "2", "#born-day": "3"}


async def people(scene: Scene) -> None:
    """The first person has answered; from now on it is about the others."""
    await scene.to_month()
    await scene.open(scene.path.replace("month/issuance/honcho", "people"))


async def add(scene: Scene, procedure: str = "issuance") -> None:
    await people(scene)
    await scene.tap(f"form[action=people] button[value={procedure}]")


async def add_card(scene: Scene, card: str = "FAM-000002") -> None:
    await add(scene)
    born = {"FAM-000002": SECOND, "CHI-000008": CHILD, "FAR-000001": FAR}[card]
    await scene.identify(card, **born)


async def far_card(scene: Scene) -> None:
    await add_card(scene, "FAR-000001")


async def second_mistyped(scene: Scene) -> None:
    await add(scene)
    await scene.identify("AB-12", **SECOND)


async def child(scene: Scene) -> None:
    await add_card(scene, "CHI-000008")
    await scene.come()


async def two(scene: Scene) -> None:
    await add_card(scene)
    await scene.come()


async def four(scene: Scene) -> None:
    await add(scene, "pin")
    await scene.come()
    for _ in range(2):
        await scene.tap("form[action=people] button[value=pin]")
        await scene.come()


async def two_look_for_a_day(scene: Scene) -> None:
    await two(scene)
    await scene.tap("button[value=in_turn]")


async def two_have_a_time(scene: Scene) -> None:
    await two_look_for_a_day(scene)
    await scene.tap("a[href='day/2026-12-02']")
    await scene.choose_time()


async def two_check(scene: Scene) -> None:
    await two_have_a_time(scene)
    await scene.tell()


async def two_done(scene: Scene) -> None:
    await two_check(scene)
    await scene.confirm()


async def second_tells(scene: Scene) -> None:
    """The second person has no card and is asked for a name."""
    await add(scene, "pin")
    await scene.come("proxy")
    await scene.tap("button[value=together]")
    await scene.tap("a[href='day/2026-12-02']")
    await scene.choose_time()
    await scene.tell()


async def second_inquiry(scene: Scene) -> None:
    await add(scene, "cert")
    await scene.come("proxy")


async def second_by_phone(scene: Scene) -> None:
    await add_card(scene)
    await scene.come("proxy")


async def second_also(scene: Scene) -> None:
    await add(scene, "pin")
    await scene.tap("main a[href=also]")


async def also(scene: Scene) -> None:
    await office_chosen(scene)
    await scene.tap("main a[href=also]")


async def several_check(scene: Scene) -> None:
    """Two procedures of one person."""
    await also(scene)
    await scene.page.check("input[value=cert]")
    await scene.tap(SUBMIT)
    await scene.come()
    await scene.tap("a[href='day/2026-12-02']")
    await scene.choose_time()
    await scene.fill({"#kana": "オオイタ ハナコ", **BIRTH})
    await scene.tap(SUBMIT)


async def another_procedure(scene: Scene) -> None:
    await scene.to_check()
    await scene.tap("main a[href=procedure]")


async def add_later(scene: Scene) -> None:
    """Somebody is added to the booking that stands."""
    scene.has_booking(can_add=True)
    await scene.find()
    await scene.tap("form[action=add] button")


async def no_room_for_another(scene: Scene) -> None:
    await add_later(scene)
    await scene.tap("button[value=pin]")
    await scene.come()
    await scene.tap("a[href='../../day/2026-12-02']")
    await scene.choose_time("09:15")
    await scene.fill({"#kana": "オオイタ ジロウ", **BIRTH})
    await scene.tap(SUBMIT)
    refuse(scene, "book", 409, "party-full")
    await scene.confirm()
