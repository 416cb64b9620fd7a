"""``vn-directives report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "report"
EXAMPLE = "vn-directives report records.jsonl -o report.html --ics deadlines.ics"


def run(
    records: Annotated[
        Path, typer.Argument(metavar="RECORDS", help="A .jsonl, .parquet or .sqlite output.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page, an .html file.")
    ],
    ics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the deadlines as a calendar, an .ics file."),
    ] = None,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="The page's heading.")
    ] = "Việc được giao và thời hạn",
) -> None:
    """Make one page of assignments by due day, with filters and texts.

    The page is one file that needs no network. Texts are in it where `extract` was run with
    --with-text. An earlier page or calendar of the same name is replaced.
    """
    from pipeline.errors import ConfigError
    from pipeline.report.calendar import calendar
    from pipeline.report.page import page
    from pipeline.report.rows import read_records

    for path, option, suffixes in ((output, "-o", (".html", ".htm")), (ics, "--ics", (".ics",))):
        if path and path.suffix.lower() not in suffixes:
            raise ConfigError(f"{option} {path}: must end in {suffixes[0]}")
        if path and not path.parent.is_dir():
            raise ConfigError(f"{option} {path}: no such folder")
    found = read_records(records)
    _write(output, page(found, title))
    typer.echo(f"{len(found):,} records → {output}", err=True)
    if ics:
        made = calendar(found, title)
        _write(ics, made.text)
        typer.echo(
            f"{made.events:,} deadlines → {ics}; {made.undated:,} assignments without a day "
            "left out",
            err=True,
        )


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    from pipeline.batch.finish import replace_durably
    from pipeline.errors import InputError

    draft = path.with_name(path.name + ".draft")
    try:
        draft.write_bytes(text.encode("utf-8", "replace"))
        replace_durably(draft, path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
