"""Tables of figures for the model card, README and ``docs/``, from measured figures only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import ConfigError
from pipeline.labels import LABELS
from pipeline.training.faults import KINDS

Metrics = Mapping[str, Any]
ROWS = [str(label) for label in LABELS] + ["all"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the columns after the first are aligned right.

    >>> print(table(["label", "F1"], [["DATE", "0.95"]]))
    | label | F1 |
    | --- | ---: |
    | DATE | 0.95 |
    """
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def put_block(text: str, name: str, content: str) -> str:
    """``text`` with ``content`` between ``<!-- name -->`` and ``<!-- /name -->``.

    Raises ConfigError when the markers aren't there once each, in this order.
    """
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    if text.count(first) != 1 or text.count(last) != 1 or text.index(first) > text.index(last):
        raise ConfigError(f"expected one {first} and then one {last}")
    before, rest = text.split(first)
    return f"{before}{first}\n{content}\n{last}{rest.split(last)[1]}"


def headline(metrics: Metrics, baselines: Metrics | None) -> str:
    """The block ``figures``: F1 a label on dev and seeds, the model's beside the CRF's."""
    crf = (baselines or {}).get("systems", {}).get("CRF", {})
    names = [name for name in ("dev", "seeds") if name in metrics["files"]]
    head, rows = ["F1"], [[f"**{row}**" if row == "all" else row] for row in ROWS]
    for name in names:
        head.append(f"{name}: model")
        for cells, row in zip(rows, ROWS, strict=True):
            cells.append(_f1(metrics["files"][name]["labels"][row]["f1"], row))
        if name in crf:
            head.append(f"{name}: CRF")
            for cells, row in zip(rows, ROWS, strict=True):
                cells.append(f"{crf[name][row]['f1']:.3f}")
    counts = "; ".join(
        f"{name}: {files['documents']} documents, {files['labels']['all']['gold']} mentions"
        for name, files in metrics["files"].items()
        if name in names
    )
    note = f"{metrics['name']}, `model.onnx` {metrics['model']['sha256'][:12]}. {counts}."
    if crf and baselines:
        note += f" The CRF is trained on {baselines['crf']['documents']} gold documents alone."
    return f"\n{table(head, rows)}\n\n{note}\n"


def systems(baselines: Metrics) -> str:
    """The block ``baselines``: F1 of every system on every file."""
    parts = []
    for name, gold in baselines["gold"].items():
        rows = [
            [system, *(f"{files[name][row]['f1']:.3f}" for row in ROWS)]
            for system, files in baselines["systems"].items()
        ]
        head = f"**{name}** ({gold['documents']} documents, SHA-256 `{gold['sha256'][:12]}…`)"
        parts.append(f"{head}\n\n{table(['strict F1', *ROWS], rows)}")
    made = ", ".join(f"`{f['file']}` `{f['sha256'][:12]}…`" for f in baselines["crf"]["train"])
    end = (
        f"The CRF is trained on {made} ({baselines['crf']['documents']} documents, at most "
        f"{baselines['crf']['iterations']} iterations). `underthesea.ner` has no classes for the "
        "other labels; its organisations and places are taken for AGENCY."
    )
    return "\n" + "\n\n".join([*parts, end]) + "\n"


def scores(labels: Metrics) -> str:
    """Scores of one file with counts and intervals."""
    rows = [
        [
            row,
            str(s["gold"]),
            str(s["tp"]),
            str(s["fp"]),
            str(s["fn"]),
            f"{s['p']:.3f}",
            f"{s['r']:.3f}",
            _f1(s["f1"], row),
            f"{s['low']:.3f}–{s['high']:.3f}",
        ]
        for row, s in ((row, labels[row]) for row in ROWS)
    ]
    head = ["label", "mentions", "right", "wrong", "missed", "P", "R", "F1", "95 % interval"]
    return table(head, rows)


def fault_counts(files: Metrics) -> str:
    """Error kinds a label on every file, added up label by label."""
    rows = []
    for name, state in files.items():
        for label in LABELS:
            counts = state["faults"][str(label)]
            rows.append([f"{name}: {label}", *(str(counts[kind]) for kind in KINDS)])
    return table(["", "boundary wrong", "label wrong", "missed", "spurious"], rows)


def bins(state: Metrics) -> str:
    """The bins of one file's reliability."""
    rows = [[f"{b['confidence']:.3f}", f"{b['right']:.3f}", str(b["count"])] for b in state["bins"]]
    return table(["mean confidence", "right", "mentions"], rows)


def _f1(value: float, row: str) -> str:
    return f"**{value:.3f}**" if row == "all" else f"{value:.3f}"
