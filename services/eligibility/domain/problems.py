"""The refusals of this service. Their sentences are read by citizens and staff."""

from typing import Any

from libs.common.errors import Problem


class UnknownEncoding(Problem):
    """The file's bytes are in none of the encodings that are read."""

    slug = "unknown-encoding"


class MissingColumn(Problem):
    """A column that a person cannot do without was not named."""

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


class CarriesNumbers(Problem):
    """The file carries individual numbers; the sentence says where, and never repeats one."""

    slug = "carries-numbers"

    def __init__(self, line: int, column: str, count: int) -> None:
        super().__init__(
            f"12桁のマイナンバーと思われる番号が、{line}行目の「{column}」など{count:,}か所に"
            "あります。このシステムではマイナンバーを扱えません。ファイルは取り込まず、消しました。"
            "その列を除いて保存し直し、もう一度選んでください。"
        )


class FileGone(Problem):
    """The file was not kept, or only the browser that sent it may see what is in it."""

    slug = "file-gone"

    def __init__(self) -> None:
        super().__init__(
            "このファイルの中身は、もう残っていません。もう一度ファイルを選んでください。"
        )


class WrongDraftState(Problem):
    """It was applied, dropped or begun meanwhile, or is not as far yet."""

    slug = "draft-state"

    def __init__(self) -> None:
        super().__init__("この取り込みは、先に進んだか、取りやめられています。")


class StaleDraft(Problem):
    """Somebody changed the list after this draft was compared with it."""

    slug = "stale-draft"

    def __init__(self) -> None:
        super().__init__(
            "試し取込のあとに、ほかの取り込みなどで一覧が変わりました。何も反映していません。"
            "もう一度比べてから、反映してください。"
        )


class NotConfirmed(Problem):
    """Persons with a booking change, and nobody said that they had looked at them."""

    slug = "not-confirmed"

    def __init__(self, count: int) -> None:
        super().__init__(f"予約のある方の変更が{count:,}件あります。確かめてから反映してください。")


class CannotUndoImport(Problem):
    """The import is not the newest, was undone, or people rely on it already."""

    slug = "cannot-undo"


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


class CheckLocked(Problem):
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
