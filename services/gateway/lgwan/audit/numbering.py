"""Numbers the rows of the log after their commit, one process at a time, and checks the chain."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from libs.common.logs import fields
from services.gateway.lgwan.door.staff import Operation
from services.gateway.lgwan.door.store import OpenStore

from .chain import ERASE, START, ChainCheck, ChainFault, Head, Sealer
from .store import AuditStore

log = logging.getLogger(__name__)
AT_ONCE = 1000
A_PAGE = 5000
SYSTEM = "system"


class Numberer:
    """Remembers how far the chain was, so that a cut is seen while this process lives."""

    def __init__(self, open_store: OpenStore, sealer: Sealer) -> None:
        self.open_store = open_store
        self.sealer = sealer
        self.head = Head(0, START)

    async def number(self) -> int:
        """Give numbers to what has none; how many. Each hour the head is kept and written to the
        log of the process, which leaves this machine."""
        done = 0
        while (some := await self._number_some()) == AT_ONCE:
            done += some
        return done + some

    async def _number_some(self) -> int:
        async with self.open_store(AuditStore) as store:
            if not await store.lock_log():
                return 0
            head = await store.head()
            if head.number < self.head.number:
                log.error("the operation log was cut", extra=fields(number=self.head.number))
                return 0
            links = self.sealer.continued(head, await store.waiting(AT_ONCE))
            if links:
                await store.put_links(links)
                head = Head(links[-1].number, links[-1].mac)
            first = await store.put_head(head) if head.number else False
        self.head = head
        if first:
            extra = fields(number=head.number, mac=head.mac.hex())
            log.info("head of the operation log", extra=extra)
        return len(links)


@dataclass(frozen=True)
class Verdict:
    """What a check found. It began after the number `after`."""

    head: Head
    after: int
    links: int
    faults: tuple[ChainFault, ...]


async def verify(
    open_store: OpenStore, sealer: Sealer, heads: Iterable[Head] = (), newest: int = 0
) -> Verdict:
    """Go along the whole chain, or along its `newest` links only. `heads` are those known
    elsewhere; those of the database are looked at besides."""
    async with open_store(AuditStore) as store:
        last = await store.head()
        kept = [head for head, _ in await store.heads(AT_ONCE)]
        begin = max(last.number - newest, 0) if newest else 0
        after = await store.head_at(begin) if begin else Head(0, START)
    check = ChainCheck(sealer, [*heads, *kept], after)
    position = after.number
    while True:
        async with open_store(AuditStore) as store:
            links = await store.links(position, A_PAGE)
        if not links:
            break
        for link in links:
            check.take(link)
        position = links[-1].number
    head = check.finish()
    return Verdict(head, after.number, check.links, tuple(check.faults))


async def erase_person(open_store: OpenStore, sealer: Sealer, actor: str) -> int:
    """Take a member of staff out of the log; the chain stays whole. How many rows it were."""
    async with open_store(AuditStore) as store:
        numbers = await store.numbers_of(actor)
        for first, last in _runs(numbers):
            await _erase(store, sealer, first, last)
    return len(numbers)


async def erase_old(open_store: OpenStore, sealer: Sealer, days: int) -> None:
    """Rows beyond the time for which the log is kept, from the first on: what named erased rows
    before may be among them."""
    async with open_store(AuditStore) as store:
        if last := await store.last_number_before(days):
            await _erase(store, sealer, 1, last)


async def _erase(store: AuditStore, sealer: Sealer, first: int, last: int) -> None:
    numbers = f"{first}-{last}"
    detail = f"sealed {sealer.erasure(numbers)}"
    store.record(Operation(SYSTEM, ERASE, "operation", numbers, "", "done", detail))
    await store.erase(first, last)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """1 2 3 7 8 as (1, 3) (7, 8)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
