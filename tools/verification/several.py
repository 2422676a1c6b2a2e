"""Cases of several units a call, by Markov chains."""

from __future__ import annotations

from verification.bases import RATES, TRAVEL
from verification.chains import as_available, lose_rest, together
from verification.common import Case, case, exponential, one_base, shares, spread, texts


def all_together(common: bool) -> Case:
    """The case of all together."""
    units, rate, required = 4, 0.03, {1: 0.55, 2: 0.3, 3: 0.15}
    service = {1: 30.0, 2: 40.0, 3: 45.0} if common else dict.fromkeys(required, 40.0)
    found = together(rate, required, units, service, common)
    by_size = {str(k): mean for k, mean in service.items()}
    law = {"distribution": "exponential"} | (
        {"mean_by_units_required": by_size} if common else {"mean": 40.0}
    )
    return case(
        "S16-together-common" if common else "S15-together",
        "Four units, calls of one to three; units leave " + ("together" if common else "singly"),
        "Brill and Green (1984)" if common else "Green (1980)",
        {"zones": [{"id": "Z1", "rate": rate}], **one_base(units, 5.0)}
        | {"service": law, "incident_classes": [{"id": "C1", "units_required": texts(required)}]}
        | {"policy": {"travel": "recorded_only", "queue": "fifo", "multi_unit": "together"}
           | {"release": "common" if common else "independent"}},
        {
            "mean_unit_utilisation": found["busy"] / units,
            "mean_wait_by_units_required": texts(found["wait"]),
            "p_wait_by_units_required": texts(found["p_wait"]),
        },
    )  # fmt: skip


def partly() -> Case:
    """The case of partly."""
    rates, required = [0.009, 0.012, 0.007, 0.01], {1: 0.6, 2: 0.4}
    model, order = spread(TRAVEL, rates)
    found = as_available(rates, required, order, 38.0)
    return case(
        "S17-as-available",
        "Three units; calls of one or two, each free unit goes at once",
        "Markov chain",
        model
        | {
            "service": exponential(38.0),
            "incident_classes": [{"id": "C1", "units_required": texts(required)}],
        }
        | {"policy": {"travel": "recorded_only", "queue": "fifo", "multi_unit": "as_available"}},
        {
            "unit_utilisation": found["utilisation"],
            "p_wait_first": found["p_first"],
            "mean_wait_first": found["first"],
            "mean_wait_last": found["last"],
            "p_wait_last_by_units_required": texts(found["p_last"]),
        },
    )


def rest_lost() -> Case:
    """The case of rest lost."""
    required = {1: 0.5, 2: 0.35, 3: 0.15}
    model, order = spread(TRAVEL, RATES)
    found = lose_rest(RATES, required, order, 36.0)
    return case(
        "S18-rest-lost",
        "Three units; calls of one to three get those that are free, the rest is lost",
        "Markov chain; Schaack and Larson (1989)",
        model
        | {
            "service": exponential(36.0),
            "incident_classes": [{"id": "C1", "units_required": texts(required)}],
        }
        | {"policy": {"travel": "recorded_only", "queue": "loss", "multi_unit": "as_available_lose_rest"}},
        {
            "unit_utilisation": found["utilisation"],
            "dispatch_fraction": shares(found["trips"]),
            "p_loss": found["loss"],
            "p_short_by_units_required": texts(found["short"]),
        },
    )


def one_draw() -> Case:
    """The case of one draw."""
    units, rate, required = 4, 0.045, {1: 0.6, 2: 0.4}
    found = together(0.6 * rate, required, units, dict.fromkeys(required, 40.0), True)
    return case(
        "S19-one-draw",
        "Four units sent together, one service time for all units of a call",
        "Brill and Green (1984): the same as leaving together",
        {"zones": [{"id": "Z1", "rate": 0.6 * rate}], **one_base(units, 5.0)}
        | {"service": exponential(40.0) | {"common_to_all_units_of_a_call": True}}
        | {"incident_classes": [{"id": "C1", "units_required": texts(required)}]}
        | {"policy": {"travel": "recorded_only", "queue": "fifo", "multi_unit": "together"}},
        {
            "mean_unit_utilisation": found["busy"] / units,
            "mean_wait_by_units_required": texts(found["wait"]),
            "p_wait_by_units_required": texts(found["p_wait"]),
        },
    )
