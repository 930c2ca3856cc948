"""Saying how far the broker has every fact about bookings."""

from services.booking.store import OpenStore


async def publish_watermark(open_store: OpenStore) -> None:
    async with open_store() as store:
        store.publish(await store.watermarks.now())
