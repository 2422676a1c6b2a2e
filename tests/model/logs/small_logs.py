"""Rows and mappings of small logs."""

from __future__ import annotations

INCIDENT = """armsim_log: 1
name: Testshire
files: log.csv
rows: incident
time_zone: Europe/London
incident: {id: number, received: called, type: what, easting: east, northing: north, units_sent: sent}
units:
  - {unit: first, base: first_base, times: {dispatched: sent_1, arrived: there_1, available: free_1}}
  - {unit: second, times: {arrived: {column: second_s, unit: s, from: dispatched}}}
"""
UNIT = """armsim_log: 1
name: Testshire
files: log.csv
rows: unit
time_zone: Europe/London
incident: {id: number, received: called, type: what}
units:
  - unit: unit
    kind: kind
    times: {dispatched: sent, mobile: mobile, arrived: there, clear: [hospital, free], available: free}
"""
HEADER = "number,called,what,east,north,sent,first,first_base,sent_1,there_1,free_1,second,second_s\n"


def row(number: int, /, **cells: object) -> str:
    """A good row of a log with a row for each incident, an hour apart, with some cells changed."""
    day, hour = divmod(number, 24)
    stamp = f"2017-{2 + day // 28:02d}-{day % 28 + 1:02d} {hour:02d}"
    made: dict[str, object] = {
        "number": f"N{number}", "called": f"{stamp}:00:00", "what": "fire", "east": 530000 + 10 * number,
        "north": 180000, "sent": 1, "first": "A1", "first_base": "Acton", "sent_1": f"{stamp}:01:30",
        "there_1": f"{stamp}:07:00", "free_1": f"{stamp}:45:00", "second": "", "second_s": "",
    }  # fmt: skip
    return ",".join(str(value) for value in (made | cells).values()) + "\n"
