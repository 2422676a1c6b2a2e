"""What the starter of a force says, against the shipped scenarios it is calibrated on."""

import pytest

from armsim.config.export import diff
from armsim.config.loader import load_scenario
from armsim.config.shipped import example
from armsim.model.geography import force_names
from armsim.model.starter import starter_yaml
from armsim.model.starter.critical import armed_posts
from armsim.model.starter.rules import force_sizes
from armsim.study.begin import for_force


def test_leicestershire_is_critical_yaml_again(tmp_path):
    """But for neighbourhood officers, whose rule is per 100,000 residents and not of a million."""
    starter = load_scenario(for_force(tmp_path / "new", "leicestershire"), ["critical_spell"]).composed.data
    shipped = load_scenario(example("critical")).composed.data
    differ = {
        path: (left, right)
        for path, left, right in diff(starter, shipped)
        if not path.startswith(("sources", "neighbourhood.standards"))
    }
    assert differ.keys() == {
        "title", "description", "study.replications", "teams.npt.establishment", "teams.pcso.establishment",
    }  # fmt: skip
    assert differ["teams.npt.establishment"] == (138, 136)
    assert differ["teams.pcso.establishment"] == (153, 150)


def test_the_same_force_gives_the_same_text():
    assert starter_yaml("kent") == starter_yaml("kent")
    assert starter_yaml("kent") != starter_yaml("kent", "CRITICAL")


@pytest.mark.parametrize("slug", [slug for slug, _ in force_names()])
def test_every_file_says_that_it_is_illustrative_and_how_numbers_were_made(slug):
    lines = starter_yaml(slug).splitlines()
    assert lines[0] == "# yaml-language-server: $schema=base/armsim.schema.json"
    head = "\n".join(line for line in lines[:15] if line.startswith("#"))
    assert "ILLUSTRATIVE" in head
    assert "No real base" in head.replace("\n# ", " ")
    assert max(len(line) for line in lines if line.lstrip().startswith("#")) <= 120
    for number in ("    annual:", "p_median:", "establishment:", "capacity:", "headcount:"):
        at = [place for place, line in enumerate(lines) if line.lstrip().startswith(number.lstrip())]
        assert at
        assert all(lines[place - 1].lstrip().startswith("#") for place in at), number


@pytest.mark.parametrize(
    "slug", ["cumbria", "leicestershire", "west-midlands", "metropolitan", "city-of-london"]
)
def test_posts_add_up_to_the_pairs_of_the_rule(slug):
    sizes = force_sizes()[slug]
    posts = armed_posts(sizes, zones=6)
    assert sum(post.pairs for post in posts) == sizes.pairs
    assert sum(post.pairs for post in posts if post.kind.name == "guarded_site") == sizes.guarded
    assert len({post.name for post in posts}) == len(posts)
    assert max(post.pairs for post in posts) <= 3
    assert all(1 <= post.rank <= 6 for post in posts)


def test_sites_of_a_large_force_are_different_places():
    posts = armed_posts(force_sizes()["metropolitan"], zones=982)
    assert len({post.rank for post in posts}) == len(posts) == 23


def test_a_force_is_called_by_its_plain_name():
    assert 'title: "City of London force area, starter"' in starter_yaml("city-of-london")
    assert 'title: "Devon & Cornwall force area, starter"' in starter_yaml("devon-and-cornwall")


def test_a_shared_count_of_operations_is_warned_of():
    assert "the first number to replace" in starter_yaml("essex").replace("\n# ", " ")
    assert "Firearms operations are an assumption" in starter_yaml("city-of-london").replace("\n# ", " ")
    assert "the first number to replace" not in starter_yaml("leicestershire").replace("\n# ", " ")


@pytest.mark.parametrize(
    ("slug", "source"),
    [
        ("city-of-london", "assumption: 70 in post, set by itself, since its officers serve people who"),
        (
            "metropolitan",
            "assumption: 2,675 in post, 19.8% of 30,136 officers (Home Office workforce statistics, "
            "September 2018) would be 5,967, cut to 4.0 per 1,000 jobs a year, one of grade 2 counted as",
        ),
    ],
)
def test_the_register_says_how_response_officers_of_this_force_were_made(slug, source):
    assert f'teams.response.establishment: {{source: "{source}' in starter_yaml(slug)
