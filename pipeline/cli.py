"""The command line: ``vn-directives COMMAND``. Each command is a file of ``pipeline.commands``.

Nothing heavy is imported before a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pipeline.__about__ import __version__
from pipeline.commands import convert, doctor, extract, report, retrain, schema, view
from pipeline.errors import ConfigError, InputError, MissingExtra, PipelineError
from pipeline.terminal import visible

FAILED, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="vn-directives",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)

for command in (extract, view, report, convert, retrain, schema, doctor):
    app.command(command.NAME, epilog=f"\b\nExample:\n  {command.EXAMPLE}")(command.run)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vn-directives {__version__}")
        raise typer.Exit


@app.callback(epilog=f"\b\nExample:\n  {extract.EXAMPLE}")
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Vietnamese government directives: who must reach what by when, under which document."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 something failed, 2 wrong usage, 130 stopped."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. No traceback for a user's mistake."""
    try:
        code = app(args=arguments, prog_name="vn-directives", standalone_mode=False)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (ConfigError, InputError, MissingExtra) as error:
        return _say(str(error), USAGE)
    except PipelineError as error:
        return _say(str(error), FAILED)
    except MemoryError:
        return _say("not enough memory; what was written is whole", FAILED)
    except Exception as error:
        # typer and click both bring their own kind: a message and an exit code.
        if not hasattr(error, "exit_code"):
            raise
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ == "NoSuchOption":
            message = f"{message.rstrip(chr(46))}: a path that begins with - is written ./-name"
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(message)
            return USAGE
        return _say(message, int(error.exit_code))
    if code == INTERRUPTED:
        return _say("stopped; the same command goes on from here", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _say(message: str, code: int) -> int:
    print(f"vn-directives: {visible(message)}", file=sys.stderr)
    return code
