"""The institutions: enough of them, with right codes, found where they are meant and not where they are not."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

import finmetrics as fm
from finmetrics.checking.examples import named
from finmetrics.extractor import Extractor
from finmetrics.home import rules_home
from finmetrics.judging.evaluation import read_gold
from finmetrics.naming import short
from finmetrics.rules import load
from finmetrics.schema import Bank

GOLD = Path(__file__).parent / "gold"
STATE = "工商银行 农业银行 中国银行 建设银行 交通银行 邮储银行".split()
POLICY = "国家开发银行 进出口银行 农业发展银行".split()
JOINT = (
    "招商银行 浦发银行 中信银行 光大银行 华夏银行 民生银行 广发银行 兴业银行 平安银行 浙商银行 恒丰银行 渤海银行"
).split()
PRIVATE = (
    "微众银行 网商银行 新网银行 苏商银行 亿联银行 众邦银行 振兴银行 锡商银行 三湘银行 裕民银行 华通银行 富民银行 "
    "中关村银行 金城银行 华瑞银行 民商银行 客商银行 新安银行 蓝海银行"
).split()
# The codes under which mainland banks are listed, by exchange.
A_SHARES = """
601398 工商银行 601288 农业银行 601988 中国银行 601939 建设银行 601328 交通银行 601658 邮储银行
600036 招商银行 600000 浦发银行 601998 中信银行 601818 光大银行 600015 华夏银行 600016 民生银行 601166 兴业银行
000001 平安银行 601916 浙商银行
601169 北京银行 601229 上海银行 600919 江苏银行 601009 南京银行 002142 宁波银行 600926 杭州银行 601577 长沙银行
601997 贵阳银行 601838 成都银行 002936 郑州银行 002948 青岛银行 002966 苏州银行 600928 西安银行 601187 厦门银行
601963 重庆银行 601665 齐鲁银行 001227 兰州银行
601077 重庆农商行 601825 沪农商行 002958 青农商行 601128 常熟银行 600908 无锡银行 002807 江阴银行 002839 张家港行
603323 苏农银行 601860 紫金农商行 601528 瑞丰银行
""".split()
H_SHARES = """
01398 工商银行 01288 农业银行 03988 中国银行 00939 建设银行 03328 交通银行 01658 邮储银行
03968 招商银行 00998 中信银行 06818 光大银行 01988 民生银行 02016 浙商银行 09668 渤海银行
01578 天津银行 02558 晋商银行 02066 盛京银行 00416 锦州银行 06138 哈尔滨银行 03698 徽商银行 01916 江西银行
06190 九江银行 03866 青岛银行 09677 威海银行 01216 中原银行 06196 郑州银行 01963 重庆银行 01983 泸州银行
02596 宜宾银行 06199 贵州银行 02139 甘肃银行 03618 重庆农商行 01551 广州农商行 09889 东莞农商行 06122 九台农商行
""".split()


@pytest.fixture(scope="module")
def banks() -> list[Bank]:
    """All institutions of our rules."""
    return load().banks


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """Our rules, compiled once."""
    return Extractor()


def test_there_are_enough_of_every_kind(banks: list[Bank]) -> None:
    kinds = Counter(bank.type for bank in banks)
    assert kinds["state"] == 6 and kinds["policy"] == 3 and kinds["joint_stock"] == 12 and kinds["private"] == 19
    assert kinds["city"] >= 120 and kinds["rural"] >= 100 and kinds["foreign"] >= 100 and kinds["direct"] == 2
    assert kinds["group"] >= 30 and kinds["insurer"] >= 30 and kinds["payment"] >= 30
    assert sum(bank.speaker for bank in banks) >= 60


@pytest.mark.parametrize(
    ("kind", "names"), [("state", STATE), ("policy", POLICY), ("joint_stock", JOINT), ("private", PRIVATE)]
)
def test_kinds_that_are_closed_lists(banks: list[Bank], kind: str, names: list[str]) -> None:
    assert {bank.name for bank in banks if bank.type == kind} == set(names)


@pytest.mark.parametrize(("listing", "ends"), [(A_SHARES, (".SH", ".SZ")), (H_SHARES, (".HK",))])
def test_every_listed_mainland_bank_has_its_code(banks: list[Bank], listing: list[str], ends: tuple[str, ...]) -> None:
    wanted = dict(zip(listing[::2], listing[1::2], strict=True))
    mainland = {"state", "joint_stock", "city", "rural"}
    found = {
        code.partition(".")[0]: bank.name
        for bank in banks
        if bank.type in mainland
        for code in bank.codes
        if code.endswith(ends)
    }
    assert found == wanted


def test_codes_have_the_form_of_their_exchange(banks: list[Bank]) -> None:
    form = re.compile(r"6\d{5}\.SH|(?:00|30)\d{4}\.SZ|0\d{4}\.HK")
    assert [code for bank in banks for code in bank.codes if not form.fullmatch(code)] == []


def test_ids_are_ascii_and_stable_in_form(banks: list[Bank]) -> None:
    assert [bank.id for bank in banks if not re.fullmatch(r"[a-z0-9_]+", bank.id)] == []


def test_short_forms_that_are_words_of_their_own_are_guarded(banks: list[Bank]) -> None:
    shorts = {short: bank for bank in banks for short in bank.short}
    words = "民生 华夏 平安 兴业 光大 招商 中信 中行 建行 工行 农行 交行 国开 新网 网商 富民 客商 中原 东亚 恒生 央行"
    for word in words.split():
        assert word in shorts and shorts[word].not_


def test_every_file_opens_with_the_same_grammar() -> None:
    heads = set()
    for path in sorted((rules_home() / "banks").glob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# ") and lines[1] == "#"
        heads.add("\n".join(lines[2 : lines.index("")]))
    assert len(heads) == 1
    (grammar,) = heads
    for key in (*(set(Bank.model_fields) - {"not_", "off", "without"}), "not"):
        assert f"#   {key} " in grammar


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # longer names are not the shorter ones inside them
        ("中国银行业协会发布报告", {"cba"}),
        ("中国银行保险监督管理委员会印发通知", {"cbirc"}),
        ("中国银行间市场交易商协会数据", {"nafmii"}),
        ("中国银行研究院预计增速放缓", {"boc_research"}),
        ("上海银行间同业拆放利率下行", {"interbank_market"}),
        ("上海银行业贷款余额10万亿元", {"regional_banking"}),
        ("中国银行业总资产400万亿元", {"banking"}),
        ("北京银行业协会数据", {"bj_bank_assoc"}),
        ("中国农业发展银行投放贷款", {"adbc"}),
        ("上海浦东发展银行年报", {"spdb"}),
        ("中国银行(香港)存款增长", {"bochk"}),
        ("平安银行与平安证券、平安人寿协同", {"pab", "pa_sec", "pa_life"}),
        ("华夏时报记者注意到", {"chinatimes"}),
        # but what follows a name may look like one
        ("上海银行业绩说明会", {"bosc"}),
        ("中国银行业务量3万笔", {"boc"}),
        # ordinary words
        ("改善民生、保障平安", set()),
        ("互联网金融业务规模3亿元", set()),
        ("理财新规落地", set()),
        ("加工行业增加值增长5%", set()),
        ("其中行业贷款占三成", set()),
        ("招商引资30亿元", set()),
        ("安全支付3万笔", set()),
        ("财政部门贴息3亿元", set()),
        # coordinated short forms, also of places
        ("招商、兴业、中信三家银行营收居前", {"cmb", "cib", "citicb"}),
        ("宁波、江苏、北京三家城商行", {"nbcb", "bojs", "bob", "city_banks"}),
        ("常熟、江阴、无锡三家农商行", {"changshu_bank", "jiangyin_bank", "wuxi_bank", "rural_banks"}),
        ("宁波、江苏、北京等地", set()),
        # Hong Kong, Macau and Taiwan, in their own characters
        ("眾安銀行客戶80萬戶", {"za_bank"}),
        ("將來銀行、連線銀行與樂天銀行開戶數成長", {"next_bank_tw", "line_bank_tw", "rakuten_tw"}),
        ("國泰世華銀行與玉山銀行信用卡流通卡數", {"cathay_tw", "esun_tw"}),
        ("滙豐控股與恒生銀行公布業績", {"hsbc_holdings", "hangseng"}),
        ("三家純網銀存款合計", {"net_banks"}),
        # provincial unions
        ("安徽农信与浙江农商联合银行", {"anhui_rcu", "zhejiang_rcu"}),
        ("山东省联社指导全省农商银行", {"shandong_rcu", "rural_banks"}),
    ],
)
def test_names_in_context(extractor: Extractor, text: str, expected: set[str]) -> None:
    assert named(text, extractor) == expected


def test_who_speaks_or_carries_a_payment_does_not_own_a_banks_figures() -> None:
    text = (
        "易观分析数据显示，招商银行App月活用户7000万户。"
        "光大银行年报：手机银行支持微信支付、支付宝绑卡，客户达5000万户。"
    )
    assert [f.bank for f in fm.extract(text)] == ["招商银行", "光大银行"]


def test_jieba_cuts_as_rjieba_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rjieba has no wheel, jieba takes its place."""
    lines = [gold["text"] for gold in read_gold(GOLD / "comparison.jsonl")]
    stretches = [text[i : i + 18] for text in lines for i in range(0, len(text), 18)]
    short.cutter.cache_clear()
    fast = [list(short.cutter()(one)) for one in stretches]
    monkeypatch.setitem(sys.modules, "rjieba", None)
    short.cutter.cache_clear()
    try:
        assert [list(short.cutter()(one)) for one in stretches] == fast
    finally:
        short.cutter.cache_clear()
