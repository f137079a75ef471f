"""What a page is set to: one codec for its session, its controls, its address and links to it.

A page's state is a frozen dataclass whose fields say what they hold::

    @dataclass(frozen=True)
    class Dial(State, page="dial", script="learn/dial.py"):
        data: str = choice("sleepstudy", NAMES, param="data")
        ratio: float = number(0.5, 0.0, math.inf, param="rho")

Whatever a field is given, text of an old address among it, it holds a value that is allowed. The
address holds only what differs from the page's start, and ids in it, never labels. Nothing here
knows Streamlit: `session` keeps a state in it.
"""

from __future__ import annotations

import dataclasses
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

_CODEC = "codec"
# A longer address is not read: servers and messengers cut them at a few thousand characters.
MAX_ADDRESS = 20_000


class Codec(ABC):
    """How a field is cleaned, and how it is written in an address."""

    @abstractmethod
    def clean(self, value: Any, otherwise: Any) -> Any:
        """Return the value, made one that is allowed, or `otherwise`; raises nothing."""

    def read(self, text: str) -> Any:
        """Return what a parameter of an address holds, not cleaned yet."""
        return text

    @abstractmethod
    def write(self, value: Any) -> str:
        """Return a clean value as an address holds it."""


@dataclass(frozen=True)
class _Number(Codec):
    low: float
    high: float
    step: float | None

    def clean(self, value: Any, otherwise: Any) -> Any:
        try:
            found = float(value)
        except OverflowError:
            found = math.inf if value > 0 else -math.inf
        except (TypeError, ValueError):
            return otherwise
        if math.isnan(found):
            return otherwise
        found = min(max(found, self.low), self.high)
        if isinstance(self.low, int):
            return round(found)
        # Without the rounding error of adding steps: 0.15, not 0.15000000000000002.
        return found if self.step is None else round(found, 10)

    def write(self, value: Any) -> str:
        # As JavaScript writes it.
        return "Infinity" if value == math.inf else f"{value!r}".removesuffix(".0")


@dataclass(frozen=True)
class _Choice(Codec):
    values: Sequence[str]
    labels: Mapping[str, str]

    def clean(self, value: Any, otherwise: Any) -> Any:
        return value if isinstance(value, str) and value in self.values else otherwise

    def read(self, text: str) -> Any:
        for known in self.values:
            if text in (known, _id(known), self.labels.get(known)):
                return known
        return None

    def write(self, value: Any) -> str:
        return _id(value)


def _id(value: str) -> str:
    return value.replace(" ", "-")


class _Flag(Codec):
    def clean(self, value: Any, otherwise: Any) -> Any:
        return value if isinstance(value, bool) else otherwise

    def read(self, text: str) -> Any:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())

    def write(self, value: Any) -> str:
        return "true" if value else "false"


@dataclass(frozen=True)
class _Text(Codec):
    most: int

    def clean(self, value: Any, otherwise: Any) -> Any:
        if not isinstance(value, str):
            return otherwise
        # Half a character of a pair cannot be encoded.
        return value.encode("utf-8", "ignore").decode("utf-8")[: self.most]

    def read(self, text: str) -> Any:
        return unquote(text)

    def write(self, value: Any) -> str:
        # Messengers end a link at a blank.
        return re.sub(r"[\s%\x00-\x1f]", lambda match: quote(match[0], safe=""), value)


@dataclass(frozen=True)
class _Numbers(Codec):
    keys: tuple[int, int]
    value: _Number
    most: int

    def clean(self, value: Any, otherwise: Any) -> Any:
        if not isinstance(value, Mapping):
            return otherwise
        clean: dict[int, float] = {}
        for name, given in value.items():
            try:
                place = int(name)
            except (TypeError, ValueError, OverflowError):
                continue
            held = self.value.clean(given, None)
            if self.keys[0] <= place <= self.keys[1] and held is not None:
                clean[place] = held
        return dict(sorted(clean.items())[: self.most])

    def read(self, text: str) -> Any:
        return dict(pair.split(":") for pair in text.split(",") if pair.count(":") == 1)

    def write(self, value: Any) -> str:
        return ",".join(f"{place}:{self.value.write(held)}" for place, held in value.items())


