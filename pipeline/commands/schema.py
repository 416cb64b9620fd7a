"""``vn-directives schema``."""

from __future__ import annotations

NAME = "schema"
EXAMPLE = "vn-directives schema > record.schema.json"


def run() -> None:
    """Print the JSON Schema of a record."""
    import json

    import typer

    from pipeline.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
