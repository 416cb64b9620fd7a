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
        Path, typer.Argument(metavar="OUTPUT", help="Its new form, by suffix; or a .csv.")
    ],
    table: Annotated[
        str, typer.Option(metavar="NAME", help="For .csv: mentions, documents or assignments.")
    ] = "assignments",
) -> None:
    """Turn records into another form: JSONL, Parquet or SQLite.

    A .csv gets one flat table, which Excel opens by a double click.
    """
    from pipeline.batch.convert import convert
    from pipeline.errors import ConfigError
    from pipeline.writers.flat import TABLES

    if table not in TABLES:
        raise ConfigError(f"--table {table}: choose from {', '.join(TABLES)}")
    count = convert(records, output, table)
    what = "rows" if output.suffix.lower() == ".csv" else "records"
    typer.echo(f"{count:,} {what} → {output}", err=True)
