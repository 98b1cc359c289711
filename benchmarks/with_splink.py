"""Duplicates found with Splink 5 on DuckDB: its own examples' settings for these sets, trained as they train them.

Settings after docs/demos/examples/duckdb of Splink 5: ``febrl3`` (for FEBRL 1 to 3), ``febrl4`` (the detailed model),
``accuracy_analysis_from_labels_column`` (for fake_1000) and ``deduplicate_50k_synthetic`` (for the made-up people: its
comparisons and rules, with columns of theirs). It has no example of RLdata10000: there the settings are those of
``febrl3`` with the columns that there are.
"""

from __future__ import annotations

import importlib.util
import logging
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.labelled import Labelled, Missing

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["pairs"]


class _Plan(NamedTuple):
    """What an example says: how records are compared, brought together, and what is learned from.

    Attributes:
        comparisons: Of Splink's library.
        blocking: Rules that give the pairs to score.
        certain: Rules whose pairs are nearly all true, to estimate how many there are.
        recall: What share of the true pairs those find.
        learned: Rules within whose pairs the weights are estimated, one after another.
        sample: Pairs from which the chance of an agreement by accident is estimated.
    """

    comparisons: list[Any]
    blocking: list[Any]
    certain: list[Any]
    recall: float
    learned: list[Any]
    sample: float = 1e6


def pairs(labelled: Labelled, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pairs at a probability of one half and more, by position.

    Raises:
        Missing: Splink is not installed.
    """
    if importlib.util.find_spec("splink") is None:
        raise Missing("Splink is not installed: pip install 'splink>=5'")
    from splink import DuckDBAPI, Linker, SettingsCreator  # noqa: PLC0415 - a second of imports

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    plan = _PLANS.get(name, _as_50k if name.startswith("made-up") else _febrl3)(labelled)
    frame = labelled.frame.assign(unique_id=np.arange(len(labelled.frame)))
    if name.startswith("made-up"):  # the names together, for how often both occur
        frame["both_names"] = frame["given_name"].str.cat(frame["family_name"], sep=" ")
    settings = SettingsCreator(
        link_type="link_only" if labelled.first else "dedupe_only",
        comparisons=plan.comparisons,
        blocking_rules_to_generate_predictions=plan.blocking,
    )
    database = DuckDBAPI()
    tables = [frame[: labelled.first], frame[labelled.first :]] if labelled.first else [frame]
    registered = [database.register(table) for table in tables]
    linker = Linker(registered if labelled.first else registered[0], settings)
    linker.training.estimate_probability_two_random_records_match(plan.certain, recall=plan.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=plan.sample, seed=2)
    for rule in plan.learned:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return found["unique_id_l"].to_numpy(dtype=np.int64), found["unique_id_r"].to_numpy(dtype=np.int64)


def _febrl3(labelled: Labelled) -> _Plan:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import block_on  # noqa: PLC0415

    own = "soc_sec_id" in labelled.kinds
    fields = [*(["soc_sec_id"] if own else []), "given_name", "surname", "date_of_birth", "postcode"]
    swapped = "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
    return _Plan(
        [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2])] if own else []),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        [block_on(field) for field in fields],
        [
            *([block_on("soc_sec_id")] if own else []),
            block_on("given_name", "surname", "date_of_birth"),
            swapped,
        ],
        0.9,
        [block_on("date_of_birth"), block_on("postcode")],
    )


def _febrl4(_labelled: Labelled) -> _Plan:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import block_on  # noqa: PLC0415

    return _Plan(
        [
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        [
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
        0.8,
        [block_on("date_of_birth"), block_on("postcode")],
    )


def _fake(_labelled: Labelled) -> _Plan:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import block_on  # noqa: PLC0415

    return _Plan(
        [
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
        [
            "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
            "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ],
        0.7,
        [block_on("dob"), block_on("email"), block_on("first_name", "surname")],
    )


def _rldata(_labelled: Labelled) -> _Plan:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import block_on  # noqa: PLC0415

    given, family = "fname_c1", "lname_c1"
    near = "levenshtein(r.dob, l.dob) <= 1"
    # No two records of a person are equal here. Of the ways tried to say which pairs are nearly certain, this one
    # did best by far.
    certain = [f"l.{given} = r.{given} and l.{family} = r.{family} and {near}"]
    return _Plan(
        [
            cl.NameComparison(given),
            cl.NameComparison(family),
            cl.DateOfBirthComparison("dob", input_is_string=True),
        ],
        [block_on(given), block_on(family), block_on("dob")],
        [*certain, block_on(given, "dob"), block_on(family, "dob")],
        0.9,
        [block_on("dob"), block_on(given, family)],
    )


def _as_50k(_labelled: Labelled) -> _Plan:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import block_on  # noqa: PLC0415

    given, family, born = "given_name", "family_name", "date_of_birth"
    return _Plan(
        [
            cl.ForenameSurnameComparison(given, family, forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison(born, input_is_string=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.ExactMatch("street").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.EmailComparison("email"),
        ],
        [
            block_on(f"substr({given},1,3)", f"substr({family},1,4)"),
            block_on(family, born),
            block_on(given, born),
            block_on("postcode", given),
            block_on("postcode", family),
            block_on(born, "place"),
            block_on("phone"),
            block_on(f"substr({given},1,2)", f"substr({family},1,2)", f"substr({born},1,4)"),
        ],
        [block_on(given, family, born), block_on(born, "postcode")],
        0.6,
        [block_on(given, family), block_on(born)],
        1e7,
    )


_PLANS: dict[str, Callable[[Labelled], _Plan]] = {"febrl4": _febrl4, "fake_1000": _fake, "RLdata10000": _rldata}
