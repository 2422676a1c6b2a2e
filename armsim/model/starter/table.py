"""The 43 forces in a table: what is published, and how many armed response vehicles the rules make of it."""

from __future__ import annotations

import pandas as pd

from armsim.model.starter.rules import force_sizes


def force_table() -> pd.DataFrame:
    """A row for each force, by short name.

    Returns:
        ``force`` (short name), ``name``, ``region``, ``people`` (Census 2011), ``km2``, ``officers`` and
        ``specials`` (30 September 2018), ``operations`` (authorised firearms operations in 2017/18),
        ``operations_from`` (its letter, see ``operations``), ``operations_year`` (year of the figure that it
        comes from), ``operations_source``, ``arvs`` (vehicles of an average shift by the rules) and
        ``arv_officers``.

    Raises:
        DataError: a shipped table is missing or damaged.
    """
    rows = [
        {
            "force": slug,
            "name": one.figures.name,
            "region": one.figures.region,
            "people": one.figures.people,
            "km2": round(one.figures.area_km2),
            "officers": round(one.figures.officers),
            "specials": one.figures.specials,
            "operations": round(one.operations.number),
            "operations_from": one.operations.letter,
            "operations_year": one.operations.year,
            "operations_source": one.operations.words,
            "arvs": one.arvs.value,
            "arv_officers": one.arv_officers,
        }
        for slug, one in force_sizes().items()
    ]
    return pd.DataFrame(rows)
