"""What a mail server's answer means for the mail."""

from datetime import timedelta

import pytest

from services.notify.domain.outcome import Outcome, Reply, judge, reply_of

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
    assert judge(Reply("taken", "250"), 1, LONG) == Outcome("sent", "250")
    assert judge(Reply("never", "550"), 1, LONG) == Outcome("failed", "550")


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 240), (99, 240)]
)
def test_the_pauses_between_tries_grow_to_four_hours(attempts: int, minutes: int) -> None:
    outcome = judge(Reply("later", "450"), attempts, LONG)
    assert outcome == Outcome("waiting", "450", timedelta(minutes=minutes))


@pytest.mark.parametrize(("left", "state"), [(60, "failed"), (61, "waiting")])
def test_no_try_is_planned_for_the_appointment_or_later(left: int, state: str) -> None:
    assert judge(Reply("later", "450"), 1, timedelta(seconds=left)).state == state
