"""Whose text it is: which hits are institutions, branches and products."""
