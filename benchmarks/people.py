"""Made-up people of which some stand twice, known as such: names as unevenly spread as real ones, slips as people make."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["KINDS", "people"]

#: What the columns of `people` are.
KINDS = {
    "given_name": "given-name",
    "family_name": "family-name",
    "date_of_birth": "date",
    "street_number": "street-number",
    "street": "street",
    "place": "place",
    "postcode": "postcode",
    "phone": "phone",
    "email": "email",
}
_SEED = 20261122
_STARTS = (
    "b",
    "br",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "tr",
    "w",
)
_MIDDLES = ("a", "e", "i", "o", "u", "ai", "ea", "ee", "ie", "ou")
_ENDS = ("n", "nd", "r", "rt", "s", "l", "ll", "m", "ck", "th", "tt", "ng", "sk", "y", "")
_Texts = np.ndarray[tuple[int], np.dtype[np.object_]]


def _words(rng: np.random.Generator, count: int, ends: tuple[str, ...]) -> _Texts:
    """So many different made-up words of two or three syllables, one of ``ends`` behind."""
    found: dict[str, None] = {}
    while len(found) < count:
        size = 2 * count
        parts = [rng.choice(part, size) for part in (_STARTS, _MIDDLES, _ENDS, _STARTS, _MIDDLES)]
        third = np.where(
            rng.random(size) < 0.5, "", np.char.add(rng.choice(_ENDS, size), rng.choice(_MIDDLES, size))
        )
        whole = parts[0]
        for part in (*parts[1:], third, rng.choice(ends, size)):
            whole = np.char.add(whole, part)
        found.update(dict.fromkeys(np.char.capitalize(whole).tolist()))
    return np.array(list(found)[:count], dtype=object)


def _uneven(rng: np.random.Generator, values: _Texts, size: int, flat: float) -> _Texts:
    """Values drawn by Zipf's and Mandelbrot's law: the first ones are common, most are rare."""
    weights = 1 / (np.arange(len(values)) + flat)
    return values[rng.choice(len(values), size, p=weights / weights.sum())]


def people(rows: int, twice: float = 0.1, seed: int = _SEED) -> pd.DataFrame:
    """So many records, columns as in `KINDS` and ``person`` (a number), a share of them second records of a person.

    The most common family name is that of one in a hundred, as in English-speaking countries; a second record has one
    to three slips or changes. Rows are in no order.
    """
    rng = np.random.default_rng(seed)
    firsts = rows - int(rows * twice)
    frame = _firsts(rng, firsts)
    again = _slipped(rng, frame.iloc[rng.choice(firsts, rows - firsts)].reset_index(drop=True))
    return pd.concat([frame, again]).sample(frac=1, random_state=seed).reset_index(drop=True)


def _firsts(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    given = _uneven(rng, _words(rng, 4_000, ("a", "o", "y", "")), rows, 8)
    family = _uneven(rng, _words(rng, 40_000, ("son", "er", "man", "ski", "")), rows, 12)
    streets = _uneven(rng, _words(rng, 5_000, (" Street", " Road", " Avenue", " Lane")), rows, 20)
    names = _words(rng, 3_000, ("ton", "ford", " Bay", "dale"))
    place = rng.choice(len(names), rows, p=1 / (np.arange(3_000) + 30) / (1 / (np.arange(3_000) + 30)).sum())
    days = np.datetime64("1935-01-01") + rng.integers(0, 70 * 365, rows)
    hosts = rng.choice(("example.com", "example.org", "post.example", "mail.example"), rows)
    numbers = rng.integers(1, 1_000, rows)
    parts = zip(given, family, numbers, hosts, strict=True)
    frame = pd.DataFrame(
        {
            "person": np.arange(rows),
            "given_name": given,
            "family_name": family,
            "date_of_birth": days.astype(str).astype(object),
            "street_number": rng.integers(1, 250, rows).astype(str).astype(object),
            "street": streets,
            "place": names[place],
            "postcode": (place + 1_000).astype(str).astype(object),
            "phone": [f"+614{n:08d}" for n in rng.integers(0, 10**8, rows)],
            "email": [f"{g}.{f}{n}@{host}".casefold() for g, f, n, host in parts],
        }
    )
    for column, share in (("date_of_birth", 0.2), ("phone", 0.2), ("email", 0.3), ("street", 0.1)):
        frame[column] = frame[column].mask(rng.random(rows) < share, None)
    return frame


def _slipped(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Second records: each with one to three fields misspelt, left blank or changed."""
    frame, rows = frame.copy(), len(frame)
    fields = list(KINDS)
    for _ in range(3):
        chosen = rng.integers(0, len(fields), rows)
        how = rng.random(rows)
        for number, field in enumerate(fields):
            old = frame[field].to_numpy(dtype=object)
            at = np.flatnonzero((chosen == number) & (how < 0.75))
            place = rng.integers(0, 100, len(at))
            old[at] = [_slip(text, where) for text, where in zip(old[at], place, strict=True)]
            blank = (chosen == number) & (how > 0.9) & (field != "family_name")
            old[blank] = None
            frame[field] = old
    return frame


def _slip(text: str | None, place: int) -> str | None:
    """Two letters changed places, one left out or one doubled."""
    if not isinstance(text, str) or len(text) < 3:  # pandas 3 has NaN for a blank
        return text
    at = 1 + place // 3 % (len(text) - 2)
    left, letter, right = text[:at], text[at], text[at + 1 :]
    return (left + right[0] + letter + right[1:], left + right, left + letter * 2 + right)[place % 3]
