"""The cheat sheet: all of it from the policy, safe to open, fit to print."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from validation.policy import Policy
from workbook_cms.errors import FileError, InputError
from workbook_cms.practice.cheat_sheet import cheat_sheet
from workbook_cms.practice.printing import as_html, as_markdown, write_cheat_sheet
from workbook_cms.seeding import template_policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The World Traveller policy."""
    return template_policy("world-traveller")


class Seen(HTMLParser):
    """What a browser would show: text by heading, and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag."""
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Remember the text."""
        self.text.append(data)


def test_a_choice_tells_what_it_needs(policy: Policy) -> None:
    """Who chose Quote sees at a glance which fields that asks for."""
    form = cheat_sheet(policy).forms[0]
    assert form.title == "Record an interaction"
    by_purpose = {row.name: row.text for row in dict(form.needs)["Purpose"]}
    assert by_purpose["Quote, Complaint"] == "Desired outcome, Responsible, Follow-up date"
    assert "Nobody signs off their own record. Let a colleague review it." in form.rules


def test_required_fields_are_marked(policy: Policy) -> None:
    """The star stands at what is always required, and nowhere else."""
    form = cheat_sheet(policy).forms[0]
    marked = {row.name for _, rows in form.sections for row in rows if row.marked}
    required = {f.label for f in policy.table_by_id["interactions"].fields if f.required}
    assert marked == required - {"Interaction ID"}


def test_lists_come_with_guidance_and_long_ones_short(policy: Policy) -> None:
    """Active values with what to ask; nobody is shown two hundred countries, nor what is no longer chosen."""
    parts = {part.title: part for part in cheat_sheet(policy).lists}
    assert "Travellers cheques" not in {row.name for row in parts["Contact reasons"].guided}
    assert parts["Countries"].values.startswith("Australia, New Zealand")
    assert parts["Countries"].values.endswith("more")


def test_what_the_policy_holds_is_text(policy: Policy) -> None:
    """Markup in a label, help or list value is shown, not obeyed."""
    evil = "<script>alert('x')</script> & | `a` [b](c)"
    lists = tuple(
        c.model_copy(update={"items": (c.items[0].model_copy(update={"value": evil, "guidance": evil}),)})
        for c in policy.lists
    )
    table = policy.tables[0]
    fields = tuple(f.model_copy(update={"help": evil, "label": evil + f.id}) for f in table.fields)
    settings = policy.settings.model_copy(update={"organisation": evil})
    tables_ = (table.model_copy(update={"fields": fields, "title": evil}), *policy.tables[1:])
    sheet = cheat_sheet(policy.model_copy(update={"lists": lists, "tables": tables_, "settings": settings}))
    seen = Seen(as_html(sheet))
    assert not {"script", "a", "img", "iframe"} & set(seen.tags)
    assert any(evil in text for text in seen.text)
    assert all(line.count("|") - line.count("\\|") in (0, 3) for line in as_markdown(sheet).splitlines())


def test_the_page_is_whole_by_itself(policy: Policy) -> None:
    """Nothing is fetched from anywhere, and every tag that is opened is closed."""
    page = as_html(cheat_sheet(policy))
    assert "http" not in page
    assert "url(" not in page
    for tag in ("section", "table", "tr", "td", "th", "h2", "h3", "ul", "li"):
        assert page.count(f"<{tag}>") + page.count(f"<{tag} ") == page.count(f"</{tag}>")


@pytest.mark.parametrize("name", ["sheet.html", "sheet.md", "SHEET.HTML"])
def test_the_ending_says_how(policy: Policy, tmp_path: Path, name: str) -> None:
    """HTML to print, Markdown for a wiki."""
    write_cheat_sheet(policy, tmp_path / name)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith("# World Traveller" if name.endswith("md") else "<!DOCTYPE html>")


def test_what_cannot_be_written_is_said(policy: Policy, tmp_path: Path) -> None:
    """PDF comes from the browser; a folder that is not there is named."""
    with pytest.raises(InputError, match="print it, to paper or as PDF"):
        write_cheat_sheet(policy, tmp_path / "sheet.pdf")
    with pytest.raises(FileError, match="cannot be written"):
        write_cheat_sheet(policy, tmp_path / "gone" / "sheet.html")
