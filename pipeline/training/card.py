"""The model card in Hugging Face's form, from ``metrics.json`` alone: same figures, same card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.labels import LABEL_INFO, LABELS
from pipeline.training import figures

Metrics = Mapping[str, Any]
DOI = "https://aclanthology.org/2020.findings-emnlp.92/"
KIND_NAMES = {
    "boundary": "boundary wrong",
    "label": "label wrong",
    "missed": "missed",
    "spurious": "spurious",
}

_INTENDED = """\
Reads Vietnamese news and official texts about government directives and marks five kinds of
mention: what a document is numbered, which dates and agencies are named, what is to be reached
and by when. It is the tagger of the Python package
[`vn-directives`](../../README.md), which segments the text, adds what closed-form rules find,
gives the mentions values and joins them to records:

```python
from pipeline import extract

record = extract("UBND tỉnh yêu cầu các sở, ngành báo cáo trước ngày 30/6/2024.")
```

It serves as a first reading that a person checks: search, statistics over many documents,
lists of what falls due. It isn't meant for decisions about a person or an agency without such
a check, nor for texts of other kinds (contracts, court records, social media)."""

_LIMITS = """\
- TARGET is the hardest label: whether a quantity is a goal or a result hangs on the sentence,
  often on an earlier one. DEADLINE has the same trouble to a lesser degree.
- Long names of agencies in lists ("UBND các tỉnh …, …", heads shared by several names) are
  where most wrong boundaries lie.
- Annotated text of this kind is scarce, so the intervals above are wide. Documents of one
  source resemble each other, so other sources may score lower than dev.
- Text without diacritics, in capitals throughout, from poor OCR or in the old TCVN3 and VNI
  fonts gives few or wrong mentions.
