"""The pages build into a site without a warning, hold what the program has, and fetch nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from armsim.analysis.metrics import metrics
from armsim.cli import main

pytest.importorskip("sphinx", reason="the extra docs is not installed")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages, built from a copy of docs/ as a clone has it."""
    folder = tmp_path_factory.mktemp("site")
    source = folder / "docs"
    for path in (ROOT / "docs").rglob("*"):
        if path.is_file() and path.parent.name not in {"generated", "__pycache__"}:
            target = source / path.relative_to(ROOT / "docs")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", "html"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_is_in_a_table_of_contents():
    """Sphinx warns of pages outside; this says so before anything is built."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = {
        line for block in re.findall(r"```\{toctree\}\n(.*?)```", index, re.S) for line in block.splitlines()
    }
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert pages <= listed


def test_the_reference_has_every_metric_verb_and_key(site):
    text = (site / "generated" / "metrics.html").read_text(encoding="utf-8")
    assert all(f">{name}<" in text for name in metrics())
    text = (site / "command-line.html").read_text(encoding="utf-8")
    assert all(f"armsim-{name}" in text for name in main.list_commands(None))
    # Examples can be copied: hyphens and quotes are those that a shell takes.
    shown = " ".join(re.sub(r"<[^>]+>", "", text).split())
    assert "armsim show scenarios/critical.yaml --diff scenarios/severe.yaml" in shown
    assert "–" not in shown.partition("Exit codes")[2] and "”" not in shown
    text = (site / "generated" / "scenario.html").read_text(encoding="utf-8")
    assert all(f">{key}<" in text for key in ("extends", "escalation", "serves", "p_median", "overrides"))
    row = re.search(r"<tr[^>]*><td><p><code[^>]*><span class=\"pre\">attendance</span>.*?</tr>", text, re.S)
    assert row and "<em>needed</em>" in row[0]


def test_nothing_is_fetched_from_elsewhere(site):
    """Links may lead out; styles, scripts, fonts and pictures may not."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="(https?://[^"]+)"', text)
        assert fetched == [], page.name
    assert not any("@import" in path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
