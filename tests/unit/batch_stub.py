"""An extractor that needs no model: finds "UBND", and misbehaves where the text asks for it."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors import ModelNotFound
from pipeline.labels import Label
from pipeline.schema import AgencyValue, Assignment, ErrorInfo, Evidence, Mention, Record


class Stub:
    def __init__(self, model: Any = None, threads: int = 1) -> None:
        if model == "missing":
            raise ModelNotFound("no model named 'missing'")

    def extract_many(
        self, items: Iterable[Any], *, batch_size: int, with_text: bool, with_meta: bool
    ) -> Iterator[Record]:
        batch = list(items)
        # Like a model's: a score that varies with the documents of the same batch.
        score = 0.5 + sum(len(item["text"]) for item in batch) % 50 / 100
        for item in batch:
            yield stub_record(item, with_text, score)


def stub_record(item: dict[str, Any], with_text: bool, score: float) -> Record:
    text = item["text"]
    if "!!sleep" in text:
        time.sleep(60)
    if "!!slow" in text:
        time.sleep(0.01)
    if "!!memory" in text:
        bytearray(1 << 42)
    if "!!die" in text:
        os._exit(9)
    if "!!raise" in text:
        raise ZeroDivisionError("asked for")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    base = {
        "id": item.get("id") or f"sha256:{digest}",
        "text_sha256": digest,
        "text_length": len(text),
        "published": item.get("published"),
        "title": item.get("title"),
        "url": item.get("url"),
    }
    if "!!bad" in text:
        return Record(**base, error=ErrorInfo(type="InputError", message="asked for"))
    value = AgencyValue(name="Ủy ban nhân dân", kind="ubnd", collective=False)
    mentions = [
        Mention(
            id=f"m{n}", label=Label.AGENCY, start=m.start(), end=m.end(), text="UBND",
            confidence=score, source="model", value=value,
        )
        for n, m in enumerate(re.finditer("UBND", text), 1)
    ]  # fmt: skip
    rows = [
        Assignment(
            agencies=[mention.id], targets=[], task="báo cáo",
            evidence=Evidence(start=0, end=len(text)), confidence=0.5,
        )
        for mention in mentions
    ]  # fmt: skip
    return Record(**base, text=text if with_text else None, mentions=mentions, assignments=rows)
