"""Tests of 来庁日の案内."""
