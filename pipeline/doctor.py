"""What is installed, which model is used, what is missing and the command that mends it."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib import metadata

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.__about__ import __version__
from pipeline.errors import PipelineError

# What the package needs, and what each extra brings, as pyproject.toml has it.
CORE = (
    "lunar-vn", "numpy", "onnxruntime", "pydantic", "rich", "spacy", "tokenizers", "typer",
    "underthesea",
)  # fmt: skip
EXTRAS: dict[str, tuple[str, ...]] = {
    "formats": (
        "lxml", "pyarrow", "pypdf", "python-docx", "trafilatura", "warcio", "zstandard",
    ),
    "annotate": ("anywidget", "dkpro-cassis", "ipywidgets", "scikit-learn"),
    "notebooks": ("jupyterlab", "matplotlib", "pandas"),
    "ray": ("ray",),
    "train": (
        "datasets", "gensim", "onnx", "safetensors", "scikit-learn", "sklearn-crfsuite", "torch",
        "transformers",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """Findings; ``problems`` are those that keep ``extract`` from running."""

    versions: dict[str, str | None]
    extras: dict[str, tuple[str, ...]]
    model: str | None = None
    sha256: str | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        """Whether the main job can run."""
        return not self.problems


def examine(model: str | None = None) -> Report:
    """Look at the installation. Never raises."""
    versions = {name: _version(name) for name in CORE}
    problems = [
        f"{name} is not installed: run  pip install --force-reinstall vn-directives"
        for name, version in versions.items()
        if version is None
    ]
    extras = {
        extra: tuple(name for name in names if _version(name) is None)
        for extra, names in EXTRAS.items()
    }
    folder = sha256 = None
    try:
        from pipeline.models import TaggerConfig, model_dir, verify

        path = model_dir(model)
        folder = str(path)
        sha256 = verify(path)
        TaggerConfig.read(path)
    except (PipelineError, ImportError) as error:
        problems.append(str(error))
    return Report(versions, extras, folder, sha256, problems)


def show(report: Report, console: Console | None = None) -> None:
    """Print a report."""
    console = console or Console(highlight=False)
    # Without padding at the edge a hash of 64 digits keeps to one line of a terminal.
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("vn-directives", __version__)
    table.add_row("python", f"{platform.python_version()} on {platform.system()}")
    for name, version in report.versions.items():
        table.add_row(name, version or "[red]missing[/]")
    table.add_row("model", escape(report.model or "") or "[red]not found[/]")
    table.add_row("  sha256", report.sha256 or "[red]not verified[/]")
    console.print(table)
    console.print("\nExtras")
    extras = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for extra, missing in report.extras.items():
        extras.add_row(
            extra,
            f"lacks {', '.join(missing)}\npip install 'vn-directives\\[{extra}]'"
            if missing
            else "installed",
        )
    console.print(extras)
    for problem in report.problems:
        console.print(f"\n[red]Problem[/]: {escape(problem)}")
    if report.healthy:
        console.print("\nAll that `vn-directives extract` needs is there.")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
