"""The compact tables that a run ends with: a figure a row and a level a column, forces, the attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armsim.study.main_figures import FIRST_ARMED, LINES, WHOLE_WINDOW, Line, level_columns, texts_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from armsim.study.results import Results

_BY_FORCE: tuple[Line, ...] = (
    ("response_p50", FIRST_ARMED, "First armed, median"),
    ("response_p90", FIRST_ARMED, "First armed, 90th percentile"),
    ("no_arv_free", {}, "No ARV free"),
    ("arvs_free", {}, "ARVs free"),
    ("arv_away", {}, "ARVs at work elsewhere, h a week"),
    ("arv_helped", {}, "ARVs of others at work here, h a week"),
    ("no_arv_free_lending", {}, "No ARV free while lending"),
)
_BY_SITE: tuple[Line, ...] = (
    ("attack_response_p50", {"milestone": "first_armed"}, "First armed unit, median"),
    ("attack_response_p90", {"milestone": "first_armed"}, "First armed unit, 90th percentile"),
    ("attack_response_p50", {"milestone": "full_attendance"}, "Full attendance, median"),
    ("attack_response_p90", {"milestone": "full_attendance"}, "Full attendance, 90th percentile"),
)
_OF_ATTACK: tuple[Line, ...] = (
    ("authorisation_after_attack", {"attack": "with"}, "Other armed work, wait for authority, mean"),
    ("authorisation_after_attack", {"attack": "without"}, "The same without the attack"),
    ("recovery_p50", {}, "Recovery, median"),
    ("recovery_p90", {}, "Recovery, 90th percentile"),
    ("not_recovered", {}, "Not recovered by the end"),
)


def result_tables(results: Results) -> list[Table]:
    """Main figures; a row for each force where there are several; a block for an attack; people and money."""
    from armsim.cli.table_people import people_tables

    tables = [result_table(results), _force_table(results), _attack_table(results), *people_tables(results)]
    return [table for table in tables if table is not None]


def result_table(results: Results) -> Table:
    """Main figures by option and level, with limits."""
    confidence = results.option().scenario.study.confidence
    caption = (
        f"{results.replications} replications; limits hold at {confidence:.0%} and show simulation noise only"
        f"{_warm_up(results)}"
    )
    levels = level_columns(results)
    table = _table(results.title, [level or WHOLE_WINDOW for level in levels], caption)
    for head, mine in _options(results):
        for line in LINES:
            for name, cells in texts_of(mine, line, "level").items():
                table.add_row(head + name, *[cells.get(level, "") for level in levels])
    return table


def _force_table(results: Results) -> Table | None:
    """A row for each force: response by force of the place, the rest by force that pays."""
    if not any(one.parts for one in results.data.values()):
        return None
    summary = results.summary()
    lines = [line for line in _BY_FORCE if (summary[summary["metric"] == line[0]]["force"] != "").any()]
    caption = "Response by force of the place, ARVs by force that pays; all levels together"
    table = _table("By force", [label for _, _, label in lines], caption)
    for head, mine in _options(results):
        columns = [texts_of(mine[mine["level"] == ""], line, "force").get(line[2], {}) for line in lines]
        for force in dict.fromkeys(force for column in columns for force in column if force):
            table.add_row(head + force, *[column.get(force, "") for column in columns])
    return table


def _attack_table(results: Results) -> Table | None:
    """Response at the sites of attacks, and what a given attack leaves behind."""
    summary = results.summary()
    sites = sorted(set(summary.loc[summary["metric"] == "attack_response_p50", "site"]) - {""}, key=int)
    if not sites:
        return None
    columns = ["", *(sites if len(sites) > 1 else [])]
    table = _table("The attack", [f"site {site}" if site else "all sites" for site in columns], None)
    for head, mine in _options(results):
        for line in (*_BY_SITE, *_OF_ATTACK):
            for name, cells in texts_of(mine, line, "site").items():
                table.add_row(head + name, *[cells.get(site, "") for site in columns])
    return table


def _table(title: str, columns: list[str], caption: str | None) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _options(results: Results) -> list[tuple[str, pd.DataFrame]]:
    """Beginning of the rows of each option, and its part of the summary."""
    summary, many = results.summary(), len(results.options) > 1
    return [
        (f"{option}: " if many else "", summary[summary["option"] == option]) for option in results.options
    ]


def _warm_up(results: Results) -> str:
    """Whether the warm-up looks long enough, a line for each different answer."""
    said: dict[str, list[str]] = {}
    for option, one in results.warm_up.items():
        said.setdefault(one.words, []).append(option)
    many = len(results.options) > 1
    lines = [f"{', '.join(names)}: {words}" if many else words for words, names in said.items()]
    return "".join(f"\n{line[0].upper() if not many else line[0]}{line[1:]}" for line in lines)
