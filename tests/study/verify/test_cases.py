"""Files of cases: what is accepted, what is refused, and where the message points."""

import json
from pathlib import Path

import pytest

from armsim.errors import ScenarioError
from armsim.study.verify.assembly import systems
from armsim.study.verify.cases import Case
from armsim.study.verify.quantities import QUANTITIES, Axis, cells
from armsim.study.verify.reading import read_cases

POOL = {
    "zones": [{"id": "Z1", "rate": 0.04}, {"id": "Z2", "rate": 0.02}],
    "units": [{"id": "U1", "type": "CED"}, {"id": "U2", "type": "ARV"}, {"id": "U3", "type": "ARV"}],
    "travel_time": {"U1": [5.0, 9.0], "U2": [7.0, 2.0], "U3": [6.0, 4.0]},
    "service": {"distribution": "exponential", "mean": 20.0},
    "policy": {"queue": "fifo"},
}


def made(expected=None, **changes) -> Case:
    case = {"id": "T", "model": POOL | changes, "expected": expected or {"p_wait": 0.1}}
    return Case.model_validate_json(json.dumps(case))


def faults(expected=None, **changes) -> list[str]:
    return [f"{'.'.join(map(str, one.path))}: {one.message}" for one in systems(made(expected, **changes))[1]]


def test_preference_is_by_travel_time_when_nothing_is_written():
    (system,), wrong = systems(made())
    assert not wrong
    assert system.classes[0].order == ((0, 2, 1), (1, 2, 0))
    assert system.nearest


def test_types_come_in_order_of_preference_and_others_are_not_sent():
    kinds = [
        {"id": "C1", "priority": 1, "zone_rates": [0.01, 0.01], "eligible_types": ["ARV"]},
        {"id": "C2", "priority": 2, "zone_rates": [0.01, 0.01], "type_order": ["ARV", "CED"]},
    ]
    (system,), _ = systems(made(incident_classes=kinds, policy={"queue": "priority"}))
    assert system.classes[0].order == ((2, 1), (1, 2))
    assert system.classes[1].order == ((2, 1, 0), (1, 2, 0))
    assert not system.nearest


def test_written_lists_come_before_travel_time_and_those_of_the_class_before_those():
    kinds = [
        {"id": "C1", "zone_rates": [0.01, 0.01]},
        {"id": "C2", "zone_rates": [0.01, 0.01]},
    ]
    lists = {"Z1": ["U3", "U1", "U2"], "Z2": ["U1", "U2", "U3"]}
    by_class = {"C2": [["U2"], ["U1", "U3"]]}
    (system,), _ = systems(made(incident_classes=kinds, preference=lists, preference_by_class=by_class))
    assert system.classes[0].order == ((2, 0, 1), (0, 1, 2))
    assert system.classes[1].order == ((1,), (0, 2))


def test_the_most_specific_mean_counts():
    service = {
        "distribution": "exponential",
        "mean": 1.0,
        "mean_by_unit": {"U1": 2.0},
        "mean_by_zone": {"Z2": 3.0},
        "mean_by_unit_zone": {"U3": {"Z1": 4.0}},
        "mean_by_class": {"C1": 5.0},
        "mean_by_units_required": {"2": 6.0},
    }
    kinds = [
        {"id": "C1", "zone_rates": [0.01, 0.01], "units_required": {"1": 0.5, "2": 0.5}},
        {"id": "C2", "zone_rates": [0.01, 0.01]},
    ]
    policy = {"queue": "fifo", "multi_unit": "together"}
    (system,), wrong = systems(made(service=service, incident_classes=kinds, policy=policy))
    assert not wrong
    asked = [(1, 1, 0, 1), (1, 1, 0, 0), (1, 1, 1, 0), (1, 1, 0, 2), (0, 1, 0, 2), (0, 2, 0, 2)]
    assert [system.mean(*one) for one in asked] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"travel_time": {"U1": [5.0], "U2": [7.0, 2.0], "U3": [6.0, 4.0]}}, "model.travel_time.U1: has 1"),
        ({"travel_time": {"U1": [5.0, 9.0]}}, "model.travel_time: unit U2 is missing"),
        ({"preference": {"Z1": ["U1"]}}, "model.preference: zone Z2 is missing"),
        ({"preference": {"Z1": ["U1"], "Z2": ["U9"]}}, "model.preference.Z2.0: unknown unit 'U9'"),
        ({"preference": {"Z1": ["U1", "U1"], "Z2": ["U1"]}}, "model.preference.Z1.1: U1 is there twice"),
        ({"policy": {"queue": "fifo", "preemptive": True}}, "model.policy.preemptive: a preemptive policy"),
        ({"policy": {"queue": "loss", "patience_mean": 3.0}}, "model.policy.patience_mean: patience needs"),
        (
            {"policy": {"queue": "fifo", "queued_travel_origin": "last_scene"}},
            "last_scene needs zone_travel_time",
        ),
        ({"policy": {"queue": "fifo", "reserve": {"C1": 1}}}, "model.policy.reserve.C1: unknown class 'C1'"),
        ({"policy": {"queue": "loss", "multi_unit": "as_available"}}, "write as_available_lose_rest"),
        ({"incident_classes": [{"id": "C1", "zone_rates": [0.1]}]}, "zone_rates: has 1 entries for 2 zones"),
        ({"incident_classes": [{"id": "C1", "units_required": {"2": 1.0}}]}, "another multi_unit"),
        ({"incident_classes": [{"id": "C1", "eligible_types": ["DOG"]}]}, "unknown unit type 'DOG'"),
        ({"service": {"distribution": "exponential", "mean_by_zone": {"Z1": 3.0}}}, "zone Z2 is missing"),
        ({"service": {"distribution": "exponential", "mean_by_units_required": {"2": 3.0}}}, "have no mean"),
        (
            {"service": {"distribution": "exponential", "mean": 60.0}},
            "overloaded: 3.6 units' work for 3 units",
        ),
        ({"zones": [{"id": "Z1", "rate": "sin(t)"}, {"id": "Z2"}]}, "must be finite and 0 or more"),
        ({"zones": [{"id": "Z1", "rate": "t.real"}, {"id": "Z2"}]}, "Attribute cannot be used in a rate"),
        ({"blocks": [[360, 300]]}, "model.blocks.0: a block ends after its start"),
        ({"units": None}, "model: units is missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(changes, message):
    assert any(message in one for one in faults(**changes)), faults(**changes)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"p_wiat": 0.1}, "expected.p_wiat: unknown quantity p_wiat; did you mean p_wait?"),
        ({"p_wait": [0.1]}, "expected.p_wait: must be a number here, got more"),
        ({"unit_utilisation": 0.1}, "expected.unit_utilisation: must be split by unit"),
        (
            {"unit_utilisation": [0.1] * 4},
            "expected.unit_utilisation: has 4 entries; number of units of the case: 3",
        ),
        ({"dispatch_fraction_by_class": [[0.1]]}, "unknown quantity dispatch_fraction_by_class"),
        ({"mean_wait": True}, "expected.mean_wait: must be a number"),
        ({"p_wait_le": {"x": 0.5}}, "expected.p_wait_le.x: 'x' is no limit of the case"),
    ],
)
def test_unknown_quantities_and_shapes_are_refused(expected, message):
    assert any(message in one for one in faults(expected)), faults(expected)


