"""The refusals of this service. Their sentences are read by citizens and staff."""

from typing import Any

from libs.common.errors import Problem


class UnknownEncoding(Problem):
    """The file's bytes are in none of the encodings that are read."""

    slug = "unknown-encoding"


class MissingColumn(Problem):
    """The header lacks a column, or there is no header."""

    slug = "missing-column"


class UnreadableFile(Problem):
    """The file is empty, no table of a sensible size, or a quote is never closed."""

    slug = "unreadable-file"


class TooManyRows(Problem):
    """The file has more rows than are taken at once."""

    slug = "too-many-rows"


class ImportRunning(Problem):
    """Somebody else's import has not come to its end."""

    slug = "import-running"


class OfficesUnknown(Problem):
    """No office has come in from booking yet, so that no row could name one."""

    slug = "offices-unknown"

    def __init__(self) -> None:
        super().__init__(
            "場所の一覧が予約のシステムから届いていないため、取り込めません。ファイルはそのままで"
            "かまいません。システム担当へお知らせください。"
        )


class IndividualNumber(Problem):
    """Twelve digits where a card number belongs."""

    slug = "individual-number"

    def __init__(self) -> None:
        super().__init__("12桁のマイナンバーは入力しないでください。")


class NoMatch(Problem):
    """No card for this number and date: an unknown number and a wrong date answer alike.

    `toll` says what the next try costs (libs.common.tries), where it is not free."""

    slug = "no-match"

    def __init__(self, **toll: Any) -> None:
        super().__init__(
            "入力内容を確認できませんでした。はがきの番号と、ご本人の生年月日をお確かめください。"
            "お電話でも予約できます。",
            **toll,
        )


class Locked(Problem):
    """Too many wrong tries, of this number (whether it exists or not), from this place or of
    everybody: one more costs what `toll` says (libs.common.tries)."""

    slug = "locked"

    def __init__(self, **toll: Any) -> None:
        super().__init__(
            "入力の誤りが続いたため、続けて確認するには時間がかかります。お電話でご予約ください。",
            **toll,
        )


class AlreadyCollected(Problem):
    """The card has been handed over."""

    slug = "already-collected"

    def __init__(self) -> None:
        super().__init__("このカードは、すでにお渡ししています。ご不明な点はお電話ください。")


class NoPass(Problem):
    """Booking does not say that this actor may have the numbers of these cards now."""

    slug = "no-pass"

    def __init__(self) -> None:
        super().__init__("The numbers of these cards are not opened without booking's pass.")
