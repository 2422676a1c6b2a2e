"""The question: what was asked, and what each option and condition is, in the words of the scenario."""

from __future__ import annotations

from collections.abc import Iterable

from armsim.config.options import parts_of
from armsim.report.page.figures import listed
from armsim.report.page.parts import Block, Folded, Section, Table, Words, row
from armsim.report.page.view import View

_AS_IT_IS = "Nothing: as the scenario says"
_NO_MORE = "Nothing more"


def question(view: View) -> Section:
    """What was asked: the scenario's own words, then its options and conditions, folded."""
    scenario = view.results.option().scenario
    asked = scenario.description or "The scenario does not say what it asks: not stated."
    blocks: list[Block] = [Words((asked,))]
    names = [parts_of(name) for name in view.results.options]
    options = list(dict.fromkeys(option for option, _ in names))
    conditions = [one for one in dict.fromkeys(condition for _, condition in names) if one]
    everywhere = _everywhere(view)
    if everywhere:
        blocks.append(
            Words((f"{'Every option' if view.many else 'This run'} has: {'; '.join(everywhere)}.",))
        )
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


def _everywhere(view: View) -> list[str]:
    """What the command or every option or condition puts on top of the scenario, in words."""
    sets = [view.manifest.get("sets", {}).get(one, ()) for one in view.results.options]
    typed = [one for one in sets[0] if all(one in other for other in sets)]
    shared = _shared(view, view.results.options)
    return [*_words(view, shared), *(f"{one} (set on the command line)" for one in typed)]


def _made_of(view: View, name: str, part: int) -> str:
    """Descriptions of the overrides that all runs of an option or condition have, and not every run."""
    shared = _shared(view, view.results.options)
    own = _shared(view, [one for one in view.results.options if parts_of(one)[part] == name]) - shared
    return "; ".join(_words(view, own)) or (_NO_MORE if shared else _AS_IT_IS)


def _shared(view: View, runs: Iterable[str]) -> set[str]:
    """Names of the overrides that all of these runs have."""
    applied = view.manifest.get("overrides", {})
    return set.intersection(*(set(applied.get(one, ())) for one in runs))


def _words(view: View, names: set[str]) -> list[str]:
    """Overrides in the words of the scenario, in the order in which they are applied."""
    words = view.manifest.get("descriptions", {})
    order = dict.fromkeys(one for some in view.manifest.get("overrides", {}).values() for one in some)
    return [str(words.get(one) or one.replace("_", " ")) for one in order if one in names]
