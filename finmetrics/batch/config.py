"""The TOML file of a nightly job -> what it says, checked; unknown keys are refused."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from finmetrics.reading.fields import named
from finmetrics.reading.limits import Limits, parsed


class ConfigError(ValueError):
    """A configuration that cannot be used; each line of the message names the file and the key."""


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("needs a printable text")
    return text


def limits_of(stated: dict[str, int]) -> Limits:
    """Limits as the configuration states them; ``ValueError`` for what is none."""
    return parsed([f"{name}={value}" for name, value in stated.items()])


def _limits(stated: dict[str, int]) -> dict[str, int]:
    limits_of(stated)
    return stated


def _columns(stated: dict[str, str]) -> dict[str, str]:
    named(stated)
    return stated


Name = Annotated[str, AfterValidator(_name)]
Columns = Annotated[dict[str, Name], AfterValidator(_columns)]
Costs = Annotated[dict[str, int], AfterValidator(_limits)]


class Strict(BaseModel):
    """Refuses what it does not know, and text where a number is due."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Strict):
    """Documents that come and go together: files, folders, globs and feeds.

    ``columns`` says how its feeds name the fields of a document, ``published`` dates the documents that state no
    date. A source that leads to no file counts as lost, as an
    unmounted disk does, unless ``allow_empty``. ``drop`` takes its documents out of the store.
    """

    name: Name
    paths: list[Name] = Field(min_length=1)
    columns: Columns = {}
    published: dt.date | None = None
    allow_empty: bool = False
    drop: bool = False


class Config(Strict):
    """A nightly job. Paths are relative to the folder of its file, which is ``home``.

    ``workers`` is the number of processes (0: one a core), ``timeout`` the seconds a document may take, ``keep`` how
    many nights stay published, ``metrics`` a Prometheus textfile, ``rules`` a folder laid over our rules,
    ``limits`` what reading one document may cost.
    """

    store: Name
    sources: list[Source] = Field(min_length=1)
    rules: Name | None = None
    workers: int = Field(default=0, ge=0, le=256)
    timeout: float = Field(default=300.0, gt=0, le=86_400)
    keep: int = Field(default=3, ge=1, le=1_000)
    metrics: Name | None = None
    limits: Costs = {}
    home: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="after")
    def _named_once(self) -> Config:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"sources: the name {twice[0]!r} is used twice")
        return self

    def place(self, name: str) -> Path:
        """Where a path of the file leads: relative to its folder."""
        return self.home / Path(name).expanduser()


def load(path: str | os.PathLike[str]) -> Config:
    """The configuration that a TOML file holds; raises :class:`ConfigError` naming the file and the key or line."""
    file = Path(path)
    try:
        raw: dict[str, Any] = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}") from None
    if "home" in raw:
        raise ConfigError(f"{file}: home: there is no such key")
    try:
        return Config.model_validate({**raw, "home": Path(os.path.abspath(file)).parent})
    except ValidationError as error:
        raise ConfigError("\n".join(f"{file}: {_fault(fault)}" for fault in error.errors(include_url=False))) from None


def _fault(fault: Any) -> str:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).removeprefix(".")
    said = {"extra_forbidden": "there is no such key", "missing": "is missing"}.get(fault["type"], fault["msg"])
    return ": ".join(filter(None, (key, said.removeprefix("Value error, "))))
