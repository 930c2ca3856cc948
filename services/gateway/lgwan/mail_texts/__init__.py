"""文面: what mails say."""
