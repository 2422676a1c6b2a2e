"""The schema of scenario files: frozen pydantic models that carry descriptions and units."""

from armsim.config.schema.scenario import Scenario

__all__ = ["Scenario"]
