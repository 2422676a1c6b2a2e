import pytest

from armsim.report.page.page import page_of
from armsim.report.page.view import view_of

from . import small


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    return small.opened(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def view(results):
    return view_of(results)


@pytest.fixture(scope="session")
def page(view):
    return page_of(view, static=False)
