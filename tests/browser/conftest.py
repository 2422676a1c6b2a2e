"""A written page opened in Chromium with the network cut; ``visit`` counts what it asks for and complains of.

Skips, saying so, where there is no Chromium; with ``ARMSIM_BROWSER=required`` that is a failure instead.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
INSIDE = ("file:", "data:", "blob:", "about:")


@dataclass
class Visit:
    """A page that was opened.

    ``page`` is Playwright's; ``outside`` are addresses asked for that are not in the file, ``failed``
    requests that failed, ``errors`` what the console and the page complained of.
    """

    page: object
    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def calm(self) -> bool:
        """Whether nothing was asked for outside, nothing failed and nothing was complained of."""
        assert self.outside == []
        assert self.failed == []
        assert self.errors == []
        return True

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture(scope="session")
def chromium():
    """A running browser."""
    required = os.environ.get("ARMSIM_BROWSER") == "required"
    if not CHROMIUM.is_file():
        (pytest.fail if required else pytest.skip)(f"{CHROMIUM} is not there")
    playwright = (
        pytest.importorskip("playwright.sync_api", reason="the extra dev is not installed")
        if not required
        else _playwright()
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        yield browser
        browser.close()


def _playwright():
    import playwright.sync_api

    return playwright.sync_api


@pytest.fixture
def visit(chromium) -> Iterator:
    """``visit(path, width=1280, height=900, **of_the_context)`` opens a file with the network cut."""
    contexts = []

    def open_file(path, width=1280, height=900, **more):
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        context.set_offline(True)
        seen = Visit(context.new_page())

        def guard(route):
            if route.request.url.startswith(INSIDE):
                route.continue_()
            else:
                seen.outside.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        seen.page.on("requestfailed", lambda request: seen.failed.append(request.url))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on(
            "console",
            lambda line: seen.errors.append(line.text) if line.type in ("error", "warning") else None,
        )
        seen.page.goto(Path(path).resolve().as_uri(), wait_until="load")
        return seen

    yield open_file
    for context in contexts:
        context.close()
