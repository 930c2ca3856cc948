"""今日: the day at an office, and まとめ入力."""
