"""The question: what was asked, and what each option and condition is, in the words of the scenario."""

from __future__ import annotations

from armsim.config.options import parts_of
from armsim.report.page.figures import listed
from armsim.report.page.parts import Block, Folded, Section, Table, Words, row
from armsim.report.page.view import View

_AS_IT_IS = "Nothing: as the scenario says"


def question(view: View) -> Section:
    """What was asked: the scenario's own words, then its options and conditions, folded."""
    scenario = view.results.option().scenario
    asked = scenario.description or "The scenario does not say what it asks: not stated."
    blocks: list[Block] = [Words((asked,))]
    names = [parts_of(name) for name in view.results.options]
    options = list(dict.fromkeys(option for option, _ in names))
    conditions = [one for one in dict.fromkeys(condition for _, condition in names) if one]
    tables, counts = [], []
    for what, listing, part in (("options", options, 0), ("conditions", conditions, 1)):
        if len(listing) > 1:
            tables.append(_named(view, what, listing, part))
            counts.append(f"{len(listing)} {what}")
    if tables:
        blocks.append(Folded(f"The {listed(counts)} in words", tuple(tables)))
    return Section("question", "The question", tuple(blocks))


def _named(view: View, what: str, names: list[str], part: int) -> Table:
    rows = tuple(row(name, _made_of(view, name, part)) for name in names)
    note = "The first option is what the others are held against." if what == "options" else ""
    head = (what[:-1].capitalize(), "What it changes")
    return Table(f"{what.capitalize()} that were run", head, rows, note, prose=True)


def _made_of(view: View, name: str, part: int) -> str:
    """Descriptions of the overrides that all runs of an option or condition have, and not all others."""
    applied = view.manifest.get("overrides", {})
    sets = {one: set(applied.get(one, ())) for one in view.results.options}
    mine = [some for one, some in sets.items() if parts_of(one)[part] == name]
    others = [some for one, some in sets.items() if parts_of(one)[part] != name]
    own = set.intersection(*mine) - (set.intersection(*others) if others else set())
    words = view.manifest.get("descriptions", {})
    order = dict.fromkeys(one for some in applied.values() for one in some)
    return "; ".join(str(words.get(one) or one.replace("_", " ")) for one in order if one in own) or _AS_IT_IS
