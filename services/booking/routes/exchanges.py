"""差替え, as the LGWAN door asks for it."""

from starlette.routing import Route

from libs.contracts.booking import PersonExchange, TimeExchange
from services.booking.actions import exchanges

from .endpoints import changes_booking

replace_person = changes_booking(exchanges.replace_person, PersonExchange, right="bookings.change")
exchange_times = changes_booking(exchanges.exchange_times, TimeExchange, right="bookings.change")


_ONE = "/v1/staff/bookings/{booking_id:uuid}"
ROUTES = [
    Route(f"{_ONE}/person", replace_person, methods=["POST"]),
    Route(f"{_ONE}/times", exchange_times, methods=["POST"]),
]
