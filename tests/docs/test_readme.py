"""The README's commands, the files it names, and the CI say the same."""

import os
import re
import subprocess
from pathlib import Path

import click
import yaml

from armsim.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/armsim run scenarios/critical.yaml"
TEST = ".venv/bin/pip install '.[dev]' && .venv/bin/python -m pytest -n auto"
DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]


def code_blocks(text):
    return [block.strip().splitlines() for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)]


def test_the_two_commands_stand_alone_in_code_blocks():
    blocks = code_blocks(README)
    assert blocks.index([RUN]) < blocks.index([TEST])


def test_ci_runs_the_test_command_of_the_readme():
    """The CI greps the line out of the README with this pattern; it must find that line and no other."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -E '([^']+)' README\.md", script)
    assert pattern is not None
    found = subprocess.run(
        ["grep", "-E", pattern[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines() == [TEST]
    assert 'eval "$command"' in script


def test_ci_is_a_strict_bash_script_with_every_linter():
    path = ROOT / ".ci" / "run"
    script = path.read_text(encoding="utf-8")
    assert os.access(path, os.X_OK)
    assert script.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in script
    for linter in ("ruff check .", "ruff format --check .", '"mypy"', "lint-imports"):
        assert linter in script
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_every_verb_is_in_the_readme_and_every_option_it_shows_exists():
    context = click.Context(main)
    verbs = {name: main.get_command(context, name) for name in main.list_commands(context)}
    assert {name for name in verbs if f"`armsim {name}" not in README} == set()
    shown = [line for block in code_blocks(README) for line in block if "armsim " in line and line != RUN]
    assert shown
    for line in shown:
        words = line.split("armsim ", 1)[1].split()
        known = {flag for one in verbs[words[0]].params for flag in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, line


def test_links_and_paths_lead_somewhere():
    missing = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        # Pages in generated/ are written when the site is built, which refuses links that lead nowhere.
        for target in re.findall(r"\]\((?!https?:|#|mailto:|generated/)([^)#]+)", text):
            if not ((ROOT / name).parent / target).exists():
                missing.append(f"{name}: {target}")
        for path in re.findall(r"`((?:scenarios|docs|benchmarks|tools|tests)/[\w./-]+)`", text):
            if not (ROOT / path).exists():
                missing.append(f"{name}: {path}")
    assert missing == []


def test_scenarios_of_the_readme_ship():
    named = set(re.findall(r"scenarios/(\w+)\.yaml", README))
    assert named == {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}


def test_citation_names_this_version():
    import armsim

    citation = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert citation["version"] == armsim.__version__
    assert citation["license"] == "MIT"


def test_changelog_has_this_version_and_says_which_results_change():
    import armsim

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    part = text.split(f"## [{armsim.__version__}]")[1].split("\n## ")[0]
    assert "### Results change" in part
