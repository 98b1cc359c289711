"""Which Python the macros start, in the file where RunPython looks."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from workbook_cms.forms.vba.interpreter import interpreter_settings, merged

HOME = Path("/home/mia")
values = st.dictionaries(
    st.sampled_from(["INTERPRETER_WIN", "PYTHONPATH"]), st.text("abC:\\/ .-", min_size=1, max_size=20)
)


def test_windows() -> None:
    """On Windows it is the file in the profile, in the code page of Windows."""
    settings = interpreter_settings("Windows", HOME, r"C:\Program Files\cms\python.exe")
    assert settings.path == HOME / ".xlwings" / "xlwings.conf"
    assert settings.values == {"INTERPRETER_WIN": r"C:\Program Files\cms\python.exe"}
    assert (settings.encoding, settings.script) == ("mbcs", None)


def test_mac() -> None:
    """On a Mac it is the file in Excel's sandbox, and an AppleScript of the version of xlwings belongs to it."""
    settings = interpreter_settings("Darwin", HOME, "/Users/mia/cms/bin/python", "0.37.8")
    assert settings.path == HOME / "Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
    assert settings.values == {"INTERPRETER_MAC": "/Users/mia/cms/bin/python"}
    assert settings.script == HOME / "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript"


def test_other_settings_stay() -> None:
    """A licence key stays; an older interpreter and a conda environment, which would count before ours, go."""
    before = (
        '"LICENSE_KEY","abc"\n"interpreter_win","C:\\old.exe"\n"CONDA PATH","C:\\conda"\n"CONDA ENV","base"\n\n'
    )
    assert merged(before, {"INTERPRETER_WIN": "C:\\new.exe"}) == (
        '"LICENSE_KEY","abc"\n"INTERPRETER_WIN","C:\\new.exe"\n'
    )


@given(values, values)
def test_the_last_word_counts(first: dict[str, str], second: dict[str, str]) -> None:
    """Each setting stands there once, with the value given last, however often it is written."""
    text = merged(merged("", first), second)
    assert dict(line.strip('"').split('","') for line in text.splitlines()) == first | second
    assert len(text.splitlines()) == len(first | second)
    assert sorted(merged(text, second).splitlines()) == sorted(text.splitlines())
