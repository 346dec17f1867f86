"""Figures before a reader's eyes: the page, and the corrections that are made on it."""
