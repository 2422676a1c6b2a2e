"""``--precision`` of ``armsim run``, and what a run of several options says at its end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from armsim.cli.output import say
from armsim.errors import ArmsimError

if TYPE_CHECKING:
    from armsim.study.plan import Study
    from armsim.study.precision import Precision
    from armsim.study.results import Results
    from armsim.study.runner import Finished


def precision_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--precision``."""
    return click.option(
        "--precision",
        "precisions",
        multiple=True,
        metavar="M=X",
        help="Run until the half-width of a figure is within X, such as 'response_p90:arv=0.5 min'; "
        "at least 30 replications, at most -n (2000 without it); repeatable.",
    )(function)


def parse_precisions(texts: tuple[str, ...], shard: object = None) -> list[Precision]:
    """Bounds as typed.

    Raises:
        click.BadParameter: one is no bound.
        click.UsageError: asked of a shard, which does not see what the others have done.
    """
    if not texts:
        return []
    if shard is not None:
        raise click.UsageError("--precision cannot be judged by a shard; give -n")
    from armsim.study.precision import parse_precision

    try:
        return [parse_precision(text) for text in texts]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--precision") from error


def most(precisions: list[Precision], replications: int | None) -> int | None:
    """Replications to run at most: with ``--precision`` and without ``-n``, the cap of the rule."""
    if not precisions or replications is not None:
        return replications
    from armsim.study.precision import CAP

    return CAP


def run_closely(
    study: Study, precisions: list[Precision], fresh: bool, run: Callable[[Study, bool], Finished]
) -> Finished:
    """Run a study, until its figures are close enough where bounds are given; says how close they are.

    Args:
        study: what to run; its replications are the cap.
        precisions: bounds.
        fresh: delete what an earlier run left; at the first look only.
        run: runs what is left of a study, and deletes what is there first when told to.
    """
    if not precisions:
        return run(study, fresh)
    from armsim.analysis.differences import quantity
    from armsim.analysis.metrics import metrics
    from armsim.study.precision import MINIMUM, run_to_precision

    cap = study.replications
    first = min(MINIMUM, cap)
    try:
        finished, close = run_to_precision(
            study, precisions, lambda one: run(one, fresh and one.replications == first), first, cap
        )
    except ValueError as error:
        raise click.UsageError(f"--precision: {error}") from error
    units = {one.figure.text: metrics()[one.figure.metric].unit for one in precisions}
    for one in close:
        end = "" if one.met else f"; not within it after {one.replications} replications"
        asked = quantity(one.bound, units[one.text], named=True)
        told = math.isfinite(one.half_width)
        half = quantity(one.half_width, units[one.text], named=True) if told else "cannot be told"
        say(f"{one.option}: {one.text}: half-width {half}, asked {asked}{end}")
    return finished


def say_separation(results: Results) -> None:
    """Whether limits tell the options apart, and how many more replications would; not for one option."""
    if len(results.options) < 2:
        return
    from armsim.study.compare import compare
    from armsim.study.precision import separation

    try:
        lines = separation(compare(results))
    except (ValueError, ArmsimError) as error:
        lines = (f"The options were not compared: {error}",)
    for line in lines:
        say(line)


def say_cost_per_point(results: Results) -> None:
    """What a point of the first target costs a year, option by option against the first of its condition."""
    from armsim.analysis.cost_per_point import cost_per_point
    from armsim.config.options import by_condition

    for first, *others in by_condition(results.options).values():
        base = results.option(first)
        for name in others:
            one = results.option(name)
            target = next(iter(one.scenario.targets), None)
            if target is None or not (one.scenario.teams and len(one.totals) and len(base.totals)):
                continue
            price = cost_per_point(one, base, one.scenario.targets[target])
            if price.defined and price.points.value > 0:
                say(f"{name}: a point of {target} costs {price.words} a year")
            elif price.defined:
                say(f"{name}: fewer are within {target}, so that a point of it has no price")
