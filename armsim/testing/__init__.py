"""Ready property tests for authors of extensions; pytest is not needed, hypothesis is.

``check_dispatch_policy(MyPolicy)`` in a test of one's own raises ``AssertionError`` at a broken promise.
"""

from armsim.testing.cover import check_cover
from armsim.testing.dispatch import check_dispatch_policy
from armsim.testing.small_world import small_world

__all__ = ["check_cover", "check_dispatch_policy", "small_world"]
