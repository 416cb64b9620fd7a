"""The tagger at run time: ONNX Runtime, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.align import Encoded, Floats, Ints, WordEncoder, batch, merge, windows
from pipeline.article import Span
from pipeline.decode import bio_decode, decode
from pipeline.errors import ModelCorrupt
from pipeline.labels import Label, bio_labels
from pipeline.models import REMEDY, TaggerConfig, model_dir, verify
from pipeline.segment import Segmented
from pipeline.subword import Subwords


class Tagger:
    """Loads a model folder once; ``tag`` gives spans of the cleaned text.

    >>> tagger = Tagger()            # doctest: +SKIP
    >>> tagger.tag([segment(text)])  # doctest: +SKIP
    """

    def __init__(self, model: str | Path | None = None, threads: int = 1) -> None:
        import onnxruntime

        folder = model_dir(model)
        self.sha256 = verify(folder)
        self.config = TaggerConfig.read(folder)
        self.encode = WordEncoder(Subwords.from_folder(folder, self.config.tone))
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
        self._step = np.asarray(self.config.transitions, np.float32)
        points = np.asarray(self.config.calibration, np.float64)
        self._raw, self._measured = points[:, 0], points[:, 1]

    def tag(self, documents: Sequence[Segmented]) -> list[list[Span]]:
        """Spans of each document, in text order, never overlapping, with a confidence."""
        return [self._tag(d) for d in documents]

    def _tag(self, document: Segmented) -> list[Span]:
        encoded = self.encode(document)
        return self._spans(document, self.emissions(encoded), encoded.lines)

    def emissions(self, encoded: Encoded) -> Floats:
        """Scores ``[words, tags]`` of a document, through overlapping windows."""
        limit, overlap = self.config.limit, self.config.overlap
        parts = windows(encoded.starts, limit, overlap, encoded.sentences)
        scores = [self._run(encoded, a, b) for a, b in parts]
        return merge(len(encoded.starts) - 1, parts, scores, len(bio_labels()))

    def _run(self, encoded: Encoded, first: int, last: int) -> Floats:
        """Scores of one window. Windows run one by one: int8 scales its activations by the
        run, so windows that share one would change each other's scores."""
        made = batch([(encoded, first, last)], self.config.limit)
        (got,) = self._session.run(["emissions"], {"ids": made.ids})
        # A word longer than a window is scored by its last visible piece.
        rows = np.minimum(made.heads[0], self.config.limit)
        return np.asarray(got[0, rows], np.float32)

    def _spans(self, segmented: Segmented, emissions: Floats, lines: Ints) -> list[Span]:
        tags, posterior = decode(emissions, self._step, lines)
        found = bio_decode(tags.tolist())
        if not found:
            return []
        sure = posterior[np.arange(len(tags)), tags]
        out = []
        starts = set(lines.tolist())
        for first, last, label in found:
            # The span is right when all its tags are and the line's next word doesn't go on.
            end = last if last in starts else min(last + 1, len(tags))
            raw = float(sure[first:end].min())
            confidence = float(np.interp(raw, self._raw, self._measured))
            start, stop = segmented.word_span(first)[0], segmented.word_span(last - 1)[1]
            out.append(Span(Label(label), start, stop, round(confidence, 4)))
        return out
