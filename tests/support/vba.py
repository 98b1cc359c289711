"""oletools as an independent reader of VBA projects."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    # oletools calls pyparsing by names that newer versions of it advise against.
    warnings.simplefilter("ignore", DeprecationWarning)
    from oletools.olevba import VBA_Parser, decompress_stream

__all__ = ["decompressed", "modules_of"]


def decompressed(container: bytes) -> bytes:
    """What a compressed container holds."""
    return bytes(decompress_stream(bytearray(container)))


def modules_of(name: str | Path, data: bytes | None = None) -> dict[str, str]:
    """Source of each module of a workbook or a ``vbaProject.bin``, attributes included, by its name and ending."""
    parser = VBA_Parser(str(name), data=data)
    try:
        return {module: source for _, _, module, source in parser.extract_all_macros()}
    finally:
        parser.close()
