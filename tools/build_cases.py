"""Write the cases that ship with ``armsim verify``: ``python tools/build_cases.py``.

Every expected figure is computed in ``tools/verification``, by a Markov chain or a closed form; none is
simulated. Together the cases use every field of the schema whose effect has an exact result.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verification import arrivals, bases, pools, several

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "armsim" / "study" / "verify" / "cases.json"
CONVENTIONS = {
    "p_wait": "fraction of arriving calls not dispatched at once",
    "mean_wait": "mean queue time over served calls, zeros included",
    "dispatch_fraction": "[unit][zone], share of all unit dispatches, sums to 1",
    "mean_travel": "mean recorded travel of served calls",
    "p_response_le": "P(wait + travel <= t), served calls",
    "p_loss": "over arriving calls, as are p_abandon and p_short",
    "unit_utilisation": "time-average fraction busy",
    "start": "steady state, unless the case has n_calls",
}


def build() -> dict[str, Any]:
    """The file's content."""
    cases = [
        pools.erlang_c_pool(),
        pools.erlang_b_lognormal(),
        pools.erlang_a(),
        pools.deterministic_round_trip(),
        pools.classes_of_one_server(),
        pools.six_classes(),
        pools.interrupted(),
        bases.hypercube_queue(),
        bases.hypercube_loss(),
        bases.last_scene(),
        bases.travel_phase(),
        bases.skills(),
        bases.reserve(True),
        bases.reserve(False),
        several.all_together(False),
        several.all_together(True),
        several.partly(),
        several.rest_lost(),
        several.one_draw(),
        arrivals.day_steps(),
        arrivals.hawkes(),
        arrivals.first_calls(),
    ]
    return {"schema": "armsim-verification/1", "conventions": CONVENTIONS, "cases": _rounded(cases)}


def _rounded(value: Any) -> Any:
    """Numbers to 10 significant digits, so that the file does not hang on the last bit of a machine."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


if __name__ == "__main__":
    FILE.write_text(json.dumps(build(), indent=1) + "\n", encoding="utf-8")
    print(f"{FILE}: {len(build()['cases'])} cases")
