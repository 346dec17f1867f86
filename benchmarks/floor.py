"""How far the engine is from what compiled scanning alone takes, and from others that read Chinese numbers.

    python benchmarks/floor.py            three mixes of texts of 10 MB each
    python benchmarks/floor.py --size 1   of 1 MB

Every contender has a slice of the texts, one after the other, then the next slice: what else the machine does meanwhile
befalls all of them, so the ratios hold where the rates do not. All of it runs on one core. JioNLP and Recognizers-Text
are measured where they are installed (``pip install jionlp recognizers-text-suite 'emoji<2'``), on shorter slices: they
do a part of the work, amounts and times, and bind nothing.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from time import process_time
from typing import Any

from scale import articles, dense

import finmetrics as fm
from finmetrics.lexicon import Lexicon
from finmetrics.naming.names import settle
from finmetrics.output.table import to_table
from finmetrics.spot import spot
from finmetrics.unwrap import unwrap

Reader = Callable[[str], object]
MB = 1_000_000
SLICE = 100_000  # characters of a contender's turn
SHORT = 2_000  # of a slow one's
SPLIT = 5  # turns after which the engine runs once more, step by step
STEPS = ("clean", "scan", "name", "bind", "table")
SENTENCE = re.compile(r"[^。！？!?\n]+")
DIGITS = re.compile(r"[0-9]+")


@dataclass(slots=True)
class Rate:
    """What one contender did so far."""

    characters: int = 0
    seconds: float = 0.0

    def add(self, texts: list[str], seconds: float) -> None:
        """Counts a turn."""
        self.characters += sum(map(len, texts))
        self.seconds += seconds

    def __str__(self) -> str:
        return f"{self.characters / self.seconds:,.0f}"

    def times(self, other: Rate) -> float:
        """How many times as long as ``other`` it takes for the same text."""
        return self.seconds / self.characters / (other.seconds / other.characters)


@dataclass(slots=True)
class Run:
    """One mix of texts: a rate for each contender, and the seconds of each of our steps."""

    rates: dict[str, Rate] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))
    figures: int = 0


def mixes(extractor: fm.Extractor) -> dict[str, list[str]]:
    """Texts by how densely figures stand in them: as in our gold, denser, and as in published articles."""
    texts = dense()
    density = {text: len(extractor.run(fm.Document(text)).figures) / len(text) for text in texts}
    denser = sorted(texts, key=density.__getitem__, reverse=True)[: len(texts) // 4]
    return {"gold": texts, "denser": denser, "sparse": list(islice(articles(extractor), 200))}


def slices(texts: list[str], characters: int) -> Iterator[list[str]]:
    """The texts over and over, in lists of about :data:`SLICE` characters, until there were ``characters``."""
    held: list[str] = []
    done = length = 0
    for text in cycle(texts):
        held.append(text)
        length += len(text)
        if length >= SLICE:
            yield held
            done, held, length = done + length, [], 0
            if done >= characters:
                return


def ours(extractor: fm.Extractor, texts: list[str]) -> int:
    """From texts to one Arrow table; gives the figures."""
    rows: int = to_table(extractor.run(fm.Document(text, str(i))) for i, text in enumerate(texts)).num_rows
    return rows


def stepwise(extractor: fm.Extractor, texts: list[str], steps: dict[str, float]) -> None:
    """The same step by step, as :meth:`fm.Extractor.run` goes; adds the seconds of each to ``steps``."""
    lexicon = extractor.lexicon
    seen = [process_time()]

    def step(name: str) -> None:
        seen.append(process_time())
        steps[name] += seen[-1] - seen[-2]

    found = []
    for i, text in enumerate(texts):
        document = fm.Document(text, str(i))
        running = unwrap(lexicon.clean(text))
        step("clean")
        tokens, dismissed = spot(running.text, lexicon)
        step("scan")
        about = settle(running.text, tokens, lexicon, "")
        step("name")
        figures, unresolved = extractor.binder.bind(document, running, tokens, about)
        found.append(fm.Extraction(document, figures, [*dismissed, *unresolved]))
        step("bind")
    to_table(found)
    step("table")


def floor(lexicon: Lexicon) -> Reader:
    """The compiled passes alone: every phrase of the rules, every number with its unit, every sentence."""
    numbers = lexicon.quantifier.pattern

    def scan(text: str) -> object:
        return lexicon.find(text), numbers.findall(text), SENTENCE.findall(text)

    return scan


def peers() -> dict[str, Reader]:
    """Others that are installed here: each reads amounts and times of a text."""
    found: dict[str, Reader] = {}
    warnings.simplefilter("ignore")
    with suppress(ImportError):
        import jionlp

        ner: Any = jionlp.ner
        found["JioNLP"] = lambda text: (ner.extract_money(text), ner.extract_time(text))
    with suppress(ImportError):
        import recognizers_suite as suite
        from recognizers_suite import Culture

        read = (suite.recognize_number, suite.recognize_percentage, suite.recognize_currency, suite.recognize_datetime)
        found["Recognizers-Text"] = lambda text: [one(text, Culture.Chinese) for one in read]
    return found


def measure(extractor: fm.Extractor, texts: list[str], characters: int) -> Run:
    """Every contender on one mix, in turns."""
    run = Run()
    quick: dict[str, Reader] = {"floor": floor(extractor.lexicon), "digits": DIGITS.findall}
    slow = peers()
    run.rates = {name: Rate() for name in ("finmetrics", *quick, *slow)}
    for one in (*quick.values(), *slow.values()):
        one(texts[0][:SHORT])  # what they load at first is no part of their rate
    ours(extractor, texts[:20])
    for turn, held in enumerate(slices(texts, characters)):
        for name, read in {**quick, **slow}.items():
            given = [held[turn % len(held)][:SHORT]] if name in slow else held
            began = process_time()
            for text in given:
                read(text)
            run.rates[name].add(given, process_time() - began)
        began = process_time()
        run.figures += ours(extractor, held)
        run.rates["finmetrics"].add(held, process_time() - began)
        if turn < SPLIT:
            stepwise(extractor, held, run.steps)
    return run


def main() -> None:
    """The script."""
    options = argparse.ArgumentParser(description="The engine against compiled scanning and against others.")
    options.add_argument("--size", type=float, default=10, metavar="MB", help="megabytes of each mix (10)")
    characters = int(options.parse_args().size * MB / 3)  # of UTF-8, three bytes a character
    extractor = fm.Extractor()
    runs = {name: measure(extractor, texts, characters) for name, texts in mixes(extractor).items()}
    print("| mix | a figure every | characters a second | µs a figure | times the floor | times a digit scan |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, run in runs.items():
        mine = run.rates["finmetrics"]
        each = f"{mine.characters / run.figures:.0f} characters | {mine} | {mine.seconds / run.figures * 1e6:.0f}"
        ratios = " | ".join(f"{mine.times(run.rates[other]):.1f}" for other in ("floor", "digits"))
        print(f"| {name} | {each} | {ratios} |")
    print(f"\n| mix | {' | '.join(STEPS)} |\n| --- |{' --- |' * len(STEPS)}")
    for name, run in runs.items():
        total = sum(run.steps.values())
        print(f"| {name} | {' | '.join(f'{seconds / total:.0%}' for seconds in run.steps.values())} |")
    print("\n| mix | contender | characters a second | of finmetrics in its time |\n| --- | --- | --- | --- |")
    for name, run in runs.items():
        for other, rate in run.rates.items():
            if other != "finmetrics":
                print(f"| {name} | {other} | {rate} | x {rate.times(run.rates['finmetrics']):.3g} |")


if __name__ == "__main__":
    main()
