"""Whether the package called ``validation`` is ours: the name is common, and another one may stand first on the path."""

from __future__ import annotations

import importlib

__all__ = ["own_validation"]


def own_validation() -> None:
    """Makes sure that ``import validation`` gives the package that came with this one.

    Raises:
        ImportError: another package or folder of that name is found first, or none at all. One line: place,
            problem, remedy.
    """
    try:
        package = importlib.import_module("validation")
    except ModuleNotFoundError as error:
        raise ImportError(
            "validation: this part of workbook-cms is missing. Install workbook-cms again.", name="validation"
        ) from error
    if getattr(package, "PROJECT", None) == "workbook_cms":
        return
    place = getattr(package, "__file__", None) or ", ".join(map(str, getattr(package, "__path__", ["validation"])))
    raise ImportError(
        f"{place}: another package named validation stands before the one that workbook-cms brings. "
        "Rename or remove it, or start from a folder that does not hold it.",
        name="validation",
        path=str(place),
    )
