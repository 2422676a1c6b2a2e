"""What a starter scenario sets for CRITICAL: places, armed pairs on posts, and what stays on patrol.

What does not hang on the size of a force (12-hour shifts, rest days, recall, backfill) is that of the shipped
``critical.yaml``, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from armsim.config.shipped import example
from armsim.config.source import read
from armsim.model.starter.rules import Sizes, to_step
from armsim.model.starter.setting import Setting, Value, scaled

#: Armed pairs at one place, at most.
_MOST_AT_A_SITE = 3
#: critical.yaml has four unarmed pairs for a million residents, and 12 cars kept for 8 bases.
_PEOPLE_PER_UNARMED_PAIR = 1_017_697 / 4
_CARS_PER_BASE = 1.5
_LEVEL = "threat.levels.CRITICAL"
#: Unit kinds that critical.yaml lets serve posts besides armed ones.
_ALSO_POSTS = ("response_car", "special_patrol")


class Kind(NamedTuple):
    """A kind of post.

    Attributes:
        name: of the post and its site, numbered where there are several.
        rank: of its first site among zones by residents near them.
        hours: when it is held.
        rule: the rest of the post.
    """

    name: str
    rank: int
    hours: str
    rule: dict[str, Value]


class Post(NamedTuple):
    """Armed pairs at a site.

    Attributes:
        name: of the post and of its site.
        kind: what kind of post.
        rank: of the site among zones by residents near them.
        pairs: how many.
    """

    name: str
    kind: Kind
    rank: int
    pairs: int


GUARD = Kind("guarded_site", 3, "00:00-24:00", {"starts_after": "1 h", "until_backfill": True})
PATROLS = (
    Kind("transport_hub", 2, "05:00-01:00", {"priority": 1}),
    Kind("city_centre", 1, "08:00-24:00", {"priority": 2}),
    Kind("event_site", 8, "09:00-21:00", {"priority": 3}),
)


def armed_posts(sizes: Sizes, zones: int) -> tuple[Post, ...]:
    """Posts of armed pairs at CRITICAL: guards, then patrols; a small force has no event site.

    Args:
        sizes: of the force.
        zones: zones of the region, among which sites are found.
    """
    patrols = sizes.pairs - sizes.guarded
    # As critical.yaml has them, two pairs guard two sites.
    posts = list(_spread(GUARD, sizes.guarded, min(sizes.guarded, 2), zones))
    for place, kind in enumerate(PATROLS):
        posts += _spread(kind, patrols // 3 + (place < patrols % 3), 1, zones)
    return tuple(posts)


def _spread(kind: Kind, pairs: int, sites: int, zones: int) -> Iterator[Post]:
    """*pairs* over *sites* sites, or more where that would be too many at one."""
    if not pairs:
        return
    sites = max(sites, -(-pairs // _MOST_AT_A_SITE))
    for site in range(sites):
        rank = (kind.rank - 1 + 9 * site) % zones + 1
        name = kind.name if sites == 1 else f"{kind.name}_{site + 1}"
        yield Post(name, kind, rank, pairs // sites + (site < pairs % sites))


def critical_settings(sizes: Sizes, posts: Sequence[Post]) -> list[Setting]:
    """Settings for CRITICAL; the timeline is not among them.

    Args:
        sizes: of the force.
        posts: its posts of armed pairs.
    """
    given = critical_yaml()
    level = given["threat"]["levels"]["CRITICAL"]
    sites: dict[str, Value] = {post.name: {"busiest": post.rank} for post in posts}
    return [
        _said(Setting("sites", sites, "Made-up places: the n-th busiest zone by residents within 3 km.")),
        *(Setting(f"units.{name}.serves", given["units"][name]["serves"]) for name in _ALSO_POSTS),
        Setting("units.armed_pair", given["units"]["armed_pair"]),
        *(Setting(f"{_LEVEL}.{key}", level[key]) for key in ("description", "duty", "backfill_after")),
        *_reserves(sizes),
        *_posts(sizes, posts, level["posts"]["unarmed_reassurance"]),
        Setting("people", given["people"]),
        Setting("sustain", given["sustain"]),
    ]


def critical_sources() -> dict[str, dict[str, Value]]:
    """Entries of the register of critical.yaml, by path."""
    sources: dict[str, dict[str, Value]] = critical_yaml()["sources"]
    return sources


@cache
def critical_yaml() -> dict[str, Any]:
    """The shipped ``critical.yaml`` as written."""
    return read(str(example("critical"))).data


def _said(setting: Setting) -> Setting:
    """*setting* with its entry in the register of critical.yaml."""
    entry = critical_sources()[setting.path]
    return replace(setting, source=str(entry["source"]), low=entry.get("low"), high=entry.get("high"))


def arvs_kept(sizes: Sizes) -> int:
    """Armed response vehicles left on patrol while posts are filled: half of those of a shift."""
    return max(1, to_step(sizes.arvs.value / 2))


def _reserves(sizes: Sizes) -> list[Setting]:
    arvs, cars = arvs_kept(sizes), to_step(_CARS_PER_BASE * sizes.response_bases)
    return [
        scaled(
            f"{_LEVEL}.reserve.arv.POST",
            arvs,
            "Half of the vehicles of a shift stay on patrol while posts are filled.",
            "half of the armed response vehicles of a shift stay on patrol while posts are filled, as two of "
            "three in critical.yaml",
            (0.5, 1.5),
        ),
        scaled(
            f"{_LEVEL}.reserve.response_car.POST",
            cars,
            "Cars left free when one is sent to a post: one and a half for each base.",
            "cars left free when one is sent to a post, one and a half a base",
            (0.5, 1.7),
        ),
    ]


def _posts(sizes: Sizes, posts: Sequence[Post], unarmed: dict[str, Value]) -> list[Setting]:
    pairs, guarded = sizes.pairs, sizes.guarded
    count = max(1, to_step(sizes.people / _PEOPLE_PER_UNARMED_PAIR))
    written: dict[str, Value] = {post.name: _rule(post) for post in posts}
    centre = next(post.name for post in posts if post.kind.name == "city_centre")
    written["unarmed_reassurance"] = {**unarmed, "site": centre, "count": count}
    return [
        Setting(
            f"{_LEVEL}.posts",
            written,
            f"Armed pairs: {pairs}, 1.6 for each of {sizes.arvs.value} vehicles of a shift; guards until "
            f"military backfill comes: {guarded}. Unarmed pairs: {count}, four for a million people, one at "
            "least.",
            "assumption: 1.6 armed pairs for each vehicle of a shift, 40% of them guards that backfill "
            "releases, and four unarmed pairs for a million people; illustrative, no real post",
            f"{max(1, to_step(0.6 * pairs))} armed pairs and half of the unarmed ones",
            f"{to_step(1.2 * pairs) + 1} armed pairs and three times the unarmed ones",
        )
    ]


def _rule(post: Post) -> dict[str, Value]:
    counted: dict[str, Value] = {"count": post.pairs} if post.pairs > 1 else {}
    held: dict[str, Value] = {"hours": post.kind.hours, "kinds": ["armed_pair", "arv"]}
    return {"site": post.name, **counted, "needs": {"armed_officers": 2}, **held, **post.kind.rule}
