"""Where the files lie that travel with the program: templates and macros."""

from __future__ import annotations

from pathlib import Path

from workbook_cms.errors import InputError

__all__ = ["resource_folder", "template_folder", "template_names"]

_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: str) -> Path:
    """The folder ``templates`` or ``macros``: inside the package when installed from a wheel, beside it in a checkout.

    Raises:
        InputError: The installation lacks it.
    """
    # The wheel's place first: beside an installed package there may be a foreign folder called templates.
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(f"folder {name}", "is missing from the installation.", "Install workbook-cms again.")


def template_names() -> tuple[str, ...]:
    """Names of the templates, sorted."""
    return tuple(sorted(path.parent.name for path in resource_folder("templates").glob("*/policy.yaml")))


def template_folder(name: str) -> Path:
    """The folder of the template ``name``; it holds ``policy.yaml``, ``README.md`` and perhaps sample data as CSV.

    Raises:
        InputError: There is no such template.
    """
    names = template_names()
    if name not in names:
        raise InputError(f"template {name!r}", "is not known.", f"Use one of: {', '.join(names)}.")
    return resource_folder("templates") / name
