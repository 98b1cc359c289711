"""Splink at work: the pairs that a database finds, on this machine or on many."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbook_cms.across.helpers import LISTS
from workbook_cms.across.prepared import ID
from workbook_cms.errors import InputError

if TYPE_CHECKING:
    from workbook_cms.across.prepared import Prepared

__all__ = ["ENGINES", "found_by_splink"]

#: What runs Splink, and the packages it takes.
ENGINES: dict[str, tuple[str, ...]] = {"duckdb": ("splink", "duckdb"), "spark": ("splink", "pyspark")}
#: Where a Spark that nobody named runs: all cores of this machine.
_HERE = "local[*]"
_LITTLE = 100_000


def found_by_splink(records: Prepared, settings: Mapping[str, Any], engine: str, least: float) -> pd.DataFrame:
    """Pairs at or above a number of bits.

    Args:
        records: What is compared.
        settings: Of Splink.
        engine: ``duckdb`` or ``spark``. Spark runs where ``SPARK_REMOTE`` or the master of its configuration says,
            else on this machine.
        least: Bits that a pair has at least, by Splink's sum.

    Returns:
        Columns ``left``, ``right`` (positions of the records, the lower one left) and ``bits``.

    Raises:
        InputError: A package is missing.
    """
    lacking = [name for name in ENGINES[engine] if importlib.util.find_spec(name) is None]
    if lacking:
        raise InputError(
            f"--engine {engine}",
            f"{' and '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} not installed here.",
            f"Install it: pip install 'workbook-cms[{engine if engine == 'spark' else 'splink'}]'.",
        )
    with _database(engine, len(records.frame)) as (api, give):
        from splink import Linker  # noqa: PLC0415 - an extra, and slow to start

        linker = Linker(api.register(give(records.frame), table_name="records"), dict(settings), log_level="ERROR")
        for number, (name, frame) in enumerate(records.frequencies.items()):
            held = api.register(give(frame), table_name=f"frequencies_{number}")
            linker.table_management.register_term_frequency_lookup(held, name)
        answer = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        pairs = answer.as_pandas_dataframe()
    ends = pairs[[f"{ID}_l", f"{ID}_r"]].astype("int64")
    out = pd.DataFrame(
        {"left": ends.min(axis=1), "right": ends.max(axis=1), "bits": pairs["match_weight"].astype(float)}
    )
    return out.sort_values(["left", "right"], ignore_index=True)


@contextlib.contextmanager
def _database(engine: str, records: int) -> Iterator[tuple[Any, Any]]:
    """Splink's way to a database, and what makes a frame one of its tables."""
    with contextlib.ExitStack() as put_away, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, to developers
        if engine == "duckdb":
            from splink import DuckDBAPI  # noqa: PLC0415

            yield DuckDBAPI(), lambda frame: frame
            return
        from pyspark.sql import SparkSession  # noqa: PLC0415
        from splink import SparkAPI  # noqa: PLC0415
        from splink.backends.spark import similarity_jar_location  # noqa: PLC0415

        builder = SparkSession.builder.appName("workbook-cms").config("spark.jars", similarity_jar_location())
        builder = builder.config("spark.sql.execution.arrow.pyspark.enabled", "true").config(
            "spark.ui.showConsoleProgress", "false"
        )
        if not {"SPARK_REMOTE", "MASTER", "SPARK_MASTER"} & os.environ.keys():
            # Its warehouse would be made in the folder in which the user works.
            warehouse = put_away.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            builder = builder.master(_HERE).config("spark.ui.enabled", "false")
            builder = builder.config("spark.sql.warehouse.dir", warehouse)
        if records <= _LITTLE:  # or setting up 200 parts would take longer than the work
            builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.default.parallelism", "4")
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        try:
            give = partial(_spark_frame, session)
            yield SparkAPI(spark_session=session, break_lineage_method="persist"), give
        finally:
            session.stop()


def _spark_frame(session: Any, frame: pd.DataFrame) -> Any:
    """A frame as Spark has it: the types are told, since it could not guess those of columns that are blank."""
    from pyspark.sql import types  # noqa: PLC0415 - an extra

    of_dtype = {"i": types.LongType(), "f": types.DoubleType()}
    fields = []
    for name, cells in frame.items():
        lists = str(name).partition("__")[2] in LISTS
        kind = types.ArrayType(types.StringType()) if lists else of_dtype.get(cells.dtype.kind, types.StringType())
        fields.append(types.StructField(str(name), kind))
    return session.createDataFrame(frame, types.StructType(fields))
