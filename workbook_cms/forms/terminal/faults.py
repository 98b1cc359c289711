"""What is said when the session could not answer."""

from __future__ import annotations

from workbook_cms.errors import WorkbookCmsError

__all__ = ["sorry"]


def sorry(error: BaseException | None) -> str:
    """One line for whatever went wrong; nothing typed is lost by it."""
    if isinstance(error, WorkbookCmsError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        where = error.filename or "the disk"
        return (
            f"{where}: {error.strerror or 'cannot be used'}. What you typed is still here: try again in a moment."
        )
    kind = f" ({type(error).__name__})" if error is not None else ""
    return (
        f"A fault in the program{kind} kept this from being done. What you typed is still here: try again, and if it "
        "stays so, tell who looks after the workbook."
    )
