"""What a mail server's answer means for the mail."""

from datetime import timedelta

import pytest

from services.notify.domain.outcome import MailOutcome, Reply, judge, reply_of

LONG = timedelta(days=30)


@pytest.mark.parametrize(
    ("code", "words", "about_us", "reply"),
    [
        (250, "2.0.0 OK: queued", False, Reply("taken", "250 2.0.0")),
        (250, "kept", False, Reply("taken", "250")),
        (450, "4.2.1 <hana@example.jp> busy", False, Reply("later", "450 4.2.1")),
        (550, "5.1.1 <hana@example.jp> unknown", False, Reply("never", "550 5.1.1")),
        (550, "<hana@example.jp> unknown", False, Reply("never", "550")),
        (554, "5.7.1 sender refused", True, Reply("later", "554 5.7.1")),
        (421, "closing", False, Reply("later", "421")),
        (-1, "Malformed", False, Reply("later", "-1")),
    ],
)
def test_a_reply_is_read_by_its_code_and_its_words_are_not_kept(
    code: int, words: str, about_us: bool, reply: Reply
) -> None:
    assert reply_of(code, words, about_us=about_us) == reply


def test_a_taken_mail_is_sent_and_a_refused_one_has_failed() -> None:
    assert judge(Reply("taken", "250"), 1, LONG) == MailOutcome("sent", "250")
    assert judge(Reply("never", "550"), 1, LONG) == MailOutcome("failed", "550")


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 240), (9, 240)]
)
def test_the_pauses_between_tries_grow_to_four_hours(attempts: int, minutes: int) -> None:
    outcome = judge(Reply("later", "450"), attempts, LONG)
    assert outcome == MailOutcome("waiting", "450", timedelta(minutes=minutes))


def test_a_mail_that_is_put_off_again_and_again_fails_within_a_day() -> None:
    attempts, spent = 1, timedelta()
    while (outcome := judge(Reply("later", "450"), attempts, LONG)).state == "waiting":
        attempts, spent = attempts + 1, spent + outcome.delay
    assert (outcome.state, attempts) == ("failed", 10)
    assert timedelta(hours=20) < spent < timedelta(days=1)


@pytest.mark.parametrize(("left", "state"), [(119, "failed"), (120, "waiting")])
def test_the_last_try_is_shortly_before_somebody_has_to_call(left: int, state: str) -> None:
    assert judge(Reply("later", "450"), 1, timedelta(seconds=left)).state == state


def test_a_reminder_that_is_put_off_has_failed_by_the_hour_of_calls() -> None:
    """Tried from 10:00 on; at 15:00 it is on the list, and the last try is not long ago."""
    attempts, left = 1, timedelta(hours=5)
    while (outcome := judge(Reply("later", "450"), attempts, left)).state == "waiting":
        attempts, left = attempts + 1, left - outcome.delay
    assert timedelta(0) < left < timedelta(minutes=10)
