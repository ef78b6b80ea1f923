"""Tests as data: what a test is (TOML), and the analysis of one effort and of all its trials."""
