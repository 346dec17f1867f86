"""Numerals of a text -> quantities: value, scale, unit, bounds and place."""
