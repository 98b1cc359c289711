"""Where the templates lie."""

import pytest

from workbook_cms.errors import InputError
from workbook_cms.resources import resource_folder, template_folder, template_names


def test_templates():
    """The templates are found by name, each with its policy and description."""
    assert {"blank", "world-traveller"} <= set(template_names())
    for name in template_names():
        assert (template_folder(name) / "README.md").is_file()


@pytest.mark.parametrize("name", ["nothing", "../world-traveller", "", "world-traveller/.."])
def test_unknown_template(name):
    """A name that is no template's is refused with the names that are."""
    with pytest.raises(InputError, match="blank, small-business, world-traveller"):
        template_folder(name)


def test_missing_folder():
    """An installation without a folder says so."""
    with pytest.raises(InputError, match="Install workbook-cms again"):
        resource_folder("no-such-folder")
