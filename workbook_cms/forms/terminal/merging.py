"""What an answer does to a text that somebody typed on while it was on its way."""

from __future__ import annotations

__all__ = ["merged"]


def merged(sent: str, now: str, answered: str, *, cleared: bool) -> str:
    """The text of an input once an answer is there.

    Args:
        sent: Its text when the request was made.
        now: Its text now.
        answered: Its text in the answer.
        cleared: Whether the answer begins a new entry: what was typed behind the old text belongs to the new one.
    """
    if now == sent:
        return answered
    if cleared and now.startswith(sent):
        return answered or now[len(sent) :].lstrip()
    return now
