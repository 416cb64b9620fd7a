"""Values, links, documents and assignments of very long texts: time grows with the length."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline.article import Article, Link, Span
from pipeline.assignments import tasks
from pipeline.documents import documents
from pipeline.labels import Label
from pipeline.link import _follow_deadline, _inherit_subject, _joint, link
from pipeline.normalize.agencies import agency_values
from pipeline.normalize.doc_numbers import doc_number_values
from pipeline.normalize.targets import target_values
from pipeline.normalize.times import time_values
from pipeline.resolve import resolve
from pipeline.rules import match

# Sentences that make each stage look around: antecedents, short names, joint documents,
# days without a year, orders without a subject, bodies that only support.
SENTENCES = [
    "<AGENCY>UBND tỉnh Hà Nam</> vừa ban hành Kế hoạch số <DOC_NUMBER>{n}/KH-UBND</> "
    "<DATE>ngày {d}/5/2023</> về chuyển đổi số.",
    "<AGENCY>UBND tỉnh</> giao <AGENCY>Sở Nội vụ</>, phối hợp với <AGENCY>Sở Tài chính</> "
    "hoàn thành <TARGET>{p}% hồ sơ</> <DEADLINE>trước ngày {d}/9</>.",
    "Cần cắt giảm <TARGET>ít nhất {p}% chi phí</> <DEADLINE>trong quý III</>.",
    "<AGENCY>Tổng công ty Sông Đà {n}</> và <AGENCY>Sông Đà {n}</> báo cáo <AGENCY>Ban Chỉ "
    "đạo</>, <AGENCY>Ban Chỉ đạo {n} tỉnh</> theo Quyết định này, cùng kế hoạch trên.",
    "Căn cứ Thông tư liên tịch số <DOC_NUMBER>{n}/2018/TTLT-BTC-BTP</> của <AGENCY>Bộ Tài "
    "chính</>, <AGENCY>Bộ Tư pháp</>, hiệu lực <DATE>từ hôm nay</>, họp <DATE>cùng ngày</>.",
    "<AGENCY>các sở, ban, ngành</>; <AGENCY>Thanh Liêm {n}</> báo cáo <DEADLINE>hằng tháng</>, "
    "số liệu <DATE>ngày {d}/{m}</>.",
]  # fmt: skip
FLOOR = 0.15  # seconds
GROWTH = 9  # of four times the text: 4 when linear, 16 when quadratic


def article(n: int, published: date | None) -> Article:
    """``n`` sentences with their mentions."""
    text, spans, sentences = "", [], []
    for i in range(n):
        marked = SENTENCES[i % len(SENTENCES)].format(n=i, d=1 + i % 28, p=1 + i % 99, m=1 + i % 12)
        begin, at = len(text), 0
        for found in re.finditer(r"<(\w+)>(.*?)</>", marked):
            text += marked[at : found.start()]
            spans.append(Span(Label(found[1]), len(text), len(text) + len(found[2])))
            text += found[2]
            at = found.end()
        text += marked[at:]
        sentences.append((begin, len(text)))
        text += "\n" if i % 3 else " "
    return Article(text, tuple(spans), tuple(sentences), published)


def links(of: Article) -> list[Link]:
    """Links as dense as a text can have them: to the next mention of a fitting label."""
    out = []
    want = {
        Label.DOC_NUMBER: [("ISSUED_BY", Label.AGENCY), ("ISSUED_ON", Label.DATE)],
        Label.TARGET: [("ASSIGNED_TO", Label.AGENCY), ("DUE", Label.DEADLINE)],
        Label.DEADLINE: [("ASSIGNED_TO", Label.AGENCY)],
    }
    for i, span in enumerate(of.spans):
        for name, label in want.get(span.label, []):
            near = [j for j in (i + 1, i + 2, i - 1, i - 2) if 0 <= j < len(of.spans)]
            out += [
                Link(name, i, j, 0.9) for j in near if of.spans[j].label is label
            ][:1]  # fmt: skip
    return out


STAGES: dict[str, tuple[int, Callable[[Article], Callable[[], Any]]]] = {
    # name: sentences of the shorter text, and what to time once the article is made
    "agencies": (1_200, lambda a: lambda: agency_values(a)),
    "numbers": (1_200, lambda a: lambda: doc_number_values(a)),
    "times": (1_200, lambda a: lambda: time_values(a)),
    "targets": (1_200, lambda a: lambda: target_values(a)),
    "link": (250, lambda a: lambda: link(a)),
    "link_rules": (1_200, lambda a: lambda: (
        _joint(a, links(a)), _follow_deadline(a, links(a)), _inherit_subject(a, links(a)))),
    "documents": (1_200, lambda a: lambda: documents(a, doc_number_values(a)[0], {}, {})),
    "tasks": (1_200, lambda a: lambda: tasks(a, links(a))),
    "resolve": (1_200, lambda a: lambda: resolve(
        a.text, a.spans, match(a.text), [(i, i + 1) for i in range(0, len(a.text), 40)])),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "published"), [*((name, date(2023, 5, 1)) for name in STAGES), ("times", None)]
)
def test_stage_is_linear(name: str, published: date | None) -> None:
    size, prepare = STAGES[name]

    def seconds(n: int) -> float:
        run = prepare(article(n, published))
        best = float("inf")
        for _ in range(2):
            begin = time.thread_time()
            run()
            best = min(best, time.thread_time() - begin)
        return best

    def linear() -> bool:
        long = seconds(4 * size)
        return long < FLOOR or long < GROWTH * seconds(size)

    seconds(60)  # caches that any text fills
    # A busy machine can disturb one comparison; a stage that is quadratic fails all of them.
    assert any(linear() for _ in range(3))
