"""``armsim find``: how many it takes to meet a target, or where bases should stand."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import click

from armsim.cli.execution import refuse_together, show_failures, show_left
from armsim.cli.options import scenario_options
from armsim.cli.output import CONDITION, FAILED, INTERRUPTED, say
from armsim.config.schema.duty import LevelName

if TYPE_CHECKING:
    from armsim.config.loader import Loaded
    from armsim.study.found import Found
    from armsim.study.plan import Study
    from armsim.study.results import Results
    from armsim.study.runner import Finished
    from armsim.study.shards import Shard
    from armsim.study.store import Failure

_EPILOG = """\b
Examples:
  armsim find scenarios/severe.yaml --lever teams.arv.establishment+units.arv.vehicles=44:6,52:7,60:8,68:9 \\
    --target 'no_arv_free <= 2%'
  armsim find scenarios/severe.yaml --lever desk.capacity=1..4 --lever dispatch.reserve.arv.G1=0..3 \\
    --target 'within_target:first_armed >= 0.6'
  armsim find scenarios/severe.yaml --place arv=3 --target 'within_target:first_armed >= 0.6'

\b
A value meets the target when its limit does, at the confidence of the study for all values at once.
Exit codes: 0 found; 1 no value meets the target; others as those of run.
"""
_REPLICATIONS = 20


def _shard(ctx: click.Context, param: click.Parameter, value: str | None) -> Shard | None:  # noqa: ARG001
    from armsim.study.shards import Shard

    try:
        return None if value is None else Shard.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("find", epilog=_EPILOG)
@click.argument("file")
@click.option(
    "--lever", "levers", multiple=True, metavar="PATH=A..B[/STEP]",
    help="A setting to turn and its values, from least; PATH+PATH=1:2,3:4 turns two together. Two at most.",
)  # fmt: skip
@click.option("--place", metavar="GROUP=N", help="Instead of turning levers, place N bases of this group.")
@click.option(
    "--target", required=True, metavar="FIGURE>=X", help="What shall be met, such as 'no_arv_free <= 2%'."
)
@click.option(
    "--level", type=click.Choice(get_args(LevelName)), help="Threat level, where the target names none."
)
@click.option(
    "-n", "--replications", type=click.IntRange(2, 100_000), default=_REPLICATIONS, show_default=True,
    help="Replications of each value; more continue a search.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**63), help="Seed of every random stream; else study.seed.")
@scenario_options
@click.option("--grid", "every", is_flag=True, help="Run every value, whether or not it could matter.")
@click.option("--within", metavar="TIME", help="With --place: drive that covers; else of the target.")
@click.option(
    "--busy", type=click.FloatRange(0, 1, max_open=True), metavar="Q",
    help="With --place: share of the time that a base has no unit free; else measured, for ARVs.",
)  # fmt: skip
@click.option("-o", "--output", default="results", show_default=True, help="Folder of run folders.")
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; without it, one for each core.")
@click.option(
    "--shard", metavar="I/N", callback=_shard, help="Run part I of N of every value; see run --shard."
)
@click.option("--scheduler", metavar="URL", help="Run on the Dask cluster of this scheduler.")
@click.option("--no-charts", is_flag=True, help="Draw nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def verb(ctx: click.Context, /, **given: Any) -> None:
    """Find the least value of a setting that meets a target, or where bases should stand.

    The same command again continues; a value that was run is not run again, whatever the target.
    """
    if bool(given["levers"]) == bool(given["place"]):
        raise click.UsageError("say either what to turn (--lever) or what to place (--place)")
    refuse_together(given["shard"], given["scheduler"], given["jobs"], fresh=False)
    runner = _Runner(ctx, given)
    try:
        met = _turn(runner, given) if given["levers"] else _place(runner, given)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for folder, failures in runner.failures:
        show_failures(folder, failures)
    if runner.failures:
        ctx.exit(FAILED)
    ctx.exit(0 if met else CONDITION)


def _loader(given: dict[str, Any]) -> Callable[[tuple[str, ...]], Loaded]:
    """Loads the scenario with more settings on top of those that were typed."""
    from armsim.config.loader import load_scenario

    def load(more: tuple[str, ...]) -> Loaded:
        return load_scenario(given["file"], given["overrides"], (*given["sets"], *more), given["last_wins"])

    return load


def _turn(runner: _Runner, given: dict[str, Any]) -> bool:
    """Turn levers; whether a value meets the target."""
    from armsim.cli.show_found import show
    from armsim.study.find import Question, find
    from armsim.study.levers import parse_levers

    question = Question(
        _loader(given), parse_levers(given["levers"]), given["target"], given["level"],
        given["replications"], _seed(given), given["every"] or given["shard"] is not None,
    )  # fmt: skip
    found = find(question, runner)
    if found is None or runner.results is None:
        return True
    _write(runner.results, found, given["no_charts"])
    show(found, given["form"])
    say(f"Results are in {runner.results.folder}. A larger -n narrows the limits.")
    return found.answer is not None


def _write(results: Results, found: Found, no_charts: bool) -> None:
    """``find.json`` and the chart, in the run folder."""
    from armsim.study.files import write_json

    write_json(results.folder / "find.json", found.to_dict())
    if no_charts:
        return
    from armsim.report.chart_find import context, draw
    from armsim.report.files import save

    chart = draw(found, context(results, found))
    if chart is not None:
        figures = results.folder / "figures"
        figures.mkdir(parents=True, exist_ok=True)
        save(chart, figures)


def _place(runner: _Runner, given: dict[str, Any]) -> bool:
    """Place bases; whether they meet the target."""
    from armsim.cli.show_found import save_placing, show_placing
    from armsim.config.written import read_duration
    from armsim.study.place import Wish, place

    group, _, number = given["place"].partition("=")
    if not number.strip().isdecimal() or int(number) < 1:
        raise ValueError(f"--place {given['place']!r}: write a group of bases and how many, as in arv=3")
    within = None if given["within"] is None else read_duration(given["within"])
    if given["within"] is not None and not within:
        raise ValueError(f"--within {given['within']!r}: write a time such as '8 min'")
    wish = Wish(
        _loader(given), group.strip(), int(number), given["target"], given["level"],
        given["replications"], _seed(given), within, given["busy"],
    )  # fmt: skip
    found = place(wish, runner)
    if found is None or runner.results is None:
        return True
    save_placing(runner.results, found, given["no_charts"])
    show_placing(found, given["form"])
    say(f"Results are in {runner.results.folder}. A larger -n narrows the limits.")
    return found.proposed.met


def _seed(given: dict[str, Any]) -> int:
    return -1 if given["seed"] is None else int(given["seed"])


class _Runner:
    """Runs studies as the command line asks, and keeps the last results and all failures."""

    def __init__(self, ctx: click.Context, given: dict[str, Any]) -> None:
        self._ctx, self._given = ctx, given
        self._noted: set[str] = set()
        self.results: Results | None = None
        self.failures: list[tuple[Any, tuple[Failure, ...]]] = []

    def __call__(self, study: Study) -> Results | None:
        """Run what is left of a study; ``None`` when other shards have still to run."""
        given = self._given
        done = self._execute(study, _command(self._ctx))
        self.failures = [one for one in self.failures if one[0] != done.folder]
        if done.failures:
            self.failures.append((done.folder, done.failures))
        for note in done.notes:
            if note not in self._noted:
                self._noted.add(note)
                say(f"note: {note}")
        if done.results is None and given["shard"] is not None:
            show_left(done, given["shard"])
        elif done.results is None:
            show_failures(done.folder, done.failures)
            self._ctx.exit(FAILED)
        self.results = done.results
        return done.results

    def _execute(self, study: Study, command: str) -> Finished:
        from armsim.cli.progress import ProgressLine
        from armsim.study.executors import cluster
        from armsim.study.runner import execute

        given, progress = self._given, ProgressLine(self._given["quiet"])
        executor = None if given["scheduler"] is None else cluster(given["scheduler"], say)
        run = partial(execute, study, given["output"], progress=progress, command=command)
        try:
            done = run(jobs=given["jobs"] or _cores(), executor=executor, shard=given["shard"])
        except KeyboardInterrupt:
            progress.close()
            say("Interrupted; every chunk that had ended is kept. Go on with:")
            say(f"  {command}")
            self._ctx.exit(INTERRUPTED)
        progress.close()
        return done


def _command(ctx: click.Context) -> str:
    """The command that goes on with this search."""
    said = ["armsim", "find", str(ctx.params["file"])]
    for option in ctx.command.params:
        value = ctx.params.get(option.name or "")
        if not isinstance(option, click.Option) or value in (None, False, ()):
            continue
        name = max(option.opts, key=len)
        for one in value if isinstance(value, tuple) else (value,):
            said += [name] if option.is_flag else [name, str(one)]
    return shlex.join(said)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
