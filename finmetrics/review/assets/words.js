"use strict";
// The interface in its two languages; figures, articles and rules speak for themselves.
const WORDS = {
  en: {
    search: "Search text and titles", bank: "Bank", metric: "Metric", confidence: "Confidence", reset: "Reset",
    onlyUnresolved: "Unresolved numerals", keys: "Keys", documents: "Documents", article: "Article", detail: "Figure",
    figures: "Figures", series: "Series", ledger: "Other numerals", allDocuments: "all documents", close: "Close",
    anyBank: "Every bank", anyMetric: "Every metric", noBank: "(none)", summary: "{figures} of {all} figures · {documents} documents",
    count: "{figures} figures", unresolvedCount: "{count} unresolved", none: "Nothing to show", more: "Show {count} more",
    noSeries: "No figure here has two periods of one bank, metric and wording.", why: "Why", reason: "Reason", quote: "Quote",
    noDocuments: "No documents were read.", judged: "{judged} of {all} judged",
    confirm: "Confirm", dismiss: "No figure", save: "Save", reopen: "Take back", add: "Add a figure", cancel: "Cancel", edit: "Correct",
    confirmed: "confirmed", corrected: "judged", dismissed: "no figure", open: "open", state: "State", added: "added",
    useSelection: "Use selected text", select: "Select the figure in the article first.", saved: "Saved in {file}",
    lost: "Not saved: {why}", unreachable: "the review has ended", unit: "Unit", value: "Value", value_max: "Highest value",
    slot_metric: "Metric", slot_bank: "Bank", either: "also accepted: {answers}", empty: "(empty)",
    families: { customers: "customers", use: "use", reach: "reach", balance: "balance", result: "result", technology: "technology", quality: "quality", other: "other" },
    keyList: [["j / k", "next, previous figure"], ["n / p", "next, previous document"], ["/", "search"], ["1 2 3", "figures, series, other numerals"], ["Enter", "choose what has the focus"], ["Esc", "close"]],
    reviewKeys: [["c", "confirm"], ["x", "no figure"], ["e", "correct"], ["a", "add the selected text"], ["u", "take back"]],
  },
  zh: {
    search: "搜索正文和标题", bank: "机构", metric: "指标", confidence: "置信度", reset: "重置",
    onlyUnresolved: "未决数字", keys: "快捷键", documents: "文档", article: "正文", detail: "数字",
    figures: "数据表", series: "序列", ledger: "其他数字", allDocuments: "全部文档", close: "关闭",
    anyBank: "全部机构", anyMetric: "全部指标", noBank: "（无）", summary: "{all} 个数字中的 {figures} 个 · {documents} 篇文档",
    count: "{figures} 个数字", unresolvedCount: "{count} 个未决", none: "没有内容", more: "再显示 {count} 项",
    noSeries: "这里没有同一机构、指标和口径的两个期间。", why: "依据", reason: "原因", quote: "原文",
    noDocuments: "没有读到文档。", judged: "已复核 {judged} / {all}",
    confirm: "确认", dismiss: "不是数据", save: "保存", reopen: "撤回", add: "补一个数字", cancel: "取消", edit: "更正",
    confirmed: "已确认", corrected: "已复核", dismissed: "不是数据", open: "待复核", state: "状态", added: "补充",
    useSelection: "采用选中文字", select: "请先在正文中选中数字。", saved: "已存入 {file}",
    lost: "未保存：{why}", unreachable: "复核已结束", unit: "单位", value: "数值", value_max: "数值上限",
    slot_metric: "指标", slot_bank: "机构", either: "也接受：{answers}", empty: "（空）",
    families: { customers: "客户", use: "使用", reach: "覆盖", balance: "余额", result: "经营", technology: "科技", quality: "质效", other: "其他" },
    keyList: [["j / k", "下一个、上一个数字"], ["n / p", "下一篇、上一篇"], ["/", "搜索"], ["1 2 3", "数据表、序列、其他数字"], ["Enter", "选择焦点所在"], ["Esc", "关闭"]],
    reviewKeys: [["c", "确认"], ["x", "不是数据"], ["e", "更正"], ["a", "补选中的文字"], ["u", "撤回"]],
  },
};
let language = (navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en";

function word(name, values) {
  return WORDS[language][name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

function familyWord(family) {
  return WORDS[language].families[family] || family;
}
