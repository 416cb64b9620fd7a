"""Word-by-word encoding gives PhobertTokenizer's own ids."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path

import pytest

from pipeline.errors import ModelCorrupt
from pipeline.segment import segment
from pipeline.subword import BOS, EOS, UNK, Subwords
from pipeline.text import clean, old_tone

LINES = [
    "Ủy_ban nhân_dân tỉnh Thái_Bình ban_hành Kế_hoạch số 57 / KH-UBND",
    "phấn_đấu đạt 95,5 % vào năm 2025 🇻🇳 ,",
    "Thuỷ_lợi và Hoà_bình , GRDP 8,5 % ệ ﬁ",
]


@pytest.fixture(scope="module")
def small_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vocabulary in PhoBERT's two files, learned from the sample documents."""
    from pipeline.training.vocab import train_vocab

    folder = tmp_path_factory.mktemp("vocab")
    samples = Path(__file__).parents[2] / "corpora" / "gold" / "samples.jsonl"
    texts = [json.loads(line)["text"] for line in samples.read_text("utf-8").splitlines()]
    words = (" ".join(segment(clean(t).text).word_texts()) for t in texts for _ in range(3))
    train_vocab(words, folder, size=900)
    return folder


@pytest.mark.train
def test_ids_equal_the_reference_on_a_small_vocabulary(small_vocabulary: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra `train`")
    reference = transformers.PhobertTokenizer(
        str(small_vocabulary / "vocab.txt"), str(small_vocabulary / "bpe.codes")
    )
    subwords = Subwords.from_folder(small_vocabulary, "as-is")
    for line in LINES:
        ids = [i for word in subwords.encode(line.split()) for i in word]
        assert [BOS, *ids, EOS] == reference(line)["input_ids"]
    assert subwords.mask == reference.mask_token_id


@pytest.mark.train
def test_ids_equal_phoberts_on_a_sample_of_raw_text(shared_corpora: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra `train`")
    folder = shared_corpora / "phobert-vocab"
    reference = transformers.PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    subwords = Subwords.from_folder(folder, "old")
    assert subwords.mask == 64_000
    checked = 0
    with lzma.open(shared_corpora / "raw" / "directives.jsonl.xz", "rt", encoding="utf-8") as rows:
        for row in islice(rows, 0, 2000, 40):
            for line in clean(json.loads(row)["text"]).text.split("\n"):
                words = segment(line).word_texts()
                if not words or max(map(len, words)) > 100:
                    continue
                ids = [i for word in subwords.encode(words) for i in word]
                expected = reference.convert_tokens_to_ids(
                    reference.tokenize(old_tone(" ".join(words)))
                )
                assert ids == expected, line
                checked += 1
    assert checked > 100


def test_a_word_is_never_without_an_id(small_vocabulary: Path) -> None:
    subwords = Subwords.from_folder(small_vocabulary)
    assert subwords.encode(["", "🇻🇳", "ᄒ", "a" * 500])[1] == [UNK] * len(
        subwords.encode(["🇻🇳"])[0]
    )
    assert all(subwords.encode(["", "🇻🇳", "ᄒ", "a" * 500]))


def test_both_placements_of_a_tone_mark_share_their_ids(small_vocabulary: Path) -> None:
    new, old = Subwords.from_folder(small_vocabulary).encode(["Ủy_ban", "Uỷ_ban"])
    assert new == old


FAULTS = [
    ("vocab.txt", None, "vocab.txt is missing"),
    ("bpe.codes", None, "bpe.codes is missing"),
    ("vocab.txt", "một\n", "vocab.txt:1: expected a token and its count"),
    ("bpe.codes", "a b\n", "bpe.codes:1: expected two pieces and a count"),
]


@pytest.mark.parametrize(("file", "content", "message"), FAULTS)
def test_broken_vocabularies(
    small_vocabulary: Path, tmp_path: Path, file: str, content: str | None, message: str
) -> None:
    for name in ("vocab.txt", "bpe.codes"):
        (tmp_path / name).write_bytes((small_vocabulary / name).read_bytes())
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=message):
        Subwords.from_folder(tmp_path)
