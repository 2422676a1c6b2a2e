"""The acceptance rule holds, at a quick look, for the packaged cases and for those of the theory folder."""

import os
from pathlib import Path

import pytest

from armsim.study.verify.judge import Judged, accepted
from armsim.study.verify.reading import read_cases
from armsim.study.verify.runner import QUICK, verify

JOBS = min(2, os.cpu_count() or 1)


def report(judged: list[Judged]) -> str:
    bad = [one for one in judged if one.judged and one.verdict != "ok"]
    lines = [
        f"{one.case} {one.cell.label}: {one.verdict}, z {one.z:.1f}, exact {one.cell.exact:g}" for one in bad
    ]
    return "\n".join(lines)


@pytest.mark.slow
def test_packaged_cases() -> None:
    judged = verify(read_cases([]), QUICK, seed=1, jobs=JOBS)
    assert accepted(judged), report(judged)


@pytest.mark.slow
def test_public_cases() -> None:
    folder = os.environ.get("ARMSIM_DATA")
    path = Path(folder).parent / "theory" / "cases_public.json" if folder else None
    if path is None or not path.is_file():
        pytest.skip("ARMSIM_DATA names no folder that has cases_public.json in the folder theory beside it")
    judged = verify(read_cases([path]), QUICK, seed=1, jobs=JOBS)
    assert accepted(judged), report(judged)