- A confidence says how often such mentions were right on dev, not how right this one is."""

_DATA = """\
`dev` and `seeds` are real articles and official texts, annotated by hand after
[docs/annotation.md](../../docs/annotation.md); they belong to their publishers and aren't part
of the repository. `samples` are the sample articles of the repository, written for it. No
annotation of the three was trained on. The collection that pre-training and the stand-off rows
were drawn from holds most texts of `dev` without labels: pre-training read them; no stand-off
row shares a seventh of its eight-word runs with them."""

_LICENCE = """\
MIT, for the weights as for the code. The weights are of PhoBERT's *architecture*, trained here;
{origin}"""


def card(metrics: Metrics, baselines: Metrics | None = None) -> str:
    """The README of a model folder.

    ``metrics`` is ``metrics.json`` as ``scripts/model_card.py`` writes it, ``baselines`` is
    ``baselines.json`` of ``scripts/baselines.py``.
    """
    files = metrics["files"]
    parts = [
        header(metrics),
        f"# {metrics['name']}",
        _INTENDED,
        "## Labels",
        _labels(),
        "## How exact it is",
        _exactness(metrics),
    ]
    for name, state in files.items():
        parts += [f"### {name} ({state['documents']} documents)", figures.scores(state["labels"])]
    if baselines:
        parts += ["### Beside the baselines", figures.systems(baselines).strip()]
    parts += ["## Confidence", _confidence(metrics)]
    for name, state in files.items():
        parts += [f"**{name}**", figures.bins(state)]
    parts += ["## Errors", _faults(metrics)]
    parts += ["## Limits", _LIMITS, "## How it was made", _made(metrics), "## Data", _DATA]
    origin = (
        f"its initial weights are those of `{metrics['base']}`, whose licence applies too."
        if _foreign(metrics)
        else "no weights of VinAI's were used."
    )
    parts += ["## Licence", _LICENCE.format(origin=origin), "## Versions", _versions(metrics)]
    return "\n\n".join(parts) + "\n"


def header(metrics: Metrics) -> str:
    """The YAML block; values are written as JSON, which is YAML."""
    lines = [
        "---",
        "language: vi",
        "license: mit",
        "library_name: vn-directives",
        "pipeline_tag: token-classification",
        "tags: [onnx, roberta, named-entity-recognition, government, legal]",
        "metrics: [precision, recall, f1]",
        "model-index:",
        f"- name: {json.dumps(metrics['name'])}",
        "  results:",
    ]
    for name, state in metrics["files"].items():
        whole = state["labels"]["all"]
        lines += [
            "  - task: {type: token-classification, name: Named entity recognition}",
            f"    dataset: {{type: vn-directives, name: {json.dumps(name)}}}",
            "    metrics:",
        ]
        for kind, title in (("p", "precision"), ("r", "recall"), ("f1", "f1")):
            lines.append(f"    - {{type: {title}, name: Strict span {title}, "
                         f"value: {whole[kind]:.4f}}}")  # fmt: skip
    return "\n".join([*lines, "---"])


def _labels() -> str:
    info = [LABEL_INFO[label] for label in LABELS]
    rows = [[str(x.label), x.vi, x.definition, x.example] for x in info]
    return figures.table(["label", "in Vietnamese", "what", "example"], rows).replace("---:", "---")


def _exactness(metrics: Metrics) -> str:
    text = (
        "Strict F1: same start, same end, same label, or wrong. Intervals hold 95 % of 1,000 "
        "bootstrap samples of the documents. The figures are of the exported model with the "
        "certain rules, as `extract` runs it."
    )
    fitted = metrics.get("fitted_on")
    if fitted in metrics["files"]:
        text += f" `{fitted}` chose model and settings, so its figures lean to the bright side."
    if len(metrics["files"]) > 1:
        text += " The small files have wide intervals: take them as a check, not as a ranking."
    return text


def _confidence(metrics: Metrics) -> str:
    files, fitted = metrics["files"], metrics.get("fitted_on")
    rows = [
        [
            f"{name} (fitted on)" if name == fitted else name,
            "–" if state["calibration_error"] is None else f"{state['calibration_error']:.3f}",
            str(sum(b["count"] for b in state["bins"])),
        ]
        for name, state in files.items()
    ]
    text = (
        "A mention's confidence is the smallest CRF marginal of its words and the word after it, "
        "mapped by isotonic regression to the share that was right"
    )
    if fitted in files:
        honest = " and ".join(f"`{name}`" for name in files if name != fitted)
        text += (
            f" on `{fitted}`. The calibration error there is measured on the data that the map was "
            "fitted on and so says little"
        )
        text += f"; {honest} are the honest ones." if honest else "."
    else:
        text += " on the development documents."
    head = ["file", "expected calibration error", "mentions found"]
    return (
        f"{text} Bins are ten, of equal width.\n\n{figures.table(head, rows)}\n\n"
        "![Reliability of the confidences](reliability.svg)"
    )


def _faults(metrics: Metrics) -> str:
    text = (
        "A gold and a found span that overlap are one error: *boundary wrong* where the label is "
        "right, else *label wrong* (counted under the gold label). The rest is *missed* or "
        f"*spurious*.\n\n{figures.fault_counts(metrics['files'])}"
    )
    shown = metrics.get("examples", [])
    if not shown:
        return text
    lines = ["The first of each kind in `samples`, whose texts were written for this repository:"]
    for kind, title in KIND_NAMES.items():
        some = [x for x in shown if x["kind"] == kind]
        if some:
            lines += ["", f"*{title}*", "", *(_example(x) for x in some)]
    return text + "\n\n" + "\n".join(lines)


def _example(x: Mapping[str, str]) -> str:
    sides = []
    for side in ("gold", "found"):
        if side in x:
            name = f" as {x[side + '_label']}" if x["kind"] == "label" else ""
            sides.append(f"{side}{name}: “{_plain(x[side])}”")
    return f"- {x['label']}: {'; '.join(sides)}"


def _plain(text: str) -> str:
    """Text in which Markdown finds nothing to do."""
    return "".join("\\" + c if c in "\\`*_[]<>#|" else c for c in text)


def _foreign(metrics: Metrics) -> bool:
    return str(metrics.get("base") or "").startswith("vinai/")


def _made(metrics: Metrics) -> str:
    return "\n".join(f"- {fact}" for fact in facts(metrics))


def facts(metrics: Metrics) -> list[str]:
    """How the model was made, as far as ``metrics`` says."""
    model, out = metrics["model"], []
    config, training = model.get("config"), model.get("training")
    tokens = f"{model['vocabulary']:,}"
    if config:
        out.append(
            f"PhoBERT architecture ([Nguyen and Nguyen 2020]({DOI}): RoBERTa's encoder over the "
            f"words of a segmenter), {'fine-tuned' if _foreign(metrics) else 'trained'} here: "
            f"{config['num_hidden_layers']} layers, width {config['hidden_size']}, "
            f"{config['num_attention_heads']} heads, {tokens} byte-pair tokens."
        )
    else:
        out.append(
            f"PhoBERT architecture ([Nguyen and Nguyen 2020]({DOI})), trained here; "
            f"{tokens} byte-pair tokens."
        )
    out.append(f"Words by {model['segmenter']}; overlapping windows of at most {model['limit']} "
               "pieces that end with a sentence where they can, nothing truncated.")  # fmt: skip
    out.append("A classifier over the words' first pieces; a linear-chain CRF joins their tags.")
    pre = metrics.get("pretraining")
    if pre:
        loss = pre.get("loss", pre.get("final_loss"))
        seed = "" if pre.get("seed") is None else f", seed {pre['seed']}"
        out.append(
            f"Pre-trained on masked words: {pre['tokens']:,} token visits, masked loss "
            f"{loss:.2f} at the end{seed}."
        )
    measured = {state["sha256"] for state in metrics["files"].values()}
    inputs: Sequence[str] = [
        f"`{name}` (`{sha[:12]}…`)"
        for name, sha in metrics.get("inputs", {}).items()
        if sha not in measured
    ]
    if inputs:
        silver = metrics.get("silver_documents") or 0
        machine = f", after {silver:,} documents labelled by machine" if silver else ""
        documents = metrics.get("documents")
        many = f" on {documents:,} documents annotated by hand" if documents else ""
        out.append(f"Fine-tuned{many}{machine}; files and SHA-256: {', '.join(inputs)}.")
    if training:
        out.append(
            f"{training['epochs']} epochs, windows in batches of {training['batch']}, learning "
            f"rates {training['lr_encoder']:g} (encoder, times {training['layer_decay']:g} a layer "
            f"downwards) and {training['lr_head']:g} (the rest), weights averaged from "
            f"{training['average_from']:.0%} of the steps on, seed {training['seed']}."
        )
    elif metrics.get("seed") is not None:
        out.append(f"Seed {metrics['seed']}.")
    out.append(_export(metrics))
    return out


def _export(metrics: Metrics) -> str:
    model = metrics["model"]
    kind = "int8 (dynamic quantisation)" if model["int8"] else "single precision"
    text = f"ONNX, {kind}: `model.onnx` {model['bytes'] / 1e6:.1f} MB, SHA-256 `{model['sha256']}`."
    full = metrics.get("fp32")
    if full:
        pairs = ", ".join(
            f"{name} {f1:.4f} → {metrics['files'][name]['labels']['all']['f1']:.4f}"
            for name, f1 in full["f1"].items()
            if name in metrics["files"]
        )
        size = f" has {full['bytes'] / 1e6:.1f} MB" if "bytes" in full else " is larger"
        text += f" Single precision{size}; strict F1 from it to the shipped form: {pairs}."
    return text


def _versions(metrics: Metrics) -> str:
    pairs = [[name, version] for name, version in metrics["versions"].items()]
    return figures.table(["package", "version"], pairs).replace("---:", "---")
