"""A trained tagger as a model folder: ONNX (fp32 or int8), vocabulary, settings, sums."""

from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import asdict
from pathlib import Path

import torch

from pipeline.labels import labels_hash
from pipeline.models import TaggerConfig, sha256
from pipeline.segmenter import segmenter_version
from pipeline.training.model import DirectiveTagger
from pipeline.training.served import ServedTagger
from pipeline.training.train import TrainSettings


def export_onnx(model: DirectiveTagger, path: Path, quantize: bool) -> None:
    """Write ``path``, one window of any length a run; int8 weights when ``quantize``.

    Dynamic quantisation of matrix products and embedding tables (onnxruntime's
    ``quantize_dynamic``); the classifier stays in single precision.
    """
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    served = ServedTagger(model).eval()
    ids = torch.randint(4, model.config.vocab_size, (1, 12))
    full = path.with_suffix(".fp32.onnx")
    with warnings.catch_warnings():
        # Tracing fixes the Python branches of the encoder, which don't depend on the input.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            served,
            (ids,),
            str(full),
            input_names=["ids"],
            output_names=["emissions"],
            dynamic_axes={name: {1: "length"} for name in ("ids", "emissions")},
            opset_version=17,
            dynamo=False,
        )
    if quantize:
        logging.disable(logging.WARNING)  # advice about shapes that a dynamic graph can't take
        try:
            quantize_dynamic(
                str(full),
                str(path),
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Gather"],
                nodes_to_exclude=_classifier_nodes(full),
            )
        finally:
            logging.disable(logging.NOTSET)
        full.unlink()
    else:
        full.replace(path)


def _classifier_nodes(path: Path) -> list[str]:
    import onnx

    return [n.name for n in onnx.load(str(path)).graph.node if "classifier" in n.name]


def write_folder(
    model: DirectiveTagger,
    vocabulary: Path,
    folder: Path,
    settings: TrainSettings,
    *,
    name: str,
    tone: str,
    calibration: list[list[float]],
    quantize: bool = True,
) -> None:
    """Everything that serving needs, and ``SHA256SUMS`` over it."""
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(model, folder / "model.onnx", quantize)
    for file in ("vocab.txt", "bpe.codes"):
        if (vocabulary / file).resolve() != (folder / file).resolve():
            shutil.copyfile(vocabulary / file, folder / file)
    config = TaggerConfig(
        name=name,
        labels=labels_hash(),
        tone=tone,
        limit=settings.limit,
        overlap=settings.overlap,
        transitions=[[round(x, 4) for x in row] for row in model.transitions().tolist()],
        calibration=calibration,
        segmenter=segmenter_version(),
    )
    (folder / "tagger.json").write_text(
        json.dumps(asdict(config), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    write_sums(folder)


def write_sums(folder: Path) -> None:
    """``SHA256SUMS`` over the files that a model is, in ``sha256sum``'s format."""
    names = ("bpe.codes", "model.onnx", "model.safetensors", "tagger.json", "vocab.txt")
    (folder / "SHA256SUMS").write_text(
        "".join(f"{sha256(folder / n)}  {n}\n" for n in names if (folder / n).is_file())
    )
