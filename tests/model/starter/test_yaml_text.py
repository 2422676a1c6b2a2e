"""What is written is read back as it was, and stands where its path says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.config.source import parse_value, read
from armsim.model.starter.setting import Setting, scaled
from armsim.model.starter.yaml_text import blocks, mapping, one_line

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "), max_size=30
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6, allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(bool), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_is_read_back(value):
    assert parse_value(one_line(value), "test") == value


def test_blocks_nest_by_path_under_comments():
    text = blocks(
        [
            Setting("a.b.c", 1, "Because."),
            Setting("d", {"e": [1, 2]}),
            Setting("a.b.f", "36 h"),
            Setting("a.g", "07:00-17:00"),
        ]
    )
    assert text == (
        'a:\n  b:\n    # Because.\n    c: 1\n    f: 36 h\n  g: "07:00-17:00"\n\nd: {e: [1, 2]}\n'
    )  # fmt: skip


def test_what_is_too_wide_for_a_line_becomes_a_block(tmp_path):
    data = {
        "wide": {f"key_{number}": ["word " * 6] for number in range(8)},
        "list": [{"a": "x" * 90}, {"b": "y" * 90}],
    }
    text = mapping(data)
    assert max(len(line) for line in text.splitlines()) < 170
    file = tmp_path / "wide.yaml"
    file.write_text(text)
    assert read(str(file)).data == {
        "wide": {key: ["word " * 6] for key in data["wide"]},
        "list": data["list"],
    }
    assert len(mapping(data, width=None).splitlines()) == 2


@pytest.mark.parametrize(("value", "ends"), [(100, (50, 200)), (2, (1, 4)), (1, (0, 2)), (0, (0, 1))])
def test_range_of_a_scaled_number_is_wider_than_it(value, ends):
    one = scaled("a", value, "", "a rule", (0.5, 2.0))
    assert (one.low, one.high) == ends
    assert one.source == "assumption: a rule"


def test_range_stays_above_the_least_value():
    assert scaled("a", 1, "", "", (0.5, 2.0), least=1).low == 1
