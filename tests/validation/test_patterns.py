"""Tests of the policy's patterns: whichever engine matches them, the answer is that of RE2."""

from __future__ import annotations

import pytest
import re2

from validation.patterns import is_simple, matcher

_TEXTS = (
    "AB-123456", "ab-123456", "AB-123456\n", "AB-١٢٣٤٥٦", "+61400000001", "61400000001", "2042", "204", "", "a.b", "a b",
    "x-y", "-", "AAA", "\ud800", "ſ", "K", "é", "WT1234567", "aaaa",
)  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{2}-\d{6}", r"\+61\d{9}", r"\d{4}", r"WT\d{7}", r"[a-z]+", r"[A-Za-z. -]{1,9}", r"\d*", r"a?b?", r"[a\-z]{3}",
        r"A{2,3}", r"[A-Z0-9-]+", r"a\.b",
    ],
)  # fmt: skip
def test_a_simple_pattern_gets_the_answers_of_re2(pattern: str) -> None:
    """The standard library's engine says what RE2 says of odd texts too: other digits, line ends, half characters."""
    matches = matcher(pattern)
    assert is_simple(pattern)
    assert matches is not None
    for text in _TEXTS:
        sound = text.encode("utf-8", "ignore").decode() == text
        assert bool(matches(text)) is (sound and re2.fullmatch(pattern, text) is not None), text


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b", r"(a|a)*b", r"a*a*b", r"a{0,99}a{0,99}b", r"[^a]", r".*", r"^a$", r"\w+", r"\s", r"a{2}{3}", r"a+?",
        r"(?i)a", r"a|b", r"[[:alpha:]]", r"[a&&b]", r"[a--b]", r"{", r"\pL", r"é", r"\b", r"[]a]",
    ],
)  # fmt: skip
def test_a_pattern_that_could_be_slow_or_read_differently_goes_to_re2(pattern: str) -> None:
    """Nested or several open repetitions, choices, and whatever the two engines read in two ways."""
    assert not is_simple(pattern)


@pytest.mark.parametrize("pattern", [r"[z-a]", r"a{3,2}", "(", "*", "a**"])
def test_a_broken_pattern_matches_nothing_and_raises_nothing(pattern: str) -> None:
    """Neither engine can read it; the policy's own check reports it."""
    assert matcher(pattern) is None
