"""The two documents that the contract asks for, made from what is kept anyway: 要件定義書 from
docs/requirements.md, and 動作試験報告書 from that and from the results of the last run of tests."""
