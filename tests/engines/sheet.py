"""What `make engines` ends with: one page of all pictures, a row for each state."""

from html import escape
from pathlib import Path

from .test_engines import PICTURES

_HEAD = """<!DOCTYPE html><meta charset="utf-8"><title>Engines</title><style>
body { font: 14px sans-serif } td { vertical-align: top; padding: 4px } img { width: 300px }
</style><table>"""


def sheet(folder: Path) -> str:
    rows = [_HEAD]
    for state in sorted(path for path in folder.iterdir() if path.is_dir()):
        rows.append(f'<tr><th colspan="12">{escape(state.name)}</th></tr><tr>')
        for picture in sorted(state.glob("*.png")):
            where = f"{state.name}/{picture.name}"
            rows.append(f'<td><a href="{where}"><img src="{where}" loading="lazy"></a>')
            rows.append(f"<br>{picture.stem}</td>")
        rows.append("</tr>")
    return "\n".join(rows)


if __name__ == "__main__":
    (PICTURES / "index.html").write_text(sheet(PICTURES))
