"""Figures -> tables, files and the terminal."""
