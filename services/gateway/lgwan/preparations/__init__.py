"""前日準備: the cards to lay out."""
