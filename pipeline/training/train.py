"""Fine-tuning: gold (and silver) documents to a tagger, reproducible by its seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import RobertaConfig, RobertaModel

from pipeline.align import Encoded, WordEncoder, batch, merge, windows
from pipeline.errors import ConfigError
from pipeline.labels import bio_labels
from pipeline.training.data import Example
from pipeline.training.model import DirectiveTagger, tagger_config

RETIRED = ("local_features", "feature_dropout")  # settings of versions 0.1 to 0.3
TAG = {name: i for i, name in enumerate(bio_labels())}


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What a fine-tuning run is made of; written into the model's folder."""

    epochs: int = 14
    batch: int = 16
    limit: int = 126  # pieces a window, without <s> and </s>
    overlap: int = 20
    lr_encoder: float = 2e-4
    lr_head: float = 1e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.08
    word_dropout: float = 0.1
    average_from: float = 0.6  # average the weights over this last part of the steps
    seed: int = 13

    @classmethod
    def read(cls, path: Path) -> TrainSettings:
        """The settings that ``training.json`` states; what only older versions had is passed over.

        Raises OSError, ValueError or TypeError when it can't be read.
        """
        state = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(state, dict):
            raise TypeError("no JSON object")
        return cls(**{k: v for k, v in state.items() if k not in RETIRED})


def new_tagger(
    encoder: Path | None, config: RobertaConfig, settings: TrainSettings
) -> DirectiveTagger:
    """A tagger on a pre-trained encoder's folder, or on a random one (``None``).

    Raises ConfigError when the folder lacks files of a Hugging Face RoBERTa checkpoint.
    """
    torch.manual_seed(settings.seed)
    model = DirectiveTagger(tagger_config(config))
    if encoder is not None:
        loaded = RobertaModel.from_pretrained(encoder, add_pooling_layer=False)
        model.roberta.load_state_dict(loaded.state_dict(), strict=True)
    return model


def _parameter_groups(model: DirectiveTagger, s: TrainSettings) -> list[dict[str, Any]]:
    layers = model.config.num_hidden_layers
    groups = []
    for name, p in model.named_parameters():
        if name.startswith("roberta.embeddings"):
            lr = s.lr_encoder * s.layer_decay ** (layers + 1)
        elif name.startswith("roberta.encoder.layer."):
            lr = s.lr_encoder * s.layer_decay ** (layers - int(name.split(".")[3]))
        else:
            lr = s.lr_head
        decay = s.weight_decay if p.ndim > 1 and "step" not in name else 0.0
        groups.append({"params": [p], "lr": lr, "base": lr, "weight_decay": decay})
    return groups


