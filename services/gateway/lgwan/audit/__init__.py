"""操作ログ: its chain, which shows any row that was edited, deleted, moved or cut, and its page."""
