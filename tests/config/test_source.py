"""Reading YAML: core-schema scalars, positions, refusals, limits."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

import hashlib
import os
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from armsim.config import source
from armsim.config.nodes import MAX_DEPTH, MAX_NODES, MAX_PROBLEMS
from armsim.config.source import parse_value, read, read_text
from armsim.errors import ScenarioError


def refusal(text):
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "f.yaml")
    return [(p.line, p.column, p.path, p.message) for p in caught.value.problems]


@pytest.fixture(params=["C", "pure"])
def parser(request, monkeypatch):
    if request.param == "pure":
        monkeypatch.setattr(source, "_LOADER", yaml.SafeLoader)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30", "12:30"), ("no", "no"), ("on", "on"), ("yes", "yes"), ("y", "y"), ("2018-03-05", "2018-03-05"),
        ("2018-03-05T10:00:00Z", "2018-03-05T10:00:00Z"), ("1_000", "1_000"), ("190:20:30", "190:20:30"),
        ("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("-2", -2), ("+5", 5), ("0x1F", 31), ("0o17", 15),
        ("007", 7), ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("'5'", "5"),
        ('"true"', "true"), ("!!str 5", "5"), ("! 5", "5"), ("!!float 3", 3.0), ("!!int '3'", 3), ("=", "="),
        ("0b11", "0b11"), ("1e", "1e"), ("-", [None]), ("[1, a, {b: 2}]", [1, "a", {"b": 2}]), ("12 min", "12 min"),
    ],
)  # fmt: skip
def test_scalars(parser, text, value):
    found = read_text(f"a:\n  {text}\n", "f").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_positions_of_keys_and_values(parser):
    document = read_text("a: 1\nfleet:\n  arv: {count: 6, crew: 2}\n  list:\n  - x\n  - £: y\n", "f")
    assert document.positions[("a",)] == (1, 4)
    assert document.keys[("fleet",)] == (2, 1)
    assert document.positions[("fleet", "arv", "count")] == (3, 16)
    assert document.keys[("fleet", "arv", "crew")] == (3, 19)
    assert document.positions[("fleet", "list", 1, "£")] == (6, 8)
    assert set(document.positions) - {()} >= set(document.keys)


def test_column_counts_characters_after_non_ascii(parser):
    assert read_text("{é€😀: 1, b: 2}", "f").positions[("b",)] == (1, 13)


def test_aliases_become_copies_with_their_own_place(parser):
    document = read_text("a: &x {n: 1}\nb: *x\n", "f")
    assert document.data == {"a": {"n": 1}, "b": {"n": 1}}
    assert document.data["a"] is not document.data["b"]
    assert document.positions[("b",)] == (2, 4)
    assert document.positions[("b", "n")] == (1, 11)


def test_duplicate_keys_name_both_places(parser):
    assert refusal("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n") == [
        (2, 17, "b", 'key "c" is written twice; the first is at 2:5'),
        (3, 1, "", 'key "a" is written twice; the first is at 1:1'),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: !!python/object:os.system x", 1, 4, "!!python/object:os.system"),
        ("a: !!binary aa", 1, 4, "tag"), ("a: !mine {b: 1}", 1, 4, "tag"), ("a: !!set {b}", 1, 4, "tag"),
        ("a: !!int x", 1, 4, "not what its tag"), ("a: !!timestamp 2018-01-01", 1, 4, "tag"),
        ("b: 1\n<<: {a: 1}", 2, 1, "use extends"), ("1.5: x", 1, 1, 'put it in quotes: "1.5"'),
        ("true: x", 1, 1, "a key must be text"), ("~: x", 1, 1, "a key must be text"),
        ("0x1F: x", 1, 1, "a key must be text"), ("? [a]\n: x", 1, 3, "a list or mapping"),
        ("a: .inf", 1, 4, "finite"), ("a: -.INF", 1, 4, "finite"), ("a: .nan", 1, 4, "finite"),
        ("a: 1e999", 1, 4, "too large"), ("a: " + "9" * 5000, 1, 4, "5,000 digits"),
        ("a: 0x" + "f" * 5000, 1, 4, "digits"), ("a: " + "x" * 30_000, 1, 4, "30,000 characters"),
        ("a:\n\tb: 1", 2, 1, "use spaces"), ("a: @x", 1, 4, "put it in quotes"), ("a: b: c", 1, 5, 'unexpected ":"'),
        ("a: [1, 2", 1, None, "not closed"), ("a: 'x", 1, None, "not closed"), ("a: {b: 1]", 1, 9, "not closed"),
        ("  a: 1\n b: 2", 2, 2, "line up"), ("a: x\0y", 1, 5, "U+0000"), ("a: \x07", 1, 4, "U+0007"),
        ("a: \u2028", 1, 4, "U+2028"), ("a: &x [*x]", 1, 8, "part of"), ("a: *x", 1, 4, "no anchor"),
        ("a: 1\n---\nb: 1", 2, 1, "second document"), ("%TAG ! x\n---\na: 1", 1, 1, "directives"),
        ("", 1, 1, "empty"), ("# only this\n", 1, 1, "empty"), ("null", 1, 1, "empty"),
        ("- 1", 1, 1, "got a list"), ("five", 1, 1, 'got "five"'),
    ],
)  # fmt: skip
def test_refused_with_position(parser, text, line, column, words):
    problems = refusal(text)
    assert words in problems[0][3]
    assert problems[0][0] == line
    assert column is None or problems[0][1] == column


def test_whole_number_keys_are_their_digits():
    assert read_text("{1: 0.6, 2: 0.4}", "f").data == {"1": 0.6, "2": 0.4}
    assert refusal("{1: 0.6, '1': 0.4}")[0][3] == 'key "1" is written twice; the first is at 1:2'


def test_all_problems_at_once_up_to_a_cap():
    assert len(refusal("a: .inf\nb: [.nan, 1]\na: !x 2\n")) == 4  # the tag and the second a: two faults
    assert len(refusal("a: 1\n" * 1000)) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "a: " + "{a: " * 100_000, "- " * 500_000, "? " * 500_000, "a: [" + "1," * 900_000 + "]",
        "\n".join(f"k{i}: 1" for i in range(210_000)), "a: " + "x" * 1_999_000, "%TAG !a! b\n" * 150_000,
        "a: |\n" + " x\n" * 600_000, "a: " + "!" * 100_000, "{" + "a " * 900_000, ":" * 500_000, "&a " * 500_000,
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_hostile_text_is_refused_soon(text):
    start = time.perf_counter()
    assert refusal(text)
    assert time.perf_counter() - start < 1.5  # 0.5 s at most on an idle 2-core machine


def test_alias_bomb_is_refused_soon():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for above, name in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{above}'] * 9)}]")
    start = time.perf_counter()
    assert (
        refusal("\n".join(lines))[-1][3]
        == f"more than {MAX_NODES:,} values in the file, aliases counted in full"
    )
    assert time.perf_counter() - start < 0.5


def test_depth_limit_is_exact():
    assert read_text("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "f").data
    assert "deeper" in refusal("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)[0][3]


def test_depth_limit_counts_aliases():
    lines = ["a: &a [" + "[" * 20 + "]" * 20 + "]", "b: &b [" + "[" * 20 + "*a" + "]" * 20 + "]"]
    assert read_text("\n".join(lines), "f").data
    assert "deeper" in refusal("\n".join([*lines, "c: [" + "[" * 25 + "*b" + "]" * 25 + "]"]))[0][3]


def test_five_thousand_items_load_in_a_fraction_of_a_second():
    text = "\n".join(f"k{i}: {{count: {i}, start: 12:30}}" for i in range(5000))
    start = time.perf_counter()
    document = read_text(text, "f")
    assert time.perf_counter() - start < 1.5  # 0.4 s on an idle 2-core machine
    assert document.data["k4999"] == {"count": 4999, "start": "12:30"}


def test_file_is_named_as_given_and_digested(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = "\ufefftitle: Überfall\n".encode()
    (tmp_path / "a.yaml").write_bytes(content)
    document = read("a.yaml")
    assert (document.file, document.data) == ("a.yaml", {"title": "Überfall"})
    assert document.positions[("title",)] == (1, 8)
    assert document.sha256 == hashlib.sha256(content).hexdigest()


def test_windows_line_ends():
    assert read_text("a: 1\r\nb: 2\r\n", "f").positions[("b",)] == (2, 4)


def test_files_that_cannot_be_read(tmp_path):
    def message(path):
        with pytest.raises(ScenarioError) as caught:
            read(path)
        (problem,) = caught.value.problems
        assert problem.file == os.fspath(path)
        return problem

    assert message(tmp_path / "none.yaml").message == "no such file"
    assert message(tmp_path).message == "is a folder; name a file"
    assert "cannot be read" in message("a\0b").message
    assert "cannot be read" in message("x" * 5000).message
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert "ordinary file" in message(fifo).message
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"a: 1\nb: \xe9\xff\n")
    assert (message(bad).line, message(bad).column) == (2, 4)
    assert "0xe9" in message(bad).message
    bad.write_bytes("a: 1".encode("utf-16"))
    assert "UTF-8" in message(bad).message
    bad.write_bytes(b"#" * 2_000_001)
    assert "larger than 2 MB" in message(bad).message


def test_unreadable_file(tmp_path):
    locked = tmp_path / "locked.yaml"
    locked.write_text("a: 1")
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user reads everything")
    with pytest.raises(ScenarioError, match="cannot be read: permission denied"):
        read(locked)


@pytest.mark.parametrize(
    ("text", "value"),
    [("6", 6), ("12 min", "12 min"), ("{a: [1, b]}", {"a": [1, "b"]}), ("null", None), ('"6"', "6")],
)
def test_parse_value(text, value):
    assert parse_value(text, "--set a=b") == value


@pytest.mark.parametrize("text", ["", "# x", "[1", "a: b: c", "1e999", "!x 3", "\0", "1\n---\n2", "\ud800"])
def test_parse_value_refuses_without_position(text):
    with pytest.raises(ScenarioError) as caught:
        parse_value(text, "--set a=b")
    assert {(p.file, p.line) for p in caught.value.problems} == {("--set a=b", None)}


_PIECES = st.sampled_from(
    [
        *(
            "a: ",
            "- ",
            "? ",
            ": ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\n",
            "  ",
            "\t",
            "&x ",
            "*x",
            "!!int ",
            "!",
            "'",
            '"',
        ),
        *(
            "|",
            ">",
            "<<",
            "#",
            "%",
            "---\n",
            "...\n",
            "1e3",
            ".inf",
            "12:30",
            "\\",
            "\\U00110000",
            "\\ud800",
            "@",
            "`",
        ),
        *("é", "\0", "\u2028"),
    ]
)
_TEXT = st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join))


@given(_TEXT)
def test_any_text_is_read_or_refused(text):
    try:
        document = read_text(text, "f")
    except ScenarioError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)
    else:
        assert isinstance(document.data, dict)


@given(_TEXT)
def test_any_text_is_read_or_refused_by_the_pure_parser(text):
    before = source._LOADER
    source._LOADER = yaml.SafeLoader
    try:
        read_text(text, "f")
    except ScenarioError:
        pass
    finally:
        source._LOADER = before
