from pathlib import Path
def rules_home() -> Path: return Path(__file__).parent.parent/"rules"
