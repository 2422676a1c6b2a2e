"""The way of one trip along the roads, expanded so that the point reached is one binary search."""

from __future__ import annotations

from bisect import bisect_right


class RoadPath:
    """Points of a trip in order of travel, with the mean minutes from its start to each.

    The first point is the origin and the last the destination, both off the road; those between are nodes.

    Attributes:
        minutes: mean minutes from the start to each point, never falling; the first is 0.
        nodes: node of each point; for the two ends, the node that a unit near them goes on from.
        x: km.
        y: km.
    """

    __slots__ = ("minutes", "nodes", "x", "y")

    def __init__(self, minutes: list[float], nodes: list[int], x: list[float], y: list[float]) -> None:
        self.minutes = minutes
        self.nodes = nodes
        self.x = x
        self.y = y

    def ahead(self, share: float) -> tuple[int, float, float, float]:
        """What lies ahead after a share of the path's time.

        Returns:
            Index of the next point (the number of points when the end is reached), minutes to it, and the
            x and y km reached on the straight line to it.
        """
        minutes, x, y = self.minutes, self.x, self.y
        elapsed = share * minutes[-1]
        after = bisect_right(minutes, elapsed)
        if after == len(minutes):
            return after, 0.0, x[-1], y[-1]
        before = after - 1
        part = (elapsed - minutes[before]) / (minutes[after] - minutes[before])
        here_x = x[before] + part * (x[after] - x[before])
        here_y = y[before] + part * (y[after] - y[before])
        return after, minutes[after] - elapsed, here_x, here_y
