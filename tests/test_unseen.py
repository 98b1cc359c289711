"""Characters that nobody sees are told by their number, or blanked."""

from __future__ import annotations

import json

from workbook_cms.unseen import blanked, escaped

TEXT = "a\u202eb\x9b\x7f\u00a0\u2028\U000e0041\ud800 é 漢 \U0001f600"


def test_json_means_the_same_and_shows_nothing_unseen():
    """Escaped JSON is read as the same value; letters of all scripts stay as they are."""
    written = escaped(json.dumps({"text": TEXT}, ensure_ascii=False))
    assert json.loads(written) == {"text": TEXT}
    assert written.isprintable()
    assert " é 漢 \U0001f600" in written


def test_people_see_a_blank():
    """Each such character is one blank, line ends too."""
    assert blanked("a\u202eb\nc") == "a b c"
