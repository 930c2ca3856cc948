"""How the door comes into the states of one's own booking: seen, moved, cancelled, opened."""

from datetime import timedelta

from libs.contracts.booking import Displacement, Proposed, Status
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.fakes import TOKEN
from services.gateway.web.link import Refused

from .scene import BIRTH, SUBMIT, Scene
from .steps import HOLD_MINUTES, refuse, slow_down


async def find_tolled(scene: Scene, refused: Refused) -> None:
    scene.world.booking.refusals["find"] = refused
    await scene.find()


async def booking_lost(scene: Scene) -> None:
    await scene.to_booking()
    await scene.forget()
    await scene.open(scene.path)


async def booking_as(
    scene: Scene, status: Status = "confirmed", *, can_change: bool = False
) -> None:
    """The booking as it stands some days later."""
    can_cancel = status == "confirmed"
    scene.has_booking(status=status, can_change=can_change, can_cancel=can_cancel)
    await scene.find()


async def to_cancel(scene: Scene) -> None:
    await scene.to_booking()
    await scene.tap("main a[href=cancel]")


async def session_lost(scene: Scene) -> None:
    await to_cancel(scene)
    await scene.lose_session()
    await scene.tap("form[action=cancel] button")


async def cancelled(scene: Scene) -> None:
    await to_cancel(scene)
    await scene.tap("form[action=cancel] button")


async def change_day(scene: Scene) -> None:
    await scene.to_booking()
    await scene.tap("main a[href^='month/']")
    await scene.choose_day("2026-12-03")


async def change_beside_another_child(scene: Scene) -> None:
    await change_day(scene)
    refuse(scene, "hold", 409, "one-window")
    await scene.choose_time("10:00", "2026-12-03")


async def change_slow(scene: Scene) -> None:
    await change_day(scene)
    slow_down(scene)
    await scene.choose_time("10:00", "2026-12-03")


async def change_month(scene: Scene) -> None:
    await scene.to_booking()
    await scene.tap("main a[href^='month/']")


async def changed(scene: Scene) -> None:
    await scene.to_change()
    await scene.tap("form[action=change] button")


async def change_expired(scene: Scene) -> None:
    await scene.to_change()
    scene.world.clock.pass_minutes(HOLD_MINUTES)
    await scene.open(scene.path)


async def pin_office(scene: Scene) -> None:
    scene.has_booking(procedure_id="pin")
    await scene.find()
    await scene.tap("main a[href=office]")


async def in_the_past(scene: Scene) -> None:
    yesterday = at(1, 9) - timedelta(days=1)
    scene.has_booking(starts_at=yesterday, can_change=False, can_cancel=False)
    await scene.find()


async def late(scene: Scene) -> None:
    scene.has_booking(starts_at=at(1, 7, 55), can_change=False, can_cancel=False)
    await scene.find()


async def mail_sent_again(scene: Scene) -> None:
    scene.has_booking(has_email=True)
    await scene.find()
    await scene.tap("form[action=resend] button")


async def mailed_enough(scene: Scene) -> None:
    await mail_sent_again(scene)
    refuse(scene, "resend", 409, "mailed-enough")
    await scene.tap("form[action=resend] button")


async def mails_unopened(scene: Scene) -> None:
    scene.has_booking(has_email=True)
    await scene.find()
    refuse(scene, "resend", 409, "unopened-mails")
    await scene.tap("form[action=resend] button")


async def mail_waits(scene: Scene) -> None:
    scene.has_booking(has_email=False, mail_waits=True)
    await scene.find()


async def mail_failed(scene: Scene) -> None:
    scene.has_booking(has_email=True, mail_failed=True)
    await scene.find()


async def cancelled_of_a_party(scene: Scene) -> None:
    scene.has_booking(status="cancelled", can_change=False, can_cancel=False, party_size=3)
    await scene.find()


async def displaced(scene: Scene) -> None:
    proposed = Proposed(office_id="tsurusaki", starts_at=at(9, 10), held_until=at(4, 17))
    scene.has_booking(displaced=Displacement(proposed=proposed))
    await scene.find()


async def proposal_over(scene: Scene) -> None:
    await displaced(scene)
    scene.has_booking(displaced=Displacement(proposed=None))
    await scene.tap("form[action=accept] button")


async def met_by_an_outage(scene: Scene) -> None:
    scene.has_booking(status="finished", rebooks=True, can_change=True, can_cancel=False)
    await scene.find()


async def found_cancelled(scene: Scene) -> None:
    await booking_as(scene, "cancelled")


async def to_contact(scene: Scene) -> None:
    scene.has_booking(has_email=True)
    await scene.find()
    await scene.tap("main a[href=contact] >> nth=0")


async def contact_mistyped(scene: Scene) -> None:
    await to_contact(scene)
    await scene.fill({"#email": "hanako@"})
    await scene.tap("form[action=contact] button")


async def contact_asked(scene: Scene) -> None:
    await to_contact(scene)
    await scene.fill({"#email": "hanako@gmial.com"})
    await scene.tap("form[action=contact] button")


async def contact_changed(scene: Scene) -> None:
    await to_contact(scene)
    await scene.fill({"#email": "hanako@example.jp"})
    await scene.tap("form[action=contact] button")


async def change_week(scene: Scene) -> None:
    await change_month(scene)
    await scene.tap("a[href='../../week']")


async def change_days(scene: Scene) -> None:
    await change_month(scene)
    await scene.tap("a[href='../../days']")


async def by_card(scene: Scene, card: str = "ABC-123456") -> None:
    await scene.open("/find/card")
    await scene.fill({"#card": card, **BIRTH})
    await scene.tap(SUBMIT)


async def card_tolled(scene: Scene, refused: Refused) -> None:
    scene.world.eligibility.refusals.append(refused)
    await by_card(scene)


async def link(scene: Scene) -> None:
    await scene.open(f"/open/{TOKEN}")


async def dead_link(scene: Scene) -> None:
    await link(scene)
    await scene.tap("form[action='/open'] button")
