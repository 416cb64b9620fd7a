"""``vn-directives extract``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from pipeline.readers.base import ENCODINGS, Format

if TYPE_CHECKING:
    from pipeline.batch.options import BatchOptions
    from pipeline.batch.run import Summary

NAME = "extract"
EXAMPLE = "vn-directives extract corpora/samples/articles.jsonl -o records.jsonl"

_FORMATS: tuple[str, ...] = get_args(Format)


def run(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, globs, or - for standard input. Formats by suffix: .txt "
            ".jsonl .csv .parquet .html .warc .docx .pdf, each also .gz .xz .zst.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="records.jsonl, .parquet or .sqlite; standard output if left out.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"Read all inputs as this: {', '.join(_FORMATS)}."),
    ] = None,
    text_field: Annotated[
        str, typer.Option(metavar="NAME", help="Key or column of the text.")
    ] = "text",
    id_field: Annotated[str, typer.Option(metavar="NAME", help="… of the id.")] = "id",
    published_field: Annotated[
        str, typer.Option(metavar="NAME", help="… of the publication date.")
    ] = "published",
    title_field: Annotated[str, typer.Option(metavar="NAME", help="… of the title.")] = "title",
    url_field: Annotated[str, typer.Option(metavar="NAME", help="… of the address.")] = "url",
    source_field: Annotated[str, typer.Option(metavar="NAME", help="… of the outlet.")] = "source",
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Publication date of inputs that state none, YYYY-MM-DD."
        ),
    ] = None,
    encoding: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="utf-8, windows-1258, tcvn3, vni, or auto, which finds out which of these.",
        ),
    ] = "utf-8",
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Put the text into each record.")
    ] = False,
    with_meta: Annotated[
        bool, typer.Option("--with-meta", help="Put other input keys into each record.")
    ] = False,
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="A model's name or folder.")
    ] = None,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Processes that extract; one core each.")
    ] = 1,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="For one document.")
    ] = 120.0,
    max_size: Annotated[
        int, typer.Option(metavar="BYTES", min=1, help="Of one document as stored.")
    ] = 20_000_000,
    max_expansion: Annotated[
        int, typer.Option(metavar="N", min=1, help="Times its size that a file may unpack to.")
    ] = 200,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="local, or ray for a cluster.")
    ] = "local",
    retry_errors: Annotated[
        bool,
        typer.Option("--retry-errors", help="Do the failed inputs of a finished run again."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Start over even if there is output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress, no summary.")] = False,
) -> int:
    """Read texts and write one record for each.

    An interrupted run goes on where it was when the same command is given
    again. Inputs that fail are listed in records.errors.jsonl, never the end of
    the run. Exit code: 0 all done, 1 some inputs failed, 2 wrong usage,
    130 interrupted.
    """
    from pipeline.batch.options import BatchOptions, ExtractorSpec
    from pipeline.readers.base import ReadOptions

    read = ReadOptions(
        format=_choice("--format", format, _FORMATS),  # type: ignore[arg-type]
        text_field=text_field,
        id_field=id_field,
        published_field=published_field,
        title_field=title_field,
        url_field=url_field,
        source_field=source_field,
        encoding=_choice("--encoding", encoding, ENCODINGS) or encoding,
        published=_date(published),
        max_size=max_size,
        max_expansion=max_expansion,
        with_meta=with_meta,
    )
    options = BatchOptions(
        read=read,
        extractor=ExtractorSpec(model=model),
        workers=workers,
        timeout=timeout,
        with_text=with_text,
        engine=_choice("--engine", engine, ("local", "ray")) or engine,
        model_sha256=_model_sha256(model),
    )
    summary = _run(inputs or [], output, options, overwrite, retry_errors, quiet)
    if not quiet:
        _say(("" if summary.fresh else "already done: ") + summary.line())
        if summary.errors and output is not None:
            from pipeline.batch.paths import OutputPaths

            _say(f"failed inputs are in {OutputPaths(output).errors}")
    return 1 if summary.errors else 0


def _run(
    inputs: list[str],
    output: Path | None,
    options: BatchOptions,
    overwrite: bool,
    retry_errors: bool,
    quiet: bool,
) -> Summary:
    from pipeline.batch.progress import reporter
    from pipeline.batch.session import run_to_file, run_to_stdout
    from pipeline.commands.signals import terminate_as_interrupt
    from pipeline.errors import ConfigError

    with terminate_as_interrupt(), reporter(quiet) as progress:
        if output is None or str(output) == "-":
            if retry_errors:
                raise ConfigError("--retry-errors needs -o: the output whose failures to retry")
            return run_to_stdout(inputs, options, progress)
        return run_to_file(
            inputs,
            output,
            options,
            progress,
            overwrite=overwrite,
            retry_errors=retry_errors,
            say=(lambda line: None) if quiet else _say,
        )


def _say(line: str) -> None:
    from pipeline.terminal import visible

    print(visible(line), file=sys.stderr)


def _choice(option: str, value: str | None, choices: tuple[str, ...]) -> str | None:
    if value is not None and value not in choices:
        from pipeline.errors import ConfigError

        raise ConfigError(f"{option} {value}: choose from {', '.join(choices)}")
    return value


def _date(value: str | None) -> str | None:
    from datetime import date

    from pipeline.errors import ConfigError

    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ConfigError(f"--published {value}: expected a date as 2024-06-30") from None


def _model_sha256(model: str | None) -> str:
    """The model's hash, so that a run is not begun, or gone on with, by the wrong one."""
    from pipeline.models import model_dir, verify

    return verify(model_dir(model))
