"""来庁日の案内: what visitors of certain days are told on pages, mails and slips."""
