"""What things cost, as written in a scenario file. Published 2017 figures are the defaults."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from armsim.config.base import Model
from armsim.config.quantities import Duration
from armsim.config.schema.people import EmploymentName

Pounds = Annotated[float, Field(ge=0, le=1e10)]


class Course(Model):
    """A course."""

    length: Duration
    """How long it keeps an officer from duty."""
    cost: Pounds
    """Price a head, pounds."""


class VehiclePrice(Model):
    """What a vehicle costs."""

    buy: Pounds
    """Bought and equipped, pounds."""
    life: Annotated[float, Field(gt=0, le=30)]
    """Years in use."""
    run: Pounds
    """Fuel, servicing and tyres a year, pounds."""


class CedPrice(Model):
    """What a CED and its carrier cost."""

    device: Pounds = 822.0
    """A device, pounds: 8,155 devices for 6.7 million (Home Office, March 2020)."""
    life: Annotated[float, Field(gt=0, le=30)] = 5.0
    """Years in use. Assumption (3 to 8)."""
    course: str = "ced"
    """Initial course, a name of ``courses``."""
    refresher: str = "ced_refresher"
    """Refresher, a name of ``courses``."""
    consumables: Pounds = 60.0
    """Cartridges and the like a carrier a year, pounds. Assumption (30 to 120)."""


_COURSES = {
    name: Course.model_validate({"length": length, "cost": cost})
    for name, length, cost in (
        ("afo", "4 weeks", 4671.0),
        ("arv", "9 weeks", 12_705.0),
        ("arv_transferee", "4 weeks", 5855.0),
        ("ced", "3 days", 33.0),
        ("ced_refresher", "1 day", 0.0),
    )
}


class PricesConfig(Model):
    """The price list, pounds of the year stated."""

    year: Annotated[int, Field(ge=1990, le=2100)] = 2017
    """Year of the prices."""
    officer_year: dict[EmploymentName, Pounds] = {
        "REGULAR": 50_700.0, "STUDENT": 36_500.0, "PCSO": 33_000.0, "SPECIAL": 1_500.0,
    }  # fmt: skip
    """An officer in post a year with on-costs. Regular: top of scale 38,382 with pension 21.3% and national
    insurance (September 2017); student: pay points 0 to 5 of a 2013 scale; special: kit and expenses,
    assumption (1,000 to 2,000); PCSO: assumption (30,000 to 36,000)."""
    hour: Pounds = 32.0
    """An officer's hour of duty at plain time with on-costs, which overtime rates multiply (31 to 33)."""
    vehicles: dict[str, VehiclePrice] = {}
    """Unit kind: what one of its vehicles costs."""
    ced: CedPrice = CedPrice()
    """CEDs."""
    courses: dict[str, Course] = _COURSES
    """Courses by name. Firearms: Metropolitan Police 2016; CED: 18 hours, 855 a carrier less the device."""
    allowance: dict[str, Pounds] = {}
    """Team: allowance an officer a year."""
    aid_hour: Pounds = 65.0
    """Recharge of a lent officer's hour. Assumption: the published rates table was not found (50 to 90)."""
    posts_a_year: dict[str, Pounds] = {}
    """Anything else that an option costs a year, by name: a collaboration's overhead, a lease."""
    one_off: dict[str, Pounds] = {}
    """Anything else that an option costs once, by name."""
