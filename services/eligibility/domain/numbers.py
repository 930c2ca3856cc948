"""Card numbers (製造管理番号)."""

from libs.rules.folding import fold


def card_number(text: str) -> str:
    """The number as it is compared: half-width capitals without hyphens."""
    return fold(text).replace("-", "").upper()