def number(
    default: float, low: float, high: float, step: float | None = None, *, param: str
) -> Any:
    """A number within its ends; a whole one if `low` is an int.

    Parameters
    ----------
    default, low, high, step
        As of a slider; a value need not lie on a step.
    param
        What the field is called in the address.
    """
    return field(default=default, metadata={_CODEC: _Number(low, high, step), "param": param})


def choice(
    default: str, values: Iterable[str], *, param: str, labels: Mapping[str, str] | None = None
) -> Any:
    """One of several values, whose id in the address is the value with hyphens for blanks.

    `labels` are what older addresses hold instead of the ids, by value.
    """
    codec = _Choice(tuple(values), labels or {})
    return field(default=default, metadata={_CODEC: codec, "param": param})


def flag(default: bool = False, *, param: str) -> Any:
    """Yes or no."""
    return field(default=default, metadata={_CODEC: _Flag(), "param": param})


def text(default: str = "", *, param: str, most: int = 200) -> Any:
    """Any text of at most so many characters."""
    return field(default=default, metadata={_CODEC: _Text(most), "param": param})


def numbers(keys: tuple[int, int], low: float, high: float, *, param: str, most: int = 100) -> Any:
    """Numbers by whole number, such as clusters moved by hand: ``3:1.25,7:-0.4``.

    Parameters
    ----------
    keys
        Smallest and largest key.
    low, high
        Ends of the values; whole numbers if `low` is an int.
    param
        What the field is called in the address.
    most
        How many there can be; the rest is dropped.
    """
    codec = _Numbers(keys, _Number(low, high, 1e-10), most)
    return field(default_factory=dict, metadata={_CODEC: codec, "param": param})


@dataclass(frozen=True)
class State:
    """The base of every page's state; a subclass is a frozen dataclass as well.

    Attributes
    ----------
    page : str
        Keeps the page's keys in the session apart from those of others.
    script : str
        Its script, as `st.switch_page` names it.
    path : str
        Where it is in the address.
    """

    page: ClassVar[str]
    script: ClassVar[str]
    path: ClassVar[str]

    def __init_subclass__(cls, *, page: str, script: str, path: str | None = None) -> None:
        cls.page, cls.script = page, script
        cls.path = f"/{page}" if path is None else path

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            default = each.default_factory() if callable(each.default_factory) else each.default
            held = each.metadata[_CODEC].clean(getattr(self, each.name), default)
            object.__setattr__(self, each.name, held)

    @classmethod
    def params(cls) -> dict[str, str]:
        """The parameter in the address of each field, by the field's name."""
        return {each.name: each.metadata["param"] for each in dataclasses.fields(cls)}

    @classmethod
    def key(cls, name: str) -> str:
        """The key in the session, and of the control, of a field."""
        return f"{cls.page}.{cls.params()[name]}"

    def encode(self, start: Self | None = None) -> dict[str, str]:
        """Return the parameters of the address: what differs from the start.

        Parameters
        ----------
        start
            Where the page starts; by default, at the defaults of the fields.
        """
        start = type(self)() if start is None else start
        return {
            each.metadata["param"]: each.metadata[_CODEC].write(getattr(self, each.name))
            for each in dataclasses.fields(self)
            if getattr(self, each.name) != getattr(start, each.name)
        }

    @classmethod
    def decode(cls, query: Mapping[str, str], start: Self | None = None) -> Self:
        """Return the state that an address stands for; what it does not say is as at the start."""
        start = cls() if start is None else start
        found = {}
        for each in dataclasses.fields(cls):
            given = query.get(each.metadata["param"])
            if isinstance(given, str) and len(given) <= MAX_ADDRESS:
                codec, held = each.metadata[_CODEC], getattr(start, each.name)
                found[each.name] = codec.clean(codec.read(given), held)
        return dataclasses.replace(start, **found)

    def link(self, start: Self | None = None) -> str:
        """Return the address of the page in this state."""
        query = urlencode(self.encode(start), safe=":,")
        return f"{self.path}?{query}" if query else self.path


def parameters(search: str) -> dict[str, str]:
    """Return the parameters of an address, given what stands from its `?` on."""
    try:
        return dict(parse_qsl(search.removeprefix("?")[:MAX_ADDRESS], keep_blank_values=True))
    except ValueError:  # more parameters than are read
        return {}
