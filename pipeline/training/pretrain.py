"""Masked-word pre-training of a PhoBERT-architecture encoder (RoBERTa's objective).

Whole underthesea words are masked (Cui et al. 2019); the head is computed on masked
positions only; word vectors learned beforehand (word2vec, Mikolov et al. 2013) are the
initial embeddings, which takes a small encoder off the first plateau of the loss.
Checkpoints hold weights, optimiser and place in the data, so a killed run goes on.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.subword import Subwords
from pipeline.training.pretrain_data import batches
from pipeline.training.pretrain_model import MaskedWordModel, PretrainSettings, encoder_config
from pipeline.training.pretrain_start import go_on_from, initialise


def pretrain(
    corpora: list[Path],
    subwords: Subwords,
    out: Path,
    settings: PretrainSettings,
    base: Path | None = None,
) -> None:
    """Train until ``settings.tokens`` were visited, resuming from ``out/state.pt`` if there.

    ``corpora`` are stems written by :func:`encode_corpus`. ``base`` is an encoder's folder to
    go on from (its head begins anew; one with fewer layers is
    deepened); without it the start is :func:`initialise`'s. Logs a
    JSON line every 200 steps to ``out/log.jsonl``: step, tokens, loss, tokens/s.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "settings.json").write_text(json.dumps(asdict(settings), indent=1))
    data = [
        (
            np.load(c.with_suffix(".ids.npy"), mmap_mode="r"),
            np.load(c.with_suffix(".first.npy"), mmap_mode="r"),
        )
        for c in corpora
    ]
    torch.manual_seed(settings.seed)
    model = MaskedWordModel(encoder_config(subwords.size, settings))
    state_path = out / "state.pt"
    step = 0
    optimisers = _optimisers(model, settings)
    if state_path.is_file():
        state: dict[str, Any] = torch.load(state_path, weights_only=True)
        model.load_state_dict(state["model"])
        for optimiser, kept in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        step = state["step"]
    elif base is not None:
        go_on_from(model, base)
    else:
        initialise(model, np.asarray(data[0][0]), settings)
    per_step = settings.batch * settings.length
    total = settings.tokens // per_step
    saved = mark = time.monotonic()
    losses: list[float] = []
    for ids, targets in batches(data, settings, subwords.mask, step):
        falling = (1 - step / total) / (1 - settings.decay_from)
        rate = min((step + 1) / settings.warmup, 1.0, max(0.02, falling))
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(ids, targets)
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
        step += 1
        losses.append(float(loss.detach()))
        done = step >= total or (out / "stop").exists()
        if step % 200 == 0 or done:
            now = time.monotonic()
            row = {
                "step": step,
                "tokens": step * per_step,
                "loss": round(sum(losses) / len(losses), 4),
                "tokens_per_s": round(len(losses) * per_step / (now - mark)),
            }
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(row) + "\n")
            mark, losses = now, []
        if done or time.monotonic() - saved > settings.save_every:
            _save(model, optimisers, step, out)
            saved = time.monotonic()
        if done:
            return


def _optimisers(model: MaskedWordModel, settings: PretrainSettings) -> list[torch.optim.Optimizer]:
    """AdamW for everything, or Muon (Jordan et al. 2024) for the matrices of the layers.

    Muon's steps are scaled to AdamW's size (Liu et al. 2025), so rates are comparable.
    """
    named = list(model.named_parameters())
    muon = settings.optimiser == "muon"
    matrices = [p for n, p in named if muon and p.ndim == 2 and "encoder.layer" in n]
    taken = set(map(id, matrices))
    rest = [p for _, p in named if id(p) not in taken]
    groups = [
        {"params": [p for p in rest if p.ndim > 1], "weight_decay": 0.01, "base": settings.lr},
        {"params": [p for p in rest if p.ndim <= 1], "weight_decay": 0.0, "base": settings.lr},
    ]
    out: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, lr=settings.lr, betas=(0.9, 0.98), eps=1e-6)
    ]
    if matrices:
        group = {"params": matrices, "base": settings.lr_matrices}
        last = torch.optim.Muon(
            [group], lr=settings.lr_matrices, weight_decay=0.05, ns_steps=4,
            adjust_lr_fn="match_rms_adamw",
        )  # fmt: skip
        out.append(last)
    return out


def _save(
    model: MaskedWordModel, optimisers: list[torch.optim.Optimizer], step: int, out: Path
) -> None:
    state = {
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optimisers],
        "step": step,
    }
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / "state.pt")
    model.roberta.save_pretrained(out / "encoder")
