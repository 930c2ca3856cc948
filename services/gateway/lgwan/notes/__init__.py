"""申し送り: what colleagues should know."""