def _random_windows(
    documents: Sequence[Encoded], s: TrainSettings, rng: random.Random
) -> list[tuple[int, int, int]]:
    """Windows over all documents, cut at another place every epoch."""
    out = []
    for d, e in enumerate(documents):
        n = len(e.starts) - 1
        first = -rng.randrange(1, 60) if n > 60 else 0
        while first < n:
            a = max(first, 0)
            room = s.limit if first >= 0 else max(20, s.limit + 2 * first)
            b = int(np.searchsorted(e.starts, e.starts[a] + room, side="right")) - 1
            b = min(max(b, a + 1), n)
            out.append((d, a, b))
            if b == n:
                break
            first = b
    rng.shuffle(out)
    out.sort(key=lambda w: int(documents[w[0]].starts[w[2]] - documents[w[0]].starts[w[1]]) // 24)
    return out


def _batches(
    documents: Sequence[Encoded],
    tags: Sequence[NDArray[np.int64]],
    s: TrainSettings,
    mask_id: int,
    rng: random.Random,
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    parts = _random_windows(documents, s, rng)
    chunks = [parts[i : i + s.batch] for i in range(0, len(parts), s.batch)]
    rng.shuffle(chunks)
    for chunk in chunks:
        made = batch([(documents[d], a, b) for d, a, b in chunk], s.limit)
        noise = np.random.default_rng(rng.getrandbits(32))
        ids = made.ids.copy()
        ids[(noise.random(ids.shape) < s.word_dropout) & (ids > 3)] = mask_id
        width = max(len(h) for h in made.heads)
        heads = np.zeros((len(chunk), width), np.int64)
        target = np.zeros((len(chunk), width), np.int64)
        on = np.zeros((len(chunk), width), bool)
        for row, ((d, a, b), head) in enumerate(zip(chunk, made.heads, strict=True)):
            heads[row, : len(head)] = head
            target[row, : len(head)] = tags[d][a:b]
            on[row, : len(head)] = head <= s.limit
        yield tuple(torch.from_numpy(x) for x in (ids, heads, target, on))  # type: ignore[misc]


def fit(
    model: DirectiveTagger,
    encode: WordEncoder,
    examples: Sequence[Example],
    settings: TrainSettings,
    *,
    on_epoch: Callable[[int, float], None] | None = None,
    out: Path | None = None,
) -> DirectiveTagger:
    """Train on whole documents; weights averaged over the last part of the steps.

    With ``out``, the state is kept there each epoch and a killed run goes on from it.
    """
    if not examples:
        raise ConfigError("no training documents: name at least one file with gold rows")
    documents = [encode(e.segmented) for e in examples]
    tags = [np.array([TAG[t] for t in e.tags], np.int64) for e in examples]
    optimiser = torch.optim.AdamW(_parameter_groups(model, settings), betas=(0.9, 0.98), fused=True)
    per_epoch = len(_random_windows(documents, settings, random.Random(0))) // settings.batch + 1
    total = max(1, settings.epochs * per_epoch)
    average = torch.optim.swa_utils.AveragedModel(model)
    step = first_epoch = 0
    state_path = out / "train_state.pt" if out else None
    if state_path and state_path.is_file():
        try:
            state = torch.load(state_path, weights_only=True)
            model.load_state_dict(state["model"])
            average.load_state_dict(state["average"])
            optimiser.load_state_dict(state["optimiser"])
            step, first_epoch = state["step"], state["epoch"]
        except Exception as error:  # of zip files, of pickles, of torch
            raise ConfigError(
                f"{state_path} can't be read, or is of another model ({error}): remove it to "
                "begin anew"
            ) from error
    for epoch in range(first_epoch, settings.epochs):
        rng = random.Random(settings.seed * 1000 + epoch)
        torch.manual_seed(settings.seed * 1000 + epoch)
        model.train()
        losses: list[float] = []
        for ids, heads, target, on in _batches(
            documents, tags, settings, encode.subwords.mask, rng
        ):
            progress = min(1.0, step / total)
            rate = min(progress / settings.warmup, (1 - progress) / (1 - settings.warmup))
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * max(rate, 0.01)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                emissions = model(ids)
            at = heads[..., None].expand(-1, -1, emissions.shape[-1])
            loss = model.loss(emissions.gather(1, at), target, on)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(float(loss.detach()))
            if step > settings.average_from * total:
                average.update_parameters(model)
        if state_path:
            _keep(
                {"model": model.state_dict(), "average": average.state_dict(),
                 "optimiser": optimiser.state_dict(), "step": step, "epoch": epoch + 1},
                state_path,
            )  # fmt: skip
        if on_epoch:
            on_epoch(epoch, sum(losses) / len(losses))
    if int(average.n_averaged) > 0:
        model.load_state_dict(average.module.state_dict())
    if state_path:
        state_path.unlink()
    return model.eval()


def _keep(state: dict[str, Any], path: Path) -> None:
    """Write the state of a run; the one before it stays until this one is whole."""
    part = path.with_suffix(".tmp")
    try:
        with part.open("wb") as file:  # a path would be written in C++, whose errors say little
            torch.save(state, file)
        part.replace(path)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        raise OSError(f"{part} can't be written; is the disk full?") from error


@torch.no_grad()
def emissions_of(
    model: DirectiveTagger, documents: Sequence[Encoded], settings: TrainSettings, size: int = 32
) -> list[NDArray[np.float32]]:
    """Emissions a word for whole documents, through overlapping windows."""
    model.eval()
    parts = [
        (d, a, b)
        for d, e in enumerate(documents)
        for a, b in windows(e.starts, settings.limit, settings.overlap, e.sentences)
    ]
    order = sorted(
        parts, key=lambda w: int(documents[w[0]].starts[w[2]] - documents[w[0]].starts[w[1]])
    )
    scores: dict[tuple[int, int, int], NDArray[np.float32]] = {}
    for i in range(0, len(order), size):
        chunk = order[i : i + size]
        made = batch([(documents[d], a, b) for d, a, b in chunk], settings.limit)
        got = model(torch.from_numpy(made.ids)).float().numpy()
        for row, (part, head) in enumerate(zip(chunk, made.heads, strict=True)):
            scores[part] = got[row, np.minimum(head, settings.limit)]
    out = []
    for d, e in enumerate(documents):
        mine = [p for p in parts if p[0] == d]
        out.append(
            merge(len(e.starts) - 1, [p[1:] for p in mine], [scores[p] for p in mine], len(TAG))
        )
    return out


def save(model: DirectiveTagger, folder: Path, settings: TrainSettings, half: bool = True) -> None:
    """``model.safetensors`` (half precision unless told), ``config.json``, ``training.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {k: (v.half() if half else v).contiguous() for k, v in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    model.config.save_pretrained(folder)
    (folder / "training.json").write_text(json.dumps(asdict(settings), indent=1) + "\n")


def load(folder: Path) -> DirectiveTagger:
    """The tagger of :func:`save`, in single precision."""
    model = DirectiveTagger(RobertaConfig.from_pretrained(folder))
    tensors = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    model.load_state_dict(tensors, strict=True)
    return model.eval()
