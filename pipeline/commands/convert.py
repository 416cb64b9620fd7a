"""``vn-directives convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "convert"
EXAMPLE = "vn-directives convert records.jsonl records.sqlite"


def run(
    records: Annotated[
        Path, typer.Argument(metavar="RECORDS", help="A .jsonl, .parquet or .sqlite output.")
    ],
    output: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="Its new form, by suffix: one of the same.")
    ],
) -> None:
    """Turn records into another form: JSONL, Parquet or SQLite."""
    from pipeline.batch.convert import convert

    count = convert(records, output)
    typer.echo(f"{count:,} records → {output}", err=True)
