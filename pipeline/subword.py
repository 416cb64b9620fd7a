"""PhoBERT's byte-pair encoding, word by word, at the speed of ``tokenizers``.

A vocabulary is two files in PhoBERT's layout: ``vocab.txt`` (a token and its count a
line; ``@@`` marks a piece that another follows) and ``bpe.codes`` (a merge and its
count a line; ``</w>`` marks the end of a word). Ids 0–3 are ``<s> <pad> </s> <unk>``,
the id after the last line of ``vocab.txt`` is ``<mask>``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import ModelCorrupt
from pipeline.text import new_tone, old_tone

BOS, PAD, EOS, UNK = 0, 1, 2, 3
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
TONES: dict[str, Callable[[str], str]] = {"new": new_tone, "old": old_tone, "as-is": str}
_CACHE_SIZE = 200_000


class Subwords:
    """Encodes segmented words (``Bộ_Tài_chính``) to ids, one short list a word.

    >>> subwords = Subwords.from_folder(folder)               # doctest: +SKIP
    >>> subwords.encode(["Ủy_ban", "nhân_dân"])               # doctest: +SKIP
    [[1532], [418]]
    """

    def __init__(self, vocab: dict[str, int], merges: list[tuple[str, str]], tone: str) -> None:
        from tokenizers import Tokenizer, models

        # Merge products that vocab.txt lacks: PhobertTokenizer gives them <unk>.
        inner = {_inner(token): i for token, i in vocab.items() if i > UNK}
        self._known = len(vocab)
        missing = {a + b for a, b in merges} | {p for pair in merges for p in pair}
        for piece in sorted(missing - inner.keys()):
            inner[piece] = self._known + 1 + len(inner)
        inner["<unk>"] = UNK
        self._bpe = Tokenizer(
            models.BPE(inner, merges, unk_token="<unk>", end_of_word_suffix="</w>")
        )
        self._tone = TONES[tone]
        self._cache: dict[str, list[int]] = {}
        self.size = self._known + 1
        self.mask = self._known

    @classmethod
    def from_folder(cls, folder: Path, tone: str = "new") -> Subwords:
        """Load ``vocab.txt`` and ``bpe.codes``; ``tone`` says how the vocabulary spells
        (``old`` for PhoBERT, ``new`` for ours). Raises ModelCorrupt naming the bad line."""
        vocab = {token: i for i, token in enumerate(SPECIALS)}
        path = folder / "vocab.txt"
        for n, line in enumerate(_lines(path), 1):
            token, _, count = line.rpartition(" ")
            if not token or not count.isdigit():
                raise ModelCorrupt(f"{path}:{n}: expected a token and its count, got {line!r}")
            vocab[token] = len(vocab)
        merges = []
        path = folder / "bpe.codes"
        for n, line in enumerate(_lines(path), 1):
            *parts, count = line.split()
            if not count.isdigit() or len(parts) > 2:
                raise ModelCorrupt(f"{path}:{n}: expected two pieces and a count, got {line!r}")
            if len(parts) == 2:  # PhoBERT has merges of white space, which no word contains
                merges.append((parts[0], parts[1]))
        return cls(vocab, merges, tone)

    def encode(self, words: Sequence[str]) -> list[list[int]]:
        """Ids of each word; never an empty list, ``[UNK]`` at worst."""
        cache = self._cache
        out = []
        for word in words:
            ids = cache.get(word)
            if ids is None:
                ids = self._encode_word(word)
                if len(cache) >= _CACHE_SIZE:
                    cache.clear()
                cache[word] = ids
            out.append(ids)
        return out

    def _encode_word(self, word: str) -> list[int]:
        # A word of hundreds of characters is no word: its first piece stands for it.
        ids = self._bpe.encode(self._tone(word[:100])).ids
        return [i if i < self._known else UNK for i in ids] or [UNK]


def _inner(token: str) -> str:
    return token[:-2] if token.endswith("@@") else token + "</w>"


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise ModelCorrupt(f"{path} is missing: copy it from the model's folder")
    # Not splitlines: PhoBERT's files hold other line separators inside tokens.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
