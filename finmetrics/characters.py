"""Characters that text is told by where no rules are at hand: in files that are being read, and in their tables."""

from __future__ import annotations

import re

HAN = re.compile("[一-龥]")
# What opens an item of a list: a bullet, or 一、 (2) 3. but no decimal number.
ITEM = r"[-•●○◆◇■□▶▍▪·※]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．](?!\d)"

# What stands behind the number in a table's cell. Only its look is asked for here: units themselves are rules.
_RATIOS = "%％‰倍"
_SCALES = "千百十万亿"
_SURE = "元户笔家人"  # units wherever they stand between parentheses, as 个 is not: 逾期（3个月以内）
_COUNTED = f"{_SURE}个项次台件张"
UNIT = rf"(?:[{_RATIOS}]|个?百分点|[{_SCALES}]{{1,3}}|[{_SCALES}]*[{_COUNTED}]{{1,2}})"
UNIT_BEGINS = f"[{_RATIOS}{_SCALES}{_COUNTED}]"
UNIT_ENDS = f"[{_RATIOS}{_COUNTED}]"
UNIT_SURELY = f"[{_RATIOS}{_SURE}]"
