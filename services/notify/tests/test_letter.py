"""The bytes of a mail, as a mail program reads them."""

import dataclasses
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest

from libs.contracts.booking import Language
from libs.contracts.notify import MailKind
from services.notify.domain.letter import LetterVisit, MailFrom, MailWriter, UnsafeHeader
from services.notify.texts import load_templates

WRITER = MailWriter(
    MailFrom("大分市", "yoyaku@city.example.jp"), "https://yoyaku.example.jp", load_templates()
)
VISIT = LetterVisit(
    language="ja",
    number="ABCDE12345",
    starts_at=datetime(2026, 12, 1, 1, 30, tzinfo=UTC),
    previous_starts_at=datetime(2026, 11, 30, 15, 5, tzinfo=UTC),
    office="髙﨑支所①",
    office_address="大分市荷揚町2番31号",
    office_phone="097-000-0000",
    procedure="カードの交付",
    documents=("交付通知書（はがき）", "本人確認書類"),
    notes=("ご本人がお越しください。",),
    token="a-secret",
)
BOOKING = UUID("0b0f9f0c-8a54-4d0e-9c9a-1f4f5c1d2e3f")


def written(kind: MailKind, visit: LetterVisit = VISIT, to: str = "hana@example.jp") -> bytes:
    at = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    return WRITER.write(kind, visit, to, WRITER.message_id(BOOKING, 1, kind), at)


def read(raw: bytes) -> tuple[EmailMessage, str]:
    mail = message_from_bytes(raw, policy=policy.default)
    return mail, str(mail.get_content()).replace("\r\n", "\n")


def test_a_confirmation_tells_all_that_one_needs_on_the_day() -> None:
    _, body = read(written("confirmed"))
    for said in (
        "ABCDE-12345",
        "2026年12月1日（火）10時30分",
        "髙﨑支所①",
        "大分市荷揚町2番31号",
        "097-000-0000",
        "カードの交付",
        "・交付通知書（はがき）",
        "・本人確認書類",
        "・ご本人がお越しください。",
        "予約時刻を過ぎた場合、お待ちいただくことがあります。",
        "https://yoyaku.example.jp/open/a-secret\n",
        "https://yoyaku.example.jp/find\n",
        "このメールに返信しても",
    ):
        assert said in body


def test_a_change_tells_the_old_and_the_new_time() -> None:
    _, body = read(written("changed"))
    assert "変更前の日時：2026年12月1日（火）0時05分" in body
    assert "変更後の日時：2026年12月1日（火）10時30分" in body


def test_a_cancellation_has_its_own_text_and_asks_for_no_documents() -> None:
    _, body = read(written("cancelled"))
    assert "取り消したご予約の日時：2026年12月1日（火）10時30分" in body
    assert "お持ちいただくもの" not in body


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("confirmed", "【大分市】ご予約を受け付けました"),
        ("changed", "【大分市】予約日時を変更しました"),
        ("cancelled", "【大分市】予約を取り消しました"),
        ("reminder", "【大分市】明日のご予約のお知らせ"),
    ],
)
def test_the_headers_are_complete_and_the_subject_does_not_tell_the_procedure(
    kind: MailKind, subject: str
) -> None:
    mail, _ = read(written(kind))
    assert dict(mail.items()) == {
        "From": "大分市 <yoyaku@city.example.jp>",
        "To": "hana@example.jp",
        "Subject": subject,
        "Date": "Fri, 20 Nov 2026 00:00:00 +0000",
        "Message-ID": WRITER.message_id(BOOKING, 1, kind),
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }


def test_a_mail_is_plain_ascii_on_the_wire_in_short_lines() -> None:
    raw = written("confirmed")
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_no_notes_leave_no_gap_and_no_documents_are_said() -> None:
    _, body = read(written("confirmed", dataclasses.replace(VISIT, documents=(), notes=())))
    assert "特にありません。" in body
    assert "■ お願い\n予約時刻を" in body


def test_every_mail_has_one_message_id_and_no_two_share_it() -> None:
    kinds: tuple[MailKind, ...] = ("confirmed", "changed", "cancelled")
    ids = {WRITER.message_id(BOOKING, v, kind) for v in (1, 2, 11) for kind in kinds}
    assert len(ids) == 9
    assert WRITER.message_id(BOOKING, 1, "confirmed") in ids


@pytest.mark.parametrize(
    "to",
    [
        "a@example.jp\r\nBcc: b@example.jp",
        "=?utf-8?q?a=0D=0ABcc:b?=@example.jp",
        "a@example.jp\x00",
    ],
)
def test_a_recipient_that_could_become_another_header_is_refused(to: str) -> None:
    with pytest.raises(UnsafeHeader):
        written("confirmed", to=to)


def test_a_subject_that_could_become_another_header_is_refused() -> None:
    texts = dict(WRITER.templates["ja"])
    texts["confirmed"] = dataclasses.replace(
        texts["confirmed"], subject="件名\r\nBcc: b@example.jp"
    )
    writer = dataclasses.replace(WRITER, templates={"ja": texts})
    with pytest.raises(UnsafeHeader):
        writer.write("confirmed", VISIT, "a@example.jp", "<1@x>", datetime.now(UTC))


def test_headers_smuggled_in_through_the_sender_are_seen_after_serialising() -> None:
    sender = MailFrom("", "a@example.jp\r\nBcc: b@example.jp")
    writer = dataclasses.replace(WRITER, sender=sender)
    with pytest.raises(UnsafeHeader):
        writer.write("confirmed", VISIT, "a@example.jp", "<1@x>", datetime.now(UTC))


def test_without_a_link_the_mail_leads_to_the_form_and_no_visit_shows_its_link() -> None:
    _, body = read(written("changed", dataclasses.replace(VISIT, token=None)))
    assert "/open/" not in body
    assert body.count("https://yoyaku.example.jp/find\n") == 2
    assert "a-secret" not in repr(VISIT)


@pytest.mark.parametrize("kind", ["confirmed", "changed", "updated", "reminder"])
def test_a_mail_says_until_when_one_may_change_and_cancel(kind: MailKind) -> None:
    before = dataclasses.replace(VISIT, change_until=date(2026, 11, 29))
    _, body = read(written(kind, before))
    assert "日時の変更は2026年11月29日（日）まで、取り消しは予約の時刻までできます。\n" in body
    same_day = dataclasses.replace(VISIT, change_until=date(2026, 12, 1))
    assert "日時の変更と取り消しは、予約の時刻までできます。" in read(written(kind, same_day))[1]
    assert "予約の時刻まで" not in read(written(kind))[1]


@pytest.mark.parametrize("language", ["ja-easy", "en", "zh-CN", "ko", "vi"])
def test_the_deadline_is_said_in_the_language_of_the_mail(language: Language) -> None:
    known = dataclasses.replace(VISIT, language=language, change_until=date(2026, 11, 29))
    with_it, without = (
        read(written("confirmed", v))[1]
        for v in (known, dataclasses.replace(known, change_until=None))
    )
    (line,) = set(with_it.split("\n")) - set(without.split("\n"))
    assert "29" in line


def test_each_mail_of_a_training_says_so_in_its_subject() -> None:
    marked = dataclasses.replace(WRITER, mark="【研修】")
    at = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    raw = marked.write("confirmed", VISIT, "hana@example.jp", "<1@example.jp>", at)
    assert read(raw)[0]["Subject"].startswith("【研修】【大分市】")
