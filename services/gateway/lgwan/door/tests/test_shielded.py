"""Web不可 on the page of a booking: for those who have the right to see it."""

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.support import Browser, add_staff


def test_only_who_has_the_right_reads_that_a_person_is_not_served_online(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    assert isinstance(services.booking, FakeBooking)
    (one,) = services.booking.kept
    add_staff(store_of_accounts, "abe", rights=("bookings.read", "persons.shielded"))
    add_staff(store_of_accounts, "ito", rights=("bookings.read",))
    browser.sign_in("abe")
    assert "Web不可" not in browser.open(f"/bookings/{one}").text
    services.booking.shielded = {one}
    assert "Web不可" in browser.open(f"/bookings/{one}").text
    browser.sign_in("ito")
    assert "Web不可" not in browser.open(f"/bookings/{one}").text
