"""Writes cases.csv: 60 inconsistencies of our own and 300 groups of figures that go together.

    python tests/audit/make.py

The inconsistencies are written by hand. The others are rounded from true values that were drawn at random, so that
they go together whatever audit thinks of them. Each case has a bank of its own.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import random
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

COLUMNS = (
    "case", "expect", "fact_id", "doc_id", "published", "bank", "product", "segment", "metric", "metric_text",
    "definition", "per", "measure", "comparison", "value", "value_max", "unit", "unit_kind", "qualifier", "cumulative",
    "period_kind", "period_start", "period_end", "quote", "confidence",
)  # fmt: skip
SCALES = {"": 0, "万": 4, "亿": 8, "万亿": 12}
KINDS = {"元": "currency", "%": "percent", "个百分点": "pp", "BP": "pp", "倍": "multiple"}
QUOTE = re.compile(r"(-?)([0-9,.]+)(万亿|万|亿|)(\D+)")
Row = dict[str, Any]


def level(doc: str, period: str, metric: str, quote: str, **more: Any) -> Row:
    """A level as a document states it; ``period`` is 2021, 2021H1, 2021Q3 or a day."""
    sign, digits, scale, unit = QUOTE.fullmatch(quote).groups()
    value = Decimal(sign + digits.replace(",", "")).scaleb(SCALES[scale])
    row: Row = {
        "doc_id": doc, "metric": metric, "metric_text": metric, "quote": quote.lstrip("-"), "value": f"{value:f}",
        "unit": unit, "unit_kind": KINDS.get(unit, "count"), "measure": "level", "qualifier": "exact",
        "confidence": "0.9", "cumulative": "false",
    }  # fmt: skip
    return row | days(period) | more


def growth(doc: str, period: str, metric: str, quote: str, comparison: str = "yoy", **more: Any) -> Row:
    """A stated growth; a fall is written with a minus that its quote does not have."""
    return level(doc, period, metric, quote, measure="growth", comparison=comparison, **more)


def change(doc: str, period: str, metric: str, quote: str, comparison: str = "yoy", **more: Any) -> Row:
    """A stated change."""
    return level(doc, period, metric, quote, measure="change", comparison=comparison, **more)


def days(period: str) -> Row:
    """The columns of a period."""
    if "-" in period:
        return {"period_kind": "instant", "period_end": period}
    year, part = int(period[:4]), period[4:]
    first, last = {"": (1, 12), "H1": (1, 6), "H2": (7, 12)}.get(part) or (int(part[1]) * 3 - 2, int(part[1]) * 3)
    end = dt.date(year, last, calendar.monthrange(year, last)[1])
    return {"period_kind": "duration", "period_start": dt.date(year, first, 1), "period_end": end}


END, BEFORE = "2023-12-31", "2022-12-31"
HAND: list[tuple[str, list[Row]]] = [
    # Movements that the levels do not bear out.
    (
        "growth",
        [
            level("a", END, "mau", "357.32万户"),
            level("a", BEFORE, "mau", "251.70万户"),
            growth("a", END, "mau", "36.5%"),
        ],
    ),
    (
        "growth",
        [level("a", END, "mau", "1800万户"), level("b", BEFORE, "mau", "1500万户"), growth("a", END, "mau", "35%")],
    ),
    (
        "typo",
        [
            level("a", "2023", "revenue", "1456.85亿元"),
            level("a", "2022", "revenue", "1516.32亿元"),
            growth("a", "2023", "revenue", "3.92%"),
        ],
    ),
    (
        "growth",
        [
            level("a", "2023", "tech_investment", "58.15亿元"),
            level("b", "2022", "tech_investment", "61.27亿元"),
            growth("a", "2023", "tech_investment", "-7.7%"),
        ],
    ),
    (
        "growth",
        [
            level("a", END, "customers", "1.49亿户"),
            level("a", BEFORE, "customers", "1.37亿户"),
            growth("a", END, "customers", "12.6%", "ytd"),
        ],
    ),
    (
        "growth",
        [
            level("a", "2023-06-30", "loan_balance", "8.56万亿元"),
            level("b", BEFORE, "loan_balance", "8.09万亿元"),
            growth("a", "2023-06-30", "loan_balance", "7.36%", "ytd"),
        ],
    ),
    (
        "growth",
        [
            level("a", END, "npl_ratio", "1.25%"),
            level("a", BEFORE, "npl_ratio", "1.33%"),
            change("a", END, "npl_ratio", "-0.12个百分点", "ytd"),
        ],
    ),
    ("growth", [level("a", END, "nim", "1.69%"), level("a", BEFORE, "nim", "1.94%"), change("a", END, "nim", "-18BP")]),
    (
        "growth",
        [
            level("a", END, "tech_staff", "14940人"),
            level("a", BEFORE, "tech_staff", "13318人"),
            change("a", END, "tech_staff", "1433人"),
        ],
    ),
    (
        "growth",
        [
            level("a", END, "registered_users", "5200万户", qualifier="over"),
            level("a", BEFORE, "registered_users", "3200万户"),
            growth("a", END, "registered_users", "31%"),
        ],
    ),
    (
        "growth",
        [
            level("a", "2023H1", "transaction_value", "1.28万亿元"),
            level("b", "2022H1", "transaction_value", "0.83万亿元"),
            growth("a", "2023H1", "transaction_value", "1.2倍"),
        ],
    ),
    (
        "growth",
        [
            level("a", "2023-09-30", "deposits", "5.41万亿元"),
            level("a", "2023-06-30", "deposits", "5.37万亿元"),
            growth("a", "2023-09-30", "deposits", "3.4%", "qoq"),
        ],
    ),
    # Documents that differ.
    (
        "conflict",
        [level("a", "2023", "tech_investment", "121.53亿元"), level("b", "2023", "tech_investment", "98.06亿元")],
    ),
    ("conflict", [level("a", END, "tech_staff", "4212人"), level("b", END, "tech_staff", "3976人")]),
    ("conflict", [level("a", END, "mau", "4548.33万户"), level("b", END, "mau", "4176.9万户")]),
    (
        "conflict",
        [
            level("a", END, "registered_users", "5000万户", qualifier="over"),
            level("b", END, "registered_users", "4630.2万户"),
        ],
    ),
    (
        "conflict",
        [
            level("a", END, "aum", "4.99万亿元"),
            level("b", END, "aum", "4.57万亿元"),
            level("c", END, "aum", "4.99万亿元"),
        ],
    ),
    (
        "conflict",
        [
            level("a", END, "loan_balance", "7684亿元", product="普惠贷款"),
            level("b", END, "loan_balance", "8021.5亿元", product="普惠贷款"),
        ],
    ),
    ("conflict", [growth("a", "2023", "net_profit", "15.32%"), growth("b", "2023", "net_profit", "9.8%")]),
    (
        "conflict",
        [level("a", "2023", "tech_investment_ratio", "4.43%"), level("b", "2023", "tech_investment_ratio", "3.9%")],
    ),
    ("conflict", [level("a", END, "outlets", "1200家", qualifier="under"), level("b", END, "outlets", "1377家")]),
    (
        "conflict",
        [
            level("a", "2023H1", "revenue", "872.19亿元"),
            level("b", "2023H1", "revenue", "913.4亿元"),
            level("c", "2023H1", "revenue", "913.38亿元"),
        ],
    ),
    # Values that cannot be.
    ("impossible", [level("a", END, "share", "103.6%")]),
    ("impossible", [level("a", "2023", "online_rate", "198.2%")]),
    ("impossible", [level("a", "2023", "tech_investment_ratio", "351%")]),
    (
        "impossible",
        [level("a", END, "accuracy_rate", "100%", qualifier="over"), level("a", END, "accuracy_rate", "120%")],
    ),
    ("impossible", [level("a", END, "mau", "5200万户"), level("a", END, "registered_users", "1800万户")]),
    (
        "impossible",
        [
            level("a", END, "mau", "901.5万户", product="手机银行"),
            level("b", END, "registered_users", "640.22万户", product="手机银行"),
        ],
    ),
    ("impossible", [level("a", END, "dau", "330万户"), level("a", END, "mau", "128万户")]),
    ("impossible", [level("a", END, "tech_staff", "9000人", qualifier="over"), level("a", END, "staff", "6127人")]),
    ("impossible", [level("a", "2023", "tech_investment", "285.18亿元"), level("b", "2023", "revenue", "97.2亿元")]),
    (
        "impossible",
        [
            level("a", END, "cards", "1.18亿张", cumulative="true"),
            level("a", BEFORE, "cards", "1.23亿张", cumulative="true"),
        ],
    ),
    ("impossible", [growth("a", "2023", "transaction_count", "-135%")]),
    ("impossible", [level("a", END, "outlets", "-219家")]),
    # Units that are wrong by 10^4 or 10^8.
    ("unit", [level("a", END, "registered_users", "5200万户"), level("b", END, "registered_users", "5200亿户")]),
    (
        "unit",
        [level("a", "2023", "tech_investment", "285.18亿元"), level("b", "2023", "tech_investment", "285.18万元")],
    ),
    ("unit", [level("a", END, "mau", "1823万户"), level("a", BEFORE, "mau", "1654户")]),
    (
        "unit",
        [level("a", "2023", "transaction_value", "5.5万亿元"), level("a", "2022", "transaction_value", "4.9亿元")],
    ),
    ("unit", [level("a", END, "aum", "1.9万亿元"), level("b", BEFORE, "aum", "17800万亿元")]),
    ("unit", [level("a", END, "customers", "7.2亿户"), level("b", END, "customers", "7.2万户")]),
    ("unit", [level("a", END, "cards", "1.23亿张"), level("b", BEFORE, "cards", "1.18万张")]),
    ("unit", [level("a", "2023", "revenue", "8430.7元"), level("b", "2023", "revenue", "8430.7亿元")]),
    (
        "unit",
        [
            level("a", END, "total_assets", "12.5亿元"),
            level("a", BEFORE, "total_assets", "11.7万亿元"),
            level("a", "2021-12-31", "total_assets", "10.9万亿元"),
        ],
    ),
    (
        "unit",
        [level("a", "2023", "transaction_count", "20.3亿笔"), level("a", "2022", "transaction_count", "16.8万笔")],
    ),
    # Series that go on under another definition.
    (
        "definition",
        [
            level("a", END, "registered_users", "5218万户", definition="注册"),
            level("a", BEFORE, "registered_users", "3305万户", definition="签约"),
        ],
    ),
    (
        "definition",
        [
            level("a", "2023", "net_profit", "316.4亿元", definition="归母"),
            level("a", "2022", "net_profit", "295.1亿元", definition="合并"),
        ],
    ),
    (
        "definition",
        [
            level("a", END, "customers", "8200万户", definition="累计"),
            level("b", BEFORE, "customers", "3900万户", definition="有资产"),
        ],
    ),
    (
        "definition",
        [
            level("a", END, "active_users", "812万户", definition="活跃"),
            level("a", BEFORE, "active_users", "1033万户", definition="有效"),
        ],
    ),
    (
        "definition",
        [
            level("a", "2023", "mau", "3120万户", definition="平均"),
            level("b", "2022", "mau", "3344万户", definition="第三方监测"),
        ],
    ),
    (
        "definition",
        [
            level("a", "2023", "transaction_count", "5200万笔", per="day"),
            level("a", "2022", "transaction_count", "180亿笔"),
        ],
    ),
    (
        "definition",
        [
            level("a", "2023", "transaction_value", "770亿元"),
            level("b", "2022", "transaction_value", "2.1亿元", per="day"),
        ],
    ),
    (
        "definition",
        [
            level("a", END, "registered_users", "940万户", definition="注册", product="企业网银"),
            level("a", BEFORE, "registered_users", "911万户", definition="签约", product="企业网银"),
            level("a", "2021-12-31", "registered_users", "802万户", definition="签约", product="企业网银"),
        ],
    ),
    # Slips of the keyboard.
    (
        "typo",
        [level("a", "2023", "tech_investment", "285.18亿元"), level("b", "2023", "tech_investment", "258.18亿元")],
    ),
    (
        "typo",
        [
            level("a", END, "mau", "4548.33万户"),
            level("b", END, "mau", "4543.38万户"),
            level("c", END, "mau", "4548.33万户"),
            level("d", END, "mau", "4584.33万户"),
        ],
    ),
    ("typo", [level("a", END, "tech_staff", "14940人"), level("b", END, "tech_staff", "1494人")]),
    ("typo", [level("a", END, "provision_coverage", "229.60%"), level("b", END, "provision_coverage", "2296.0%")]),
    (
        "typo",
        [
            level("a", END, "mau", "357.32万户"),
            level("a", BEFORE, "mau", "251.70万户"),
            growth("a", END, "mau", "14.97%"),
        ],
    ),
    (
        "typo",
        [
            level("a", END, "npl_ratio", "1.25%"),
            level("b", BEFORE, "npl_ratio", "1.33%"),
            change("a", END, "npl_ratio", "0.08个百分点", "ytd"),
        ],
    ),
    (
        "typo",
        [
            level("a", END, "customers", "5412.6万户"),
            level("a", BEFORE, "customers", "512.88万户"),
            level("a", "2021-12-31", "customers", "4931.4万户"),
        ],
    ),
    ("typo", [level("a", "2023", "revenue", "1456.85亿元"), level("b", "2023", "revenue", "1956.85亿元")]),
]


def stated(value: float, digits: int, unit: str, scale: str = "") -> str:
    """A true value rounded to a number of decimals at a scale: 357.32万户."""
    exact = Decimal(repr(value)).scaleb(-SCALES[scale])
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}{scale}{unit}"


def drawn(rng: random.Random) -> Iterator[list[Row]]:
    """300 groups that go together, thirty of each construction."""
    stocks = [
        ("mau", "户", "万"),
        ("customers", "户", "亿"),
        ("aum", "元", "万亿"),
        ("cards", "张", "万"),
        ("deposits", "元", "亿"),
    ]
    flows = [("revenue", "元", "亿"), ("tech_investment", "元", "亿"), ("transaction_count", "笔", "亿")]

    def truth(scale: str) -> float:
        return rng.uniform(1.1, 9.8) * 10 ** (SCALES[scale] + rng.choice((0, 1, 2, 3)))

    for _ in range(30):  # level, earlier level, growth; all rounded
        metric, unit, scale = rng.choice(flows)
        old = truth(scale)
        new = old * rng.uniform(0.7, 1.9)
        rate = stated((new / old - 1) * 100, rng.choice((0, 1, 2)), "%")
        yield [
            level("a", "2023", metric, stated(new, 2, unit, scale)),
            level(rng.choice("ab"), "2022", metric, stated(old, rng.choice((1, 2)), unit, scale)),
            growth("a", "2023", metric, rate),
        ]
    for _ in range(30):  # against the last year's end, with an absolute change
        metric, unit, scale = rng.choice(stocks)
        old = truth(scale)
        new = old * rng.uniform(0.9, 1.4)
        yield [
            level("a", "2023-06-30", metric, stated(new, 2, unit, scale)),
            level("b", BEFORE, metric, stated(old, 2, unit, scale)),
            change("a", "2023-06-30", metric, stated(new - old, 2, unit, scale), "ytd"),
            growth("a", "2023-06-30", metric, stated((new / old - 1) * 100, 2, "%"), "ytd"),
        ]
    for _ in range(30):  # percentages with points and basis points
        metric, low, high = rng.choice((("npl_ratio", 0.6, 2.1), ("nim", 1.2, 2.6), ("provision_coverage", 150, 480)))
        old = rng.uniform(low, high)
        new = old * rng.uniform(0.93, 1.07)
        points = stated(new - old, 2, "个百分点") if rng.random() < 0.7 else stated((new - old) * 100, 0, "BP")
        yield [
            level("a", END, metric, stated(new, 2, "%")),
            level("a", BEFORE, metric, stated(old, 2, "%")),
            change("a", END, metric, points),
        ]
    for _ in range(30):  # two documents that round differently
        metric, unit, scale = rng.choice(stocks)
        value = truth(scale)
        yield [
            level("a", END, metric, stated(value, 0, unit, scale)),
            level("b", END, metric, stated(value, 2, unit, scale)),
        ]
    for _ in range(30):  # a bound and the value
        metric, unit, scale = rng.choice(stocks)
        value = truth(scale)
        over = rng.random() < 0.6
        bound = value * (rng.uniform(0.9, 0.999) if over else rng.uniform(1.001, 1.1))
        yield [
            level("a", END, metric, stated(bound, 1, unit, scale), qualifier="over" if over else "under"),
            level("b", END, metric, stated(value, 2, unit, scale)),
        ]
    for _ in range(30):  # different things
        metric, unit, scale = rng.choice(stocks)
        one, other = (
            ({"product": "手机银行"}, {"product": "企业网银"}),
            ({"definition": "注册"}, {"definition": "签约"}),
        )
        texts, segments = (
            ({"metric_text": "客户"}, {"metric_text": "私行客户"}),
            ({"segment": "personal"}, {"segment": "corporate"}),
        )
        first, second = rng.choice((one, other, texts, segments))
        yield [
            level("a", END, metric, stated(truth(scale), 2, unit, scale), **first),
            level("b", END, metric, stated(truth(scale), 2, unit, scale), **second),
        ]
    for _ in range(30):  # growth that is bounded or about
        metric, unit, scale = rng.choice(flows)
        old = truth(scale)
        new = old * rng.uniform(1.12, 1.9)
        rate = (new / old - 1) * 100
        qualifier, said = rng.choice((("over", rate // 1), ("under", rate // 1 + 1), ("about", round(rate))))
        yield [
            level("a", "2023", metric, stated(new, 2, unit, scale)),
            level("a", "2022", metric, stated(old, 2, unit, scale)),
            growth("a", "2023", metric, f"{said:.0f}%", qualifier=qualifier),
        ]
    for _ in range(30):  # series that grow, some of them fast
        metric, unit, scale = rng.choice(stocks)
        value, factor = truth(scale), rng.choice((1.1, 1.3, 2.2, 4.0))
        yield [
            level(rng.choice("abc"), f"{2021 + i}-12-31", metric, stated(value * factor**i, 2, unit, scale))
            for i in range(3)
        ]
    for i in range(30):  # what is possible though it looks odd
        users = rng.uniform(2, 9) * 1e7
        yield [
            [
                level("a", END, "registered_users", stated(users, 1, "户", "万"), product="手机银行"),
                level("a", END, "mau", stated(users * rng.uniform(0.2, 0.98), 2, "户", "万"), product="手机银行"),
            ],
            [
                level("a", END, "provision_coverage", stated(rng.uniform(150, 520), 2, "%")),
                level("a", END, "share", "100%"),
            ],
            [
                level("a", "2023", "net_profit", stated(-users, 2, "元", "亿")),
                level("a", "2022", "net_profit", stated(users, 2, "元", "亿")),
                growth("a", "2023", "net_profit", "-200%"),
            ],
            [
                level("a", END, "mau", stated(users * 1.2, 1, "户", "万"), product="生活App"),
                level("a", END, "registered_users", stated(users, 1, "户", "万"), product="手机银行"),
            ],
            [
                level("a", END, "cards", stated(users * 1.1, 1, "张", "万"), cumulative="true"),
                level("b", BEFORE, "cards", stated(users, 1, "张", "万"), cumulative="true"),
            ],
        ][i % 5]
    for i in range(30):  # definitions that are there, beside others or left open
        value = truth("亿")
        new, old = (stated(value * factor, 2, "元", "亿") for factor in (1.08, 1.0))
        wider = stated(value * 1.02, 2, "元", "亿")
        yield [
            [
                level("a", "2023", "net_profit", new, definition="归母"),
                level("a", "2022", "net_profit", old, definition="归母"),
                level("a", "2022", "net_profit", wider, definition="合并"),
            ],
            [level("a", "2023", "net_profit", new, definition="归母"), level("b", "2022", "net_profit", old)],
            [
                level("a", "2023", "net_profit", new, metric_text="净利润"),
                level("b", "2023", "net_profit", new, metric_text="盈利"),
                level("b", "2022", "net_profit", old, metric_text="盈利"),
                growth("a", "2023", "net_profit", "8%", metric_text="净利润"),
            ],
        ][i % 3]


def main() -> None:
    cases = [*HAND, *(("", rows) for rows in drawn(random.Random(20261125)))]
    with open(Path(__file__).with_name("cases.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        out.writeheader()
        for number, (expect, rows) in enumerate(cases, start=1):
            for i, row in enumerate(rows):
                ids = {"case": number, "expect": expect, "bank": f"样例{number}银行", "fact_id": f"c{number}-{i}"}
                out.writerow(ids | row | {"doc_id": f"{number}{row['doc_id']}"})


if __name__ == "__main__":
    main()