def test_cells_of_every_shape():
    kinds = [{"id": "C1", "zone_rates": [0.01, 0.01]}, {"id": "C2", "zone_rates": [0.01, 0.01]}]
    expected = {
        "dispatch_fraction": [[0.1, 0.2], [0.3, 0.4]],
        "p_response_le_by_class": {"10": [0.5]},
        "wait_quantile": {"0.9": 30.0},
        "mean_wait_by_units_required": {"1": 4.0},
        "larson_Q_3_half": [1.0],
    }
    found, wrong = cells(made(expected, incident_classes=kinds))
    assert not wrong
    by_label = {one.label: one for one in found}
    assert by_label["dispatch_fraction[U2, Z1]"].exact == 0.3
    assert by_label["p_response_le_by_class[10, C1]"].at == {Axis.LIMIT: 10.0, Axis.CLASS: 0.0}
    quantile = by_label["wait_quantile[0.9]: F(30)"]
    assert (quantile.quantity, quantile.exact, quantile.at[Axis.LIMIT]) == ("p_wait_le", 0.9, 30.0)
    assert len(found) == 7


def test_a_bad_file_is_reported_whole_with_line_and_case(tmp_path: Path):
    path = tmp_path / "bad.json"
    path.write_text(
        '{"schema": "armsim-verification/1", "cases": [\n'
        '{"id": "A", "model": {"zones": [{"id": "Z1", "rate": 0.04}], "colour": "red",\n'
        '  "units": [{"id": "U1"}], "service": {"distribution": "exponental", "mean": 2},\n'
        '  "policy": {"queue": "fifo"}}, "expected": {"p_wait": 0.3}},\n'
        '{"id": "B", "model": {"zones": [{"id": "Z1", "rate": 0.04}],\n'
        '  "units": [{"id": "U1"}], "service": {"distribution": "exponential", "mean": 2},\n'
        '  "preference": {"Z1": ["U7"]}, "policy": {"queue": "fifo"}}, "expected": {"p_wait": 0.3}}]}\n'
    )
    with pytest.raises(ScenarioError) as caught:
        read_cases([path])
    shown = [(one.line, one.path) for one in caught.value.problems]
    assert shown == [
        (2, "A.model.colour"),
        (3, "A.model.service.distribution"),
        (7, "B.model.preference.Z1.0"),
    ]
    assert "did you mean exponential?" in caught.value.problems[1].message


def test_packaged_cases_use_every_field_that_decides():
    cases = read_cases([])
    written = json.dumps([case.model.model_dump(mode="json", exclude_defaults=True) for case in cases])
    fields = ("reserve", "patience_mean", "preemptive", "last_scene", "together", "as_available_lose_rest")
    fields += (
        "common",
        "round_trip",
        "exponential_phase",
        "mean_by_unit_zone",
        "mean_by_class",
        "mean_by_zone",
    )
    fields += ("mean_by_units_required", "common_to_all_units_of_a_call", "type_order", "eligible_types")
    fields += (
        "rate_by_time",
        "Hawkes",
        "n_calls",
        "alternatives",
        "lognormal",
        "deterministic",
        "mean_by_unit",
    )
    assert [name for name in fields if name not in written] == []
    assert {one.quantity for case in cases for one in cells(case)[0]} <= {*QUANTITIES, "mean_delay_first_12"}
