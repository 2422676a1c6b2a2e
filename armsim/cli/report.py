"""``armsim report``: what a run found, as one page that needs nothing else, and as a pack for a council."""

from __future__ import annotations

from pathlib import Path

import click

from armsim.cli.compare import newest
from armsim.cli.output import data, say

_EPILOG = """\b
Examples:
  armsim report
  armsim report results/review-1a2b3c4d -o review.html
  armsim report results/review-1a2b3c4d --pack council
"""
_NAME = "report.html"
#: Bytes above which a page is called large.
_LARGE = 5_000_000


@click.command("report", epilog=_EPILOG)
@click.argument("run", required=False)
@click.option(
    "-o", "--output", "file", metavar="FILE", help=f"The page; without it, {_NAME} in the run folder."
)
@click.option(
    "--static", is_flag=True, help="Drawn charts only: a smaller page, without charts to be explored."
)
@click.option(
    "--pack", "folder", metavar="DIR", help="Write charts, slides and tables for a council there as well."
)
def verb(run: str | None, file: str | None, static: bool, folder: str | None) -> None:
    """Write the report of a run as one HTML file that can be read without a network.

    RUN is a run folder; without one, the newest in results. All of it is made from the run folder: neither
    the scenario nor its data files are needed.
    """
    from armsim.report.page.page import write_page
    from armsim.study.results import Results

    place = Path(run) if run is not None else newest(Path("results"))
    results = Results.open(place)
    if folder is not None:
        from armsim.report.pack import refuse_foreign

        refuse_foreign(Path(folder))  # before anything is written
    written = write_page(results, Path(file) if file is not None else place / _NAME, static)
    for note in written.notes:
        say(note)
    if written.static and not static:
        say("Charts to be explored are left out: they need pip install 'armsim[interactive]'.")
    say(f"{written.size / 1e6:.1f} MB")
    if written.size > _LARGE:
        say("That is more than mail may carry: --static makes it smaller, as does a run of fewer options.")
    data(str(written.path))
    if folder is not None:
        from armsim.report.pack import write_pack

        written_files = write_pack(results, Path(folder))
        say(f"{len(written_files)} files; {written_files[0]} lists them")
        data(folder)
