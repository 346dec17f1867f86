"""The table of figures -> panels, findings and charts. It works on rows alone, never on texts."""
