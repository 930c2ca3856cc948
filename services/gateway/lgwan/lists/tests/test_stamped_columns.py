"""What became of visits at the counter, in the columns of a file."""

import io
from pathlib import Path

from libs.contracts.booking import Stamps
from services.gateway.lgwan.lists.lines import line_of
from services.gateway.lgwan.lists.sheets import ExcelSheet
from services.gateway.lgwan.tests.fakes import a_booking, today_at

from .test_exports import HEADING, HEADINGS, NOBODY, sheet_of


def test_what_the_counter_stamped_stands_in_columns_of_their_type(tmp_path: Path) -> None:
    ended = a_booking(status="finished", outcome="done", also=("issuance",))
    stamps = Stamps(
        reception=12,
        arrived_at=today_at(10, 21),
        called_at=today_at(10, 34),
        window=5,
        calls=1,
        outcomes={"issuance": "papers"},
    )
    file = io.BytesIO()
    sheet = ExcelSheet(file, HEADING, tmp_path)
    sheet.add([line_of(ended, NOBODY, stamps=stamps), line_of(a_booking(), NOBODY)])
    sheet.close()
    rows = sheet_of(file.getvalue())
    first = HEADINGS.index("完了できない理由") + 1
    shown = [rows.cell(4, place) for place in range(first, first + 5)]
    came, called = (at.replace(tzinfo=None).time() for at in (today_at(10, 21), today_at(10, 34)))
    assert [cell.value for cell in shown] == ["書類不足", 12, came, called, 5]
    assert [cell.data_type for cell in shown] == ["s", "n", "d", "d", "n"]
    assert not any(rows.cell(5, place).value for place in range(first, first + 5))
