"""What ``bench.py`` runs side by side: each peer is made once and then reads one text a call.

Every peer does its whole job from raw text, so where it needs words, segmentation counts.
A peer whose package is missing raises ImportError with the package's name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.align import Encoded

Run = Callable[[str], object]
ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "models" / "vn-directives-small"
PHOBERT_VOCAB = ROOT.parent / "shared" / "corpora" / "phobert-vocab"


@dataclass(frozen=True, slots=True)
class Peer:
    """A name for the table, how it is made, and how many characters it reads a round."""

    name: str
    make: Callable[[], Run]
    characters: int


def segmentation() -> Run:
    """underthesea's ``word_tokenize`` by line."""
    from underthesea import word_tokenize

    from pipeline.text import clean

    def run(text: str) -> object:
        lines = clean(text).text.split("\n")
        return [word_tokenize(line, use_token_normalize=False) for line in lines if line.strip()]

    return run


def ours(model: Path | None = None) -> Run:
    """``extract`` with the shipped model, or another."""
    from pipeline import extract

    return lambda text: extract(text, model=model) if model else extract(text)


def ner_whole() -> Run:
    """``underthesea.ner`` on a text as it is."""
    from underthesea import ner

    return ner


def ner_lines() -> Run:
    """``underthesea.ner`` line by line, which is several times faster."""
    from underthesea import ner

    return lambda text: [ner(line) for line in text.split("\n") if line.strip()]


def dateparser_search() -> Run:
    """``dateparser.search`` for Vietnamese: dates alone."""
    from dateparser.search import search_dates

    return lambda text: search_dates(text, languages=["vi"])


def phobert_config() -> object:
    """PhoBERT-base's sizes: 12 layers of 768, 64,001 pieces, 258 positions."""
    from transformers import RobertaConfig

    from pipeline.labels import bio_labels

    return RobertaConfig(
        vocab_size=64_001, hidden_size=768, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=3072, max_position_embeddings=258, type_vocab_size=1,
        layer_norm_eps=1e-5, num_labels=len(bio_labels()),
    )  # fmt: skip


def phobert_torch() -> Run:
    """A model of PhoBERT-base's size in PyTorch fp32, as ``transformers`` runs it: word by
    word tokenised, 254 pieces a forward pass. Random weights: speed doesn't depend on them."""
    import torch
    from transformers import PhobertTokenizer, RobertaForTokenClassification

    from pipeline.segment import segment
    from pipeline.text import clean

    torch.set_num_threads(1)
    folder = vocabulary()
    tokenizer = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    model = RobertaForTokenClassification(phobert_config()).eval()

    def run(text: str) -> object:
        words = " ".join(segment(clean(text).text).word_texts())
        pieces = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(words))
        with torch.no_grad():
            return [
                model(torch.tensor([[0, *pieces[i : i + 254], 2]])).logits
                for i in range(0, len(pieces), 254)
            ]

    return run


def vocabulary() -> Path:
    """PhoBERT's own vocabulary where it can be read in place, else the shipped model's."""
    return PHOBERT_VOCAB if PHOBERT_VOCAB.is_dir() else SHIPPED


_kept: list[tempfile.TemporaryDirectory[str]] = []


def phobert_onnx() -> Run:
    """The same size in our own pipeline: exported as ours is, int8, windows of 254 pieces."""
    return ours(phobert_folder())


def ours_fp32() -> Run:
    """The shipped model in single precision."""
    return ours(fp32_folder())


@cache
def fp32_folder() -> Path:
    """The shipped model in single precision, from its ``model.safetensors``."""
    from pipeline.training.train import load

    return export(load(SHIPPED), SHIPPED, limit=126, quantize=False)


@cache
def phobert_folder() -> Path:
    """A model of PhoBERT-base's size with random weights, int8, windows of 254 pieces."""
    from pipeline.training.model import DirectiveTagger, tagger_config

    model = DirectiveTagger(tagger_config(phobert_config()))  # type: ignore[arg-type]
    return export(model, vocabulary(), limit=254, quantize=True)


def taggers() -> Iterator[tuple[str, Callable[[str], int]]]:
    """The taggers alone: each reads a text and says how many pieces it tagged; only the
    time within the model counts, so words and pieces are made beforehand."""
    folders = {
        "shipped, int8": lambda: SHIPPED,
        "shipped, fp32": fp32_folder,
        "PhoBERT-base size, int8": phobert_folder,
    }
    for name, folder in folders.items():
        yield name, _tagger(folder())


def _tagger(folder: Path) -> Callable[[str], int]:
    from pipeline.segment import segment
    from pipeline.tagger import Tagger
    from pipeline.text import clean

    tagger = Tagger(folder)

    @cache
    def encoded(text: str) -> Encoded:
        cleaned = clean(text).text
        return tagger.encode(segment(cleaned))

    def run(text: str) -> int:
        tagger.emissions(encoded(text))
        return len(encoded(text).pieces)

    return run


def export(model: object, vocab: Path, limit: int, quantize: bool) -> Path:
    """A served folder in a temporary place that lives as long as the process."""
    from pipeline.training.export import write_folder
    from pipeline.training.train import TrainSettings

    _kept.append(tempfile.TemporaryDirectory())
    folder = Path(_kept[-1].name)
    write_folder(
        model, vocab, folder, TrainSettings(limit=limit),  # type: ignore[arg-type]
        name="bench", tone="new", calibration=[[0.0, 0.0], [1.0, 1.0]], quantize=quantize,
    )  # fmt: skip
    return folder


PEERS = (
    Peer("extract", ours, 150_000),
    Peer("segmentation alone", segmentation, 150_000),
    Peer("extract, fp32", ours_fp32, 100_000),
    Peer("underthesea.ner by line", ner_lines, 40_000),
    Peer("underthesea.ner", ner_whole, 12_000),
    Peer("dateparser.search", dateparser_search, 60_000),
    Peer("PhoBERT-base size, ONNX int8, our pipeline", phobert_onnx, 12_000),
    Peer("PhoBERT-base size, PyTorch fp32", phobert_torch, 6_000),
)


def chosen(names: list[str] | None) -> Iterator[Peer]:
    """The peers of these names, all of them for ``None``."""
    known = {peer.name: peer for peer in PEERS}
    for name in names or known:
        if name not in known:
            raise SystemExit(f"no peer {name!r}; there are: {', '.join(known)}")
        yield known[name]
