"""The end of a run: what is still open is logged, so that no incident is missing."""

from __future__ import annotations

from collections.abc import Iterable

from armsim.domain import Outcome
from armsim.engine.aftermath import OPEN
from armsim.engine.incident import NAN, Incident
from armsim.engine.milestones import firearms_outcome
from armsim.engine.recorder import Recorder


def log_open(incidents: Iterable[Incident], recorder: Recorder, horizon: float) -> None:
    """Log incidents that are open at the *horizon*, with their units; posts stop counting there."""
    for incident in incidents:
        for deployment in incident.deployments:
            recorder.deployment(deployment, horizon, OPEN)
        if incident.alone_since is not None:
            incident.alone_minutes += horizon - incident.alone_since
        incident.outcome = int(Outcome.OPEN_AT_END)
        if incident.rules.post:
            incident.there = [0, 0, 0, 0]
            incident.count_filled(horizon)
        else:
            recorder.incident(incident, firearms_outcome(incident), incident.drawn.graded_at)


def log_ungraded(incidents: Iterable[Incident], recorder: Recorder, horizon: float) -> None:
    """Log incidents that were received but not graded by the *horizon*; patience may have ended before."""
    for incident in incidents:
        lost = incident.lost_at < horizon
        incident.outcome = int(Outcome.LOST if lost else Outcome.OPEN_AT_END)
        incident.closed_at = incident.lost_at if lost else None
        recorder.incident(incident, firearms_outcome(incident), NAN)
