"""The command line: verbs in files of their own, heavy imports inside the verbs."""

from armsim.cli.app import main

__all__ = ["main"]
