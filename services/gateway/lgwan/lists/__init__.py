"""予約一覧: searches, and files of what they find."""
