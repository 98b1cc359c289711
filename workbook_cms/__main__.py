"""The command ``workbook-cms``, also as ``python -m workbook_cms``."""

from __future__ import annotations

import gc
import sys

from workbook_cms.rooms import own_validation

__all__ = ["main"]


def main() -> None:
    """Runs the command line; exit code 2 and one line where a foreign ``validation`` package is in the way."""
    # A short command spends a tenth of its time looking for cycles among what pandas makes at import, and finds none.
    gc.set_threshold(200_000, 20, 50)
    try:
        own_validation()
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    from workbook_cms.cli import main as run  # noqa: PLC0415 - its imports need the package checked above

    run()


if __name__ == "__main__":
    main()
