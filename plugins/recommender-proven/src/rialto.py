"""What a plugin needs beside the contract: settings, documents, rankings.

It imports nothing of the host, so that plain unit tests can use it too. A fault
is told by `Refused`; `app.py` turns it into the contract's own.
"""

import json
import math
from dataclasses import dataclass, field
from typing import Any, Iterator, List, Optional, Tuple


class Refused(Exception):
    """Something that cannot be done: an open code and a sentence for a person."""

    def __init__(self, code: str, message: str, retry_after_ms: Optional[int] = None):
        super().__init__(message)
        self.code, self.message, self.retry_after_ms = code, message, retry_after_ms


def read(what: str, text: str) -> dict:
    """Settings or parameters: a JSON object, or a refusal that says what is wrong."""
    code = "bad-settings" if what == "settings" else "invalid-input"
    try:
        value = json.loads(text.strip() or "{}")
    except (ValueError, RecursionError):
        raise Refused(code, f"the {what} are not JSON") from None
    if not isinstance(value, dict):
        raise Refused(code, f"the {what} are no JSON object")
    return value


def text(what: str, all: dict, name: str) -> str:
    """A text of the settings or parameters that must be there."""
    value = all.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("bad-settings" if what == "settings" else "invalid-input", f"`{name}` must be a text")
    return value


def number(what: str, all: dict, name: str, default: float, least: float, most: float) -> float:
    """A number of the settings within its bounds."""
    value = all.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        code = "bad-settings" if what == "settings" else "invalid-input"
        raise Refused(code, f"`{name}` must be a number from {least:g} to {most:g}")
    return float(value)


def options(**all: Any) -> List[Tuple[str, str]]:
    """An option bag."""
    return [(name.replace("_", "-"), json.dumps(value, ensure_ascii=False)) for name, value in all.items()]


def column(columns, name: str) -> Iterator:
    """The values of a column of candidates; `None` for every candidate where there is none."""
    for one in columns:
        if one.name == name:
            return one.values
    return None


def known(values, at: int) -> Optional[float]:
    """A candidate's number, if it is known."""
    if values is None or not math.isfinite(values[at]):
        return None
    return values[at]


@dataclass
class Reason:
    """Why, in one sentence of the reader's language, and how much of the score it explains."""

    code: str
    text: str
    weight: float


@dataclass
class Rated:
    """A candidate's place in the list it was given in, its score and its reasons."""

    candidate: int
    score: float
    reasons: List[Reason] = field(default_factory=list)


def best_first(rated: List[Rated]) -> List[Rated]:
    """Equal scores keep the order of the candidates."""
    return sorted(rated, key=lambda one: (-one.score, one.candidate))
