"""Arrays kept in the side folder, so that the next process need not work them out again; who deletes them loses only time.

A file is believed when it was made by the same program from the same state, and every byte of it is as it was written.
It is read whole and not mapped: a mapped file cannot be replaced on Windows.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from isal import isal_zlib

from workbook_cms.file.beside import durable, privacy
from workbook_cms.file.platform import replace_file

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["FOLDER", "MAX_BYTES", "bytes_kept", "drop", "forget", "keep", "kept"]

FOLDER = "cache"
#: What takes more is not kept.
MAX_BYTES = 512 << 20
_ENDING = ".arrays"
_MARK = b"CMSCACH1"
#: Mark, bytes of the head, checksum of the head and of the arrays.
_START = struct.Struct("<8sQII")
_ALIGNED = 16


def keep(
    side: Path, workbook: Path, name: str, told: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
) -> bool:
    """Keep arrays under a name, in the place of what was kept under it; whether that could be done.

    A workbook that was never written to has no side folder; none is made for this.

    Args:
        side: The side folder.
        workbook: Whose it is: the file is as private.
        name: Letters, digits and ``_``.
        told: What there is to say of them, JSON-ready; it comes back with them.
        arrays: By name; of numbers and bytes.
    """
    places: list[tuple[str, str, list[int], int]] = []
    at = 0
    for key, array in arrays.items():
        places.append((key, array.dtype.str, list(array.shape), at))
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    if at > MAX_BYTES or not side.is_dir():
        return False
    body = bytearray(at)
    for (*_, begin), array in zip(places, arrays.values(), strict=True):
        body[begin : begin + array.nbytes] = np.ascontiguousarray(array).data.cast("B") if array.nbytes else b""
    head = json.dumps({"told": told, "arrays": places}, ensure_ascii=False).encode()
    start = _START.pack(_MARK, len(head), isal_zlib.crc32(head), isal_zlib.crc32(body))
    folder, mode = side / FOLDER, privacy.folder_mode(workbook)
    aside = durable.aside_of(folder / f"{name}{_ENDING}")
    try:
        durable.make_folder(folder, mode)
        privacy.guard(folder, workbook)
        # Not flushed: what a power cut leaves of it is found by its checksums.
        with _private(aside).open("wb") as file:
            file.write(start)
            file.write(head)
            file.write(body)
        privacy.as_private_as(aside, workbook)
        replace_file(aside, folder / f"{name}{_ENDING}")
    except OSError:  # a full disk, no right, or on Windows somebody reads it: the next writer keeps it
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        return False
    return True


def kept(side: Path, name: str) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]] | None:
    """What was kept under a name, or None where there is nothing whole."""
    try:
        with (side / FOLDER / f"{name}{_ENDING}").open("rb") as file:
            if os.fstat(file.fileno()).st_size > 2 * MAX_BYTES:
                return None
            data = memoryview(file.read())
        mark, length, head_crc, body_crc = _START.unpack_from(data)
        head, body = data[_START.size : _START.size + length], data[_START.size + length :]
        if mark != _MARK or isal_zlib.crc32(head) != head_crc or isal_zlib.crc32(body) != body_crc:
            return None
        found = json.loads(bytes(head))
        arrays = {key: _array(body, dtype, shape, at) for key, dtype, shape, at in found["arrays"]}
        told = found["told"]
    except (OSError, ArithmeticError, ValueError, KeyError, TypeError, struct.error, RecursionError, MemoryError):
        return None
    return (told, arrays) if isinstance(told, dict) else None


def forget(side: Path, names: Collection[str] = ()) -> None:
    """Take away what is kept under other names than these."""
    with contextlib.suppress(OSError), os.scandir(side / FOLDER) as found:
        for path in [Path(one.path) for one in found if one.name.endswith(_ENDING)]:
            if path.stem not in names:
                with contextlib.suppress(OSError):  # on Windows while somebody reads it
                    path.unlink()
    durable.clean([side / FOLDER])


def drop(side: Path, name: str) -> None:
    """Take away what is kept under a name: it is no longer true."""
    with contextlib.suppress(OSError):  # no right to, or on Windows somebody reads it
        (side / FOLDER / f"{name}{_ENDING}").unlink()


def bytes_kept(side: Path) -> int:
    """How much room it takes."""
    with contextlib.suppress(OSError), os.scandir(side / FOLDER) as found:
        return sum(one.stat().st_size for one in found if one.name.endswith(_ENDING))
    return 0


def _private(path: Path) -> Path:
    """An empty file that nobody else may read, before anything stands in it."""
    path.touch(mode=0o600, exist_ok=False)
    return path


def _array(body: memoryview, dtype: str, shape: list[int], at: int) -> npt.NDArray[Any]:
    kind = np.dtype(dtype)
    if kind.hasobject:
        raise ValueError("no objects are kept")
    return np.frombuffer(body, dtype=kind, count=int(np.prod(shape, dtype=np.int64)), offset=at).reshape(shape)
