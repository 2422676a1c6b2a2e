"""``armsim schema``: the JSON Schema of scenario files."""

from __future__ import annotations

from pathlib import Path

import click

from armsim.cli.output import data, say
from armsim.errors import RunFolderError

_EPILOG = """\b
Example:
  armsim schema -o armsim.schema.json
"""


@click.command("schema", epilog=_EPILOG)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
def verb(output: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from armsim.config.schema import Scenario
    from armsim.config.validate import json_schema

    text = json.dumps(json_schema(Scenario), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        data(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunFolderError(
            f"{output}: cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error
    say(f"Wrote {output}. Begin a scenario with: # yaml-language-server: $schema={output.name}")
