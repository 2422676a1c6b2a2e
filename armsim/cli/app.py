"""The group of verbs."""

from __future__ import annotations

from importlib import import_module

import click

from armsim.cli.output import Verbs, escape_what_cannot_be_written

_EPILOG = """\b
Examples:
  armsim check scenarios/severe.yaml
  armsim show scenarios/critical.yaml --diff scenarios/severe.yaml
  armsim run scenarios/critical.yaml -n 100 -j 2 --set dispatch.shift_margin="30 min"

\b
Exit codes: 0 done; 1 done, but a --fail-if or --strict condition is true, or no answer (find: no value
meets the target; choose: not decided; validate: a primary measure differs; verify: outside the rule;
replay: another digest); 2 bad command or scenario; 3 a replication failed, the others are kept; 130
interrupted, resumable.
"""
_VERBS = {
    "calibrate": "calibrate", "check": "check", "choose": "choose", "compare": "compare",
    "explain": "explain", "find": "find", "list": "listing", "log": "log", "new": "new", "region": "region",
    "replay": "replay", "report": "report", "run": "run", "schema": "schema", "show": "show",
    "sustain": "sustain", "sweep": "sweep", "validate": "validate", "verify": "verify",
}  # fmt: skip


class _LazyVerbs(Verbs):
    """Imports a verb when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names of the verbs."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A verb."""
        module = _VERBS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(f"armsim.cli.{module}").verb
        return command


@click.group(cls=_LazyVerbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="armsim")
def main() -> None:
    """Simulate armed response capacity: officers, armed response vehicles and CEDs at every threat level."""
    escape_what_cannot_be_written()
