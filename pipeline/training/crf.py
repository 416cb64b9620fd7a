"""The baseline: a linear-chain CRF over words with hand-made features (sklearn-crfsuite).

The same words, rules and tags as the transformer sees, so that what differs is the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.training.features import shape

_PAD = "▁"


def word_features(words: Sequence[str], rule_tags: Sequence[str]) -> list[list[str]]:
    """Feature strings for each word of one line of text.

    Word, affixes, shape and rule tag in a window of two; bigrams; what stands in the six
    words before and after from a small set of cue words (limits, goals, reports).
    """
    lower = [w.lower() for w in words]
    shapes = [shape(w) for w in words]
    n = len(words)
    out = []
    for i in range(n):

        def at(seq: Sequence[str], k: int, i: int = i) -> str:
            return seq[i + k] if 0 <= i + k < n else _PAD

        w = lower[i]
        parts = w.split("_")
        f = [
            "b",
            "w=" + w,
            "W=" + words[i],
            "a1=" + parts[0],
            "az=" + parts[-1],
            "s=" + shapes[i],
            "p2=" + w[:2],
            "p3=" + w[:3],
            "x2=" + w[-2:],
            "x3=" + w[-3:],
            "r=" + rule_tags[i],
        ]
        for k in (-3, -2, -1, 1, 2, 3):
            f.append(f"w{k}=" + at(lower, k))
            f.append(f"s{k}=" + at(shapes, k))
        for k in (-2, -1, 1, 2):
            f.append(f"r{k}=" + at(rule_tags, k))
            f.append(f"a{k}=" + at(lower, k).split("_")[0 if k > 0 else -1])
        f += [
            "w-1w=" + at(lower, -1) + " " + w,
            "ww1=" + w + " " + at(lower, 1),
            "w-2w-1=" + at(lower, -2) + " " + at(lower, -1),
            "w1w2=" + at(lower, 1) + " " + at(lower, 2),
            "w-1ww1=" + at(lower, -1) + " " + w + " " + at(lower, 1),
            "s-1ss1=" + at(shapes, -1) + shapes[i] + at(shapes, 1),
            "r-1r=" + at(rule_tags, -1) + rule_tags[i],
            "rr1=" + rule_tags[i] + at(rule_tags, 1),
            "w-1r=" + at(lower, -1) + rule_tags[i],
        ]
        for j in range(max(0, i - 8), i):
            if lower[j] in CUES:
                f.append("L=" + lower[j])
        for j in range(i + 1, min(n, i + 9)):
            if lower[j] in CUES:
                f.append("R=" + lower[j])
        out.append(f)
    return out


CUES = frozenset(
    """
    phấn_đấu mục_tiêu chỉ_tiêu đạt tăng giảm tối_thiểu ít_nhất trên dưới hơn không_quá %
    tỷ_lệ tỉ_lệ hoàn_thành trước đến hết trong chậm_nhất xong báo_cáo yêu_cầu giao phải cần
    đã được vừa ban_hành ký kết_quả so_với cùng_kỳ hiện nay thực_hiện bảo_đảm đảm_bảo xây_dựng
    kể_từ thời_hạn vòng ngày nhận hạn sẽ dự_kiến tiến_độ kế_hoạch từ có thêm thu_hút tổng
    hướng_dẫn chỉ_đạo đề_nghị gửi phạt mức hỗ_trợ tiền đồng giá lũy_kế ước tính
    """.split()
)


class CrfTagger:
    """Train on lines of (features, tags); tag with marginals."""

    def __init__(self, c1: float = 0.08, c2: float = 0.02, iterations: int = 120) -> None:
        import sklearn_crfsuite

        self._crf: Any = sklearn_crfsuite.CRF(
            algorithm="lbfgs", c1=c1, c2=c2, max_iterations=iterations, min_freq=1
        )

    def fit(self, features: list[list[list[str]]], tags: list[list[str]]) -> CrfTagger:
        self._crf.fit(features, tags)
        return self

    def predict(self, features: list[list[list[str]]]) -> list[list[str]]:
        out: list[list[str]] = [list(t) for t in self._crf.predict(features)]
        return out

    def marginals(self, features: list[list[list[str]]]) -> list[list[dict[str, float]]]:
        out: list[list[dict[str, float]]] = self._crf.predict_marginals(features)
        return out
