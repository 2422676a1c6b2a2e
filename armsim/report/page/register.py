"""Sections about what went in: settings that options change and who set them, sources, method, the run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from armsim.config.compose import ABSENT, diff
from armsim.config.options import parts_of
from armsim.config.paths import Path as Place
from armsim.config.paths import format_path, parse_path, show
from armsim.domain import MINUTES_PER_DAY
from armsim.report.page.parts import Block, Points, Section, Table, Words, row
from armsim.report.page.settings import Settings
from armsim.report.page.view import View
from armsim.study.sides import NOT_LISTED

_ASSUMED = "assumption"


def changes(view: View) -> Section:
    """What each option changes, and what each condition changes, setting by setting."""
    blocks: list[Block] = []
    firsts = view.firsts
    done: set[str] = set()
    for first, *rest in view.conditions.values():
        for name in rest:
            if parts_of(name)[0] not in done:
                done.add(parts_of(name)[0])
                blocks.append(_changed(view, first, name, parts_of(name)[0]))
    blocks += [_changed(view, firsts[0], name, parts_of(name)[1]) for name in firsts[1:]]
    return Section("changes", "What each option changes", tuple(blocks))


def _changed(view: View, left: str, right: str, called: str) -> Table:
    """Settings that differ between two runs, those added whole leaf by leaf, with who set them."""
    mine = view.settings[right]
    rows = [
        row(format_path(path), _shown(before), _shown(after), mine.origin(path))
        for path, before, after in _leaves(view.settings[left], mine)
    ]
    if not rows:
        rows = [row("no setting", "", "", "")]
    against = parts_of(left)[0] if parts_of(left)[1] == parts_of(right)[1] else parts_of(left)[1]
    head = ("Setting", "From", "To", "Set by")
    return Table(f"“{called}” against “{against}”", head, tuple(rows), prose=True)


def _leaves(left: Settings, right: Settings) -> Iterator[tuple[Place, Any, Any]]:
    for one in diff(left.composed.data, right.composed.data):
        if any(one.path == name or one.path.startswith(f"{name}.") for name in NOT_LISTED):
            continue
        path = parse_path(one.path) or (one.path,)
        yield from _below(path, one.left, one.right)


def _below(path: Place, before: Any, after: Any) -> Iterator[tuple[Place, Any, Any]]:
    """A difference as it is, or, where a whole mapping came or went, one for each of its entries."""
    there = after if before is ABSENT else before
    if (before is ABSENT or after is ABSENT) and isinstance(there, Mapping) and there:
        for key, value in there.items():
            halves = (ABSENT, value) if before is ABSENT else (value, ABSENT)
            yield from _below((*path, key), *halves)
    else:
        yield path, before, after


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "not set"
    if (
        isinstance(value, list)
        and not any(isinstance(one, (list, Mapping)) for one in value)
        and len(value) <= 24
    ):
        return ", ".join(str(one) for one in value) or "an empty list"
    return str(value) if isinstance(value, str) else show(value)


def sources(view: View) -> Section:
    """The register: every number's source; assumptions first, with the range to try."""
    known: dict[tuple[str, str], tuple[Settings, Mapping[str, Any], str]] = {}
    for name in view.results.options:
        mine = view.settings[name]
        for path, entry in (mine.composed.data.get("sources") or {}).items():
            known.setdefault((str(path), str(entry.get("source", ""))), (mine, entry, name))
    if not known:
        return Section(
            "sources", "Assumptions and sources", (Words(("The scenario names no sources: not stated.",)),)
        )
    assumed = {key: one for key, one in known.items() if key[1].lower().startswith(_ASSUMED)}
    published = {key: one for key, one in known.items() if key not in assumed}
    words = (
        f"{len(published)} settings rest on a published source, {len(assumed)} are assumptions with a range "
        "to try (armsim sweep varies them). A path covers all settings below it. No figure is a force's own "
        "operational data unless its source says so."
    )
    blocks: list[Block] = [Words((words,))]
    if assumed:
        head = ("Setting", "Value", "Why", "From", "To")
        rows = [
            row(key[0], _value(one[0], key[0]), key[1], _end(one[1], "low"), _end(one[1], "high"))
            for key, one in assumed.items()
        ]
        blocks.append(Table("Assumptions, and the range that is plausible", head, tuple(rows), prose=True,
                            folded=f"All {len(assumed)} assumptions", paper=True))  # fmt: skip
    if published:
        rows = [row(key[0], _value(one[0], key[0]), key[1]) for key, one in published.items()]
        columns = ("Setting", "Value", "Source")
        blocks.append(Table("Settings from published sources", columns, tuple(rows), prose=True,
                            folded=f"All {len(published)} published sources", paper=True))  # fmt: skip
    return Section("sources", "Assumptions and sources", tuple(blocks))


def _value(settings: Settings, path: str) -> str:
    found = settings.value(parse_path(path) or (path,))
    return "several" if isinstance(found, Mapping) else _shown(found)


def _end(entry: Mapping[str, Any], name: str) -> str:
    found = entry.get(name)
    return "" if found is None else str(found)


