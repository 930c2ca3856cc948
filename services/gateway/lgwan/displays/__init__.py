"""待合の表示: screens of waiting rooms."""
