"""``vn-directives view``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "view"
EXAMPLE = "vn-directives view records.jsonl"


def run(
    records: Annotated[
        Path, typer.Argument(metavar="RECORDS", help="A .jsonl, .parquet or .sqlite output.")
    ],
    id: Annotated[
        str | None, typer.Option(metavar="ID", help="Which record; the first if left out.")
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The text, for records written without --with-text."),
    ] = None,
) -> None:
    """Show one record: its marked text, its documents, its assignments."""
    from rich.console import Console

    from pipeline.view import find_record, show, text_of

    record = find_record(records, id)
    show(record, text_of(record, text), Console(highlight=False))
