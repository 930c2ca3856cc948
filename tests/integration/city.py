"""The city in a system that has just started: offices, procedures, times, an account of staff."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from dev.account import ROOT
from dev.walk import Citizen, browsing
from libs.contracts.times import day_of
from libs.rules.closures import closure_of

from .crowd import AnyStack
from .ledger import eventually

STAFF = "kakari"
OFFICES = (
    *("honcho", "tsurusaki", "dainan", "wasada", "ozai"),
    *("sakanoichi", "saganoseki", "notsuharu", "akeno"),
)
SEED = ROOT / "deploy" / "seed" / "oita.json"


async def seed(stack: AnyStack) -> None:
    """The city and an account. Facts about offices wait in booking's outbox for its process."""
    account = ("add-staff", "--id", STAFF, "--name", "窓口係")
    await asyncio.gather(
        stack.command("booking", "seed", str(SEED)),
        stack.command("lgwan", *account, STAFF_PASSWORD=stack.keys["staff_password"]),
    )


async def open_for_booking(stack: AnyStack) -> None:
    """Seed the city and wait until citizens see every day of every office."""
    await seed(stack)
    await eventually("every office shows all its days", lambda: _shows_every_day(stack))


def days_far_ahead() -> Iterator[date]:
    """Days on which offices are open, from the last that can be booked backwards."""
    last = day_of(datetime.now(UTC)) + timedelta(days=44)
    days = (last - timedelta(days=back) for back in range(39))
    return (day for day in days if day.weekday() < 5 and not closure_of(day))


async def _shows_every_day(stack: AnyStack) -> bool:
    """Days are laid out one by one, so the first may be shown long before the last."""
    last = next(days_far_ahead())
    async with browsing() as session:
        citizen = Citizen(session, stack.ports.url("internet"))
        for office in OFFICES:
            await citizen.choose_office("pin", office)
            await citizen.comes()
            await citizen.open(f"?m={last:%Y-%m}")
            if last.isoformat() not in citizen.free_days():
                return False
    return True
