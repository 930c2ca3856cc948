"""A page of the staff door whose transaction met a deadlock is shown after all."""

from dev.deadlocks import crossing, run_again
from dev.testing import Database
from services.gateway.lgwan.tests.support import Browser, sql

OVER = "UPDATE staff_session SET expires_at = now() - interval '1 minute'"


def test_signing_in_while_another_transaction_goes_the_other_way_round(
    browser: Browser, store_of_accounts: Database
) -> None:
    """Signing in reads the account and then drops the sessions that are over."""
    browser.come_in()
    sql(store_of_accounts, OVER)
    before = run_again()
    with crossing(store_of_accounts, OVER, "UPDATE staff SET active = active"):
        page = browser.sign_in()
    assert (browser.status, page.heading != "サインイン") == (200, True)
    assert run_again() > before
    assert sql(store_of_accounts, "SELECT count(*) FROM staff_session") == ["1"]
