"""The tagger at run time: ONNX Runtime, many documents at once, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.align import (
    Encoded,
    Floats,
    WordEncoder,
    batch,
    bio_decode,
    legal_transitions,
    marginals,
    merge,
    viterbi,
    windows,
)
from pipeline.article import Span
from pipeline.errors import ModelCorrupt
from pipeline.features import rule_tags
from pipeline.labels import Label, bio_labels
from pipeline.models import REMEDY, TaggerConfig, model_dir, verify
from pipeline.rules import RuleMatch
from pipeline.segment import Segmented
from pipeline.subword import Subwords

WINDOWS_A_RUN = 16


@dataclass(frozen=True, slots=True)
class TaggerInput:
    """What the tagger reads of one document."""

    segmented: Segmented
    rules: Sequence[RuleMatch]


class Tagger:
    """Loads a model folder once; ``tag`` gives spans of the cleaned text.

    >>> tagger = Tagger()                                      # doctest: +SKIP
    >>> tagger.tag([TaggerInput(segment(text), match(text))])  # doctest: +SKIP
    """

    def __init__(self, model: str | Path | None = None, threads: int = 1) -> None:
        import onnxruntime

        folder = model_dir(model)
        self.sha256 = verify(folder)
        self.config = TaggerConfig.read(folder)
        self._encode = WordEncoder(Subwords.from_folder(folder, self.config.tone))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelCorrupt(
                f"{folder / 'model.onnx'} can't be loaded: {error}; {REMEDY}"
            ) from error
        self._start, _ = legal_transitions()
        self._step = np.asarray(self.config.transitions, np.float32)
        points = np.asarray(self.config.calibration, np.float64)
        self._raw, self._measured = points[:, 0], points[:, 1]

    def tag(self, documents: Sequence[TaggerInput]) -> list[list[Span]]:
        """Spans of each document, in text order, never overlapping, with a confidence."""
        return [
            self._spans(d.segmented, rows)
            for d, rows in zip(documents, self.emissions(documents), strict=True)
        ]

    def emissions(self, documents: Sequence[TaggerInput]) -> list[Floats]:
        """Scores ``[words, tags]`` of each document, through overlapping windows."""
        encoded = [
            self._encode(d.segmented, d.segmented.word_texts(), rule_tags(d.segmented, d.rules))
            for d in documents
        ]
        parts = [
            (d, a, b)
            for d, e in enumerate(encoded)
            for a, b in windows(e.starts, self.config.limit, self.config.overlap)
        ]
        # Windows of like length share a run, so that little is padding.
        order = sorted(range(len(parts)), key=lambda k: _pieces(encoded, parts[k]))
        scores: list[Floats] = [np.empty((0, 0), np.float32)] * len(parts)
        for i in range(0, len(order), WINDOWS_A_RUN):
            chunk = order[i : i + WINDOWS_A_RUN]
            for k, rows in zip(chunk, self._run(encoded, [parts[k] for k in chunk]), strict=True):
                scores[k] = rows
        out, at = [], 0
        for d, e in enumerate(encoded):
            n = at
            while n < len(parts) and parts[n][0] == d:
                n += 1
            out.append(
                merge(
                    len(e.starts) - 1, [p[1:] for p in parts[at:n]], scores[at:n], len(bio_labels())
                )
            )
            at = n
        return out

    def _run(
        self, encoded: Sequence[Encoded], chunk: Sequence[tuple[int, int, int]]
    ) -> list[Floats]:
        made = batch([(encoded[d], a, b) for d, a, b in chunk], self.config.limit)
        feed = {"ids": made.ids}
        if self.config.local_features:
            feed["features"] = made.features
        (got,) = self._session.run(["emissions"], feed)
        # A word longer than a window is scored by its last visible piece.
        return [
            got[row, np.minimum(head, self.config.limit)].astype(np.float32)
            for row, head in enumerate(made.heads)
        ]

    def _spans(self, segmented: Segmented, emissions: Floats) -> list[Span]:
        tags = viterbi(emissions, self._start, self._step)
        found = bio_decode(tags.tolist())
        if not found:
            return []
        posterior = marginals(emissions, self._start, self._step)
        sure = posterior[np.arange(len(tags)), tags]
        out = []
        for first, last, label in found:
            # The span is right when all its tags are and the next word doesn't go on.
            end = min(last + 1, len(tags))
            raw = float(sure[first:end].min())
            confidence = float(np.interp(raw, self._raw, self._measured))
            start, stop = segmented.word_span(first)[0], segmented.word_span(last - 1)[1]
            out.append(Span(Label(label), start, stop, round(confidence, 4)))
        return out


def _pieces(encoded: Sequence[Encoded], part: tuple[int, int, int]) -> int:
    d, a, b = part
    return int(encoded[d].starts[b] - encoded[d].starts[a])
