"""Lists of bases by zone, kept to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from armsim.config.base import Model
from armsim.config.paths import Path
from armsim.model.policies.base import Known, PolicyOptions
from armsim.model.policies.candidates import Candidates

if TYPE_CHECKING:
    from armsim.model.world import World

#: Minutes between places of a list: more than any handicap, and less in all than the steps of 100,000 minutes
#: by which a post asks one kind after another.
_PLACE = 400.0

_Lists = dict[str, Annotated[tuple[str, ...], Field(min_length=1, max_length=200)]]


class PreferenceListOptions(PolicyOptions):
    """Options of ``preference_list``."""

    order: _Lists = {}  # noqa: RUF012 (pydantic copies defaults)
    """Zone id: names of bases, the first choice first."""
    by_type: dict[str, _Lists] = {}  # noqa: RUF012
    """Incident type: zone id: names of bases; goes before ``order``."""
    otherwise: Literal["nothing", "nearest"] = "nothing"
    """Zones without a list and bases not in it: nothing is sent, or the nearest after those listed."""

    @model_validator(mode="after")
    def _something(self) -> PreferenceListOptions:
        if not self.order and not self.by_type:
            raise ValueError("write order or by_type; without a list nothing would be sent")
        for lists in (self.order, *self.by_type.values()):
            for zone, bases in lists.items():
                if len(set(bases)) < len(bases):
                    raise ValueError(f"the list of zone {zone} names a base twice")
        return self

    def faults(self, known: Known) -> Iterator[tuple[Path, str]]:
        """Zones, bases and types that are not there."""
        yield from known.unknown(self.by_type, "types", ("by_type",))
        yield from self._faults_in(self.order, known, ("order",))
        for name, lists in self.by_type.items():
            yield from self._faults_in(lists, known, ("by_type", name))

    def remarks(self, known: Known) -> Iterator[str]:
        """Zones that nothing is sent to, if the scenario does not say so."""
        bare = sorted(known.zones - self.order.keys())
        if self.order and bare and "otherwise" not in self.model_fields_set:
            more = f" and {len(bare) - 3} more" if len(bare) > 3 else ""
            remedy = "nothing is sent there; say so with otherwise: nothing"
            yield f"no list for {', '.join(bare[:3])}{more}: {remedy}"

    @staticmethod
    def _faults_in(
        lists: Mapping[str, tuple[str, ...]], known: Known, place: Path
    ) -> Iterator[tuple[Path, str]]:
        yield from known.unknown(lists, "zones", place)
        for zone, bases in lists.items():
            for (*above, name), text in known.unknown(bases, "bases", (*place, zone)):
                yield (*above, bases.index(str(name))), text


class PreferenceList:
    """The first base of the zone's list that has a unit to send; its longest free goes.

    At one base a kind with a smaller handicap goes first. The reserve is kept.
    """

    Options: type[Model] = PreferenceListOptions
    keeps_reserve = True
    RULES = ("list", "nearest_after_list", "nearest_without_list")

    def __init__(self, options: PreferenceListOptions, world: World) -> None:
        zones = world.zones["zone"].tolist()
        self._nearest = options.otherwise == "nearest"
        self._order = _places(options.order, zones)
        types = world.types
        self._by_type = {types.index(name): _places(lists, zones) for name, lists in options.by_type.items()}

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """The place in the list; after it expected arrival, or infinity."""
        places = self._list(incident)
        after = (len(places) * _PLACE) if self._nearest else inf
        rows = zip(candidates.units, candidates.minutes, candidates.handicaps, candidates.held(), strict=True)
        prices = []
        for unit, minutes, handicap, held in rows:
            place = places.get(unit.base_name)
            price = handicap + (after + minutes if place is None else place * _PLACE)
            prices.append(inf if held else price)
        return prices

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:
        """Whether the base is in the list, comes after it, or the zone has none."""
        places = self._list(incident)
        if candidates.units[index].base_name in places:
            return 0
        return 1 if places else 2

    def _list(self, incident: Any) -> Mapping[str, int]:
        drawn = incident.drawn
        lists = self._by_type.get(drawn.type)
        places = None if lists is None else lists.get(drawn.zone)
        return self._order.get(drawn.zone, {}) if places is None else places


def _places(lists: Mapping[str, tuple[str, ...]], zones: list[str]) -> dict[int, dict[str, int]]:
    """By index of the zone: place of each base in its list."""
    return {
        zones.index(zone): {name: place for place, name in enumerate(bases)} for zone, bases in lists.items()
    }
