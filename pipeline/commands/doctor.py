"""``vn-directives doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

NAME = "doctor"
EXAMPLE = "vn-directives doctor"


def run(
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="A model's name or folder.")
    ] = None,
) -> int:
    """Show versions, the model and its hash, and what is missing.

    Exit code 1 if the main job can't run.
    """
    from pipeline.doctor import examine, show

    report = examine(model)
    show(report)
    return 0 if report.healthy else 1
