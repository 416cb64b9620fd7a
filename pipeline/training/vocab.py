"""A byte-pair vocabulary of our own, in the two files of PhoBERT's layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.text import new_tone


def train_vocab(segmented: Iterable[str], folder: Path, size: int = 16_000) -> None:
    """Learn ``size`` tokens from lines of segmented text; write vocab.txt and bpe.codes.

    Words are counted once and given to the trainer by frequency, tone marks placed the
    new way, so that ``Uỷ_ban`` and ``Ủy_ban`` share a token.
    """
    from tokenizers import Tokenizer, models, trainers

    counts: Counter[str] = Counter()
    for line in segmented:
        counts.update(line.split())
    words: Counter[str] = Counter()
    for word, n in counts.items():
        if len(word) <= 40:
            words[new_tone(word)] += n
    repeated = (word for word, n in words.items() for _ in range(min(n, 100_000) // 8 + 1) if n > 2)
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    trainer = trainers.BpeTrainer(
        vocab_size=size - 5,
        limit_alphabet=400,
        end_of_word_suffix="</w>",
        show_progress=False,
        special_tokens=[],
    )
    bpe.train_from_iterator(repeated, trainer)
    _write(bpe, folder)


def _write(bpe: object, folder: Path) -> None:
    import json

    state = json.loads(bpe.to_str())["model"]  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    pieces = sorted(state["vocab"], key=state["vocab"].get)
    tokens = [p[:-4] if p.endswith("</w>") else p + "@@" for p in pieces]
    (folder / "vocab.txt").write_text("".join(f"{t} 1\n" for t in tokens), encoding="utf-8")
    merges = [m if isinstance(m, list) else m.split(" ") for m in state["merges"]]
    (folder / "bpe.codes").write_text("".join(f"{a} {b} 1\n" for a, b in merges), encoding="utf-8")
