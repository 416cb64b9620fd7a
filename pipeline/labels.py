"""The one label scheme: everything that names a label is derived from this file.

Definitions follow the annotation guide in ``docs/annotation.md``; the order of
:data:`LABELS` and :func:`bio_labels` is frozen for a ``SCHEMA_VERSION``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What a mention is."""

    DOC_NUMBER = "DOC_NUMBER"
    DATE = "DATE"
    AGENCY = "AGENCY"
    TARGET = "TARGET"
    DEADLINE = "DEADLINE"


class Relation(StrEnum):
    """How two mentions belong together."""

    ISSUED_ON = "ISSUED_ON"
    ISSUED_BY = "ISSUED_BY"
    DUE = "DUE"
    ASSIGNED_TO = "ASSIGNED_TO"


@dataclass(frozen=True, slots=True)
class LabelInfo:
    """How a label is shown and explained."""

    label: Label
    vi: str
    definition: str
    example: str
    colour: str
    hotkey: str


LABELS: tuple[Label, ...] = tuple(Label)

LABEL_INFO: dict[Label, LabelInfo] = {
    info.label: info
    for info in (
        LabelInfo(
            Label.DOC_NUMBER,
            "Số, ký hiệu văn bản",
            "The number, or number and symbol, that designates an official document; "
            "without its type and without “số”.",
            "Công văn số [2458/UBND-SNV]",
            "#7aa2f7",
            "1",
        ),
        LabelInfo(
            Label.DATE,
            "Thời gian",
            "A calendar point or period, from its temporal noun (ngày, tháng, năm, quý, "
            "giai đoạn …) or digits; not a vague time, a frequency or an age.",
            "[ngày 14-12-2021]",
            "#9ece6a",
            "2",
        ),
        LabelInfo(
            Label.AGENCY,
            "Cơ quan",
            "A public body by its full name with locality, or a generic addressee with a "
            "plural determiner or a level; not a bare place, a person or a company.",
            "[các sở, ban, ngành]; [UBND quận Tây Hồ]",
            "#e0af68",
            "3",
        ),
        LabelInfo(
            Label.TARGET,
            "Chỉ tiêu",
            "A quantified goal still to be reached: the measured thing, comparator, "
            "quantity and unit; not a result, a fee, a fine or a budget.",
            "[ít nhất 20% thủ tục hành chính nội bộ]",
            "#bb9af7",
            "4",
        ),
        LabelInfo(
            Label.DEADLINE,
            "Thời hạn",
            "The time by which something must be done or reached, from its limiting word "
            "(trước, đến, đến hết, trong, chậm nhất, không quá …) on.",
            "hoàn thành [trước ngày 30/6/2024]",
            "#f7768e",
            "5",
        ),
    )
}


def bio_labels() -> tuple[str, ...]:
    """BIO tags in the frozen order: ``O``, then ``B-x``, ``I-x`` for each label.

    >>> bio_labels()[:3]
    ('O', 'B-DOC_NUMBER', 'I-DOC_NUMBER')
    """
    return ("O", *(f"{prefix}-{label}" for label in LABELS for prefix in "BI"))


def id2label() -> dict[int, str]:
    """Tag ids as a model's ``config.json`` states them."""
    return dict(enumerate(bio_labels()))


def labels_hash() -> str:
    """Twelve hex digits that change when the tag set or its order does.

    A model folder carries this; :func:`pipeline.load` refuses one that differs.
    """
    return hashlib.sha256("\n".join(bio_labels()).encode()).hexdigest()[:12]
