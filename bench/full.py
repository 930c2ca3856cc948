"""`python -m bench.full PORT SECONDS`: a process of its own that keeps the citizens' door busy.

Whoever measures beside it does not wait for the load itself.
"""

import asyncio
import sys

from .pages import CONNECTIONS, Target, readers, waits_of


async def main(port: int, seconds: float) -> None:
    """Prints the answers a second."""
    async with readers(Target(port, "/availability/issuance"), CONNECTIONS) as reading:
        await asyncio.sleep(seconds)
    print(f"{len(waits_of(reading)) / seconds:.0f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