def method(view: View, pictures: Sequence[Block] = ()) -> Section:
    """How it was worked out, and what it cannot say.

    Args:
        view: the run.
        pictures: charts that show whether the replications are enough.
    """
    scenario = view.results.option().scenario
    count = view.results.replications
    level = f"{view.confidence:.0%}"
    pair = _pairing(view) if view.many else ""
    how = (
        f"{days(scenario.window)} from {scenario.start.day} {scenario.start:%B %Y} are played out minute by "
        f"minute, {count:,} times over (replications), each with other incidents, sickness and travel "
        f"times drawn by chance.{pair}",
        "Calls arise by place, hour and day; a unit is chosen by the dispatch policy of the scenario, "
        "drives, works at the scene, and is free again. A change of threat level changes shifts, rest days, "
        "posts and reserves, as the scenario says.",
        f"Limits hold at {level}: were the simulation repeated with other chance, {level} of such "
        "intervals would hold the long-run figure. Percentiles are those of all incidents together; an "
        "incident that nobody reached counts as not reached.",
    )
    cannot = (
        "Intervals show the noise of simulation only. That an input is wrong, or the model too simple, is "
        "not in them: see the assumptions above and vary them.",
        "Bases, vehicles on duty and rosters of the shipped scenarios are illustrative. No real base or "
        "deployment is shown.",
        "Differences between options are worth more than the level of any figure.",
        "A figure of fewer than 50 incidents, or with fewer than 10 beyond its percentile, is not shown: "
        "“too few”.",
        *(one.words[:1].upper() + one.words[1:] + f" ({name})." for name, one in _warm_ups(view).items()),
        *(f"Noted when it was run: {note}." for note in _notes(view)),
    )
    return Section("method", "Method and limits", (Words(how), Points(cannot), *pictures))


def _pairing(view: View) -> str:
    """How options were held against each other."""
    if view.paired:
        return (
            " Every option meets the same incidents, so that differences are taken replication by "
            "replication and are sharper than the figures themselves."
        )
    return (
        " Every option meets incidents of its own (--independent), so that differences hold the noise of "
        "both options and are less sharp than on the same incidents."
    )


def days(minutes: float) -> str:
    """Minutes as days: ``28 days``."""
    number = minutes / MINUTES_PER_DAY
    return f"{number:g} {'day' if number == 1 else 'days'}"


def _warm_ups(view: View) -> dict[str, Any]:
    """What is said of the warm-up, by the first run that it is said of."""
    said: dict[str, Any] = {}
    for name, one in view.results.warm_up.items():
        if one.words not in {other.words for other in said.values()}:
            said[name] = one
    return said


def _notes(view: View) -> list[str]:
    """What the manifest notes, without what is said of warm-ups anyway."""
    said = [f"{name}: {one.words}" for name, one in view.results.warm_up.items()]
    return [str(note) for note in view.manifest.get("notes", ()) if note not in said]


def identity(view: View) -> Section:
    """What tells this run from every other, and how to repeat it."""
    manifest = view.manifest
    versions = ", ".join(f"{name} {number}" for name, number in manifest.get("versions", {}).items())
    counts = ", ".join(f"{name}: {len(one.totals):,}" for name, one in view.results.data.items())
    failed = manifest.get("failures", [])
    rows = [
        ("Run", str(manifest["run_id"])),
        ("Digest of scenario, data, seed and version", str(manifest.get("digest", "not stated"))),
        ("Seed", str(manifest.get("seed", "not stated"))),
        ("Replications finished", counts),
        ("Replications failed", "; ".join(_failure(one) for one in failed) or "none"),
        (
            "Started and finished",
            f"{manifest.get('started', 'not stated')} to {manifest.get('finished', 'not stated')}",
        ),
        ("Versions", versions),
        ("Command", str(manifest.get("command") or "not stated")),
        ("A day of it on a map", _replay(view)),
        (
            "Overrides",
            "; ".join(
                f"{name}: {', '.join(one)}" for name, one in manifest.get("overrides", {}).items() if one
            )
            or "none",
        ),
        (
            "Changed on the command line",
            "; ".join(f"{name}: {', '.join(one)}" for name, one in manifest.get("sets", {}).items() if one)
            or "nothing",
        ),
    ]
    inputs = [row(name, sha) for name, sha in manifest.get("inputs", {}).items()]
    blocks: list[Block] = [
        Table("Run identity", ("What", "Value"), tuple(row(*one) for one in rows), prose=True)
    ]
    if inputs:
        blocks.append(
            Table(
                "Files read, with their SHA-256",
                ("File", "SHA-256"),
                tuple(inputs),
                prose=True,
                folded="Files read",
            )
        )
    return Section("run", "Run identity", tuple(blocks))


def _replay(view: View) -> str:
    """How to watch a day of the first run: of its replication with most time with no ARV free."""
    name = view.firsts[0]
    data = view.option(name)
    columns = [f"arv_free_zero_minutes:level={level.name}" for level in data.levels]
    without = data.totals.reindex(columns=columns, fill_value=0.0).sum(axis="columns")
    hardest = int(without.index[int(without.to_numpy().argmax())])
    why = f" (replication {hardest} has most time with no ARV free)" if without.max() > 0 else ""
    command = f"armsim replay {view.results.run_id} {shlex.quote(name)} {hardest} --page day.html"
    return f"{command}, typed in the folder that holds the run{why}"


def _failure(one: Mapping[str, Any]) -> str:
    return f"{one.get('option')}, replication {one.get('replication')}: {one.get('reason')}"
