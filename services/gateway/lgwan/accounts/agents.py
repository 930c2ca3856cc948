"""What a browser calls itself, in a word or two."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def agent_words(agent: str) -> str:
    """Edge・Windows; nothing that is not known."""
    kinds = (_BROWSERS, _SYSTEMS)
    found = (next((word for sign, word in kind if sign in agent), "") for kind in kinds)
    return "・".join(word for word in found if word)
