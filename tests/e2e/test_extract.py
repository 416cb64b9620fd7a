"""``extract`` on whole texts: offsets, bad input, order, threads."""

from __future__ import annotations

import json
import shutil
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipeline import extract, extract_many
from pipeline.api import Extractor
from pipeline.errors import ConfigError, InputError, ModelCorrupt, ModelNotFound
from pipeline.models import TaggerConfig, model_dir
from pipeline.schema import json_schema

ARTICLE = (
    "UBND tỉnh Thái Bình vừa ban hành Kế hoạch số 57/KH-UBND ngày 12/4/2023 về cải cách hành "
    "chính. Theo đó, Sở Nội vụ phấn đấu trước ngày 30/6/2023 rà soát ít nhất 85% thủ tục."
)


def check(raw: str, **fields: Any) -> dict[str, Any]:
    """Extract and hold the record to its contract."""
    record: dict[str, Any] = json.loads(extract(raw, **fields).to_json())
    jsonschema.validate(record, json_schema())
    at = 0
    for mention in record["mentions"]:
        assert raw[mention["start"] : mention["end"]] == mention["text"]
        assert mention["start"] >= at, "mentions overlap or are out of order"
        at = mention["end"]
    ids = {m["id"] for m in record["mentions"]}
    for relation in record["relations"]:
        assert {relation["from"], relation["to"]} <= ids
    for row in record["assignments"]:
        assert {*row["agencies"], *row["targets"], *row["supporting"]} <= ids
        assert 0 <= row["evidence"]["start"] <= row["evidence"]["end"] <= len(raw)
    return record


def test_an_article(extractor: object) -> None:
    record = check(ARTICLE, id=7, published="2023-04-13", title="Kế hoạch")
    found = {(m["label"], m["text"]) for m in record["mentions"]}
    assert ("DOC_NUMBER", "57/KH-UBND") in found
    assert ("AGENCY", "UBND tỉnh Thái Bình") in found
    assert record["id"] == "7" and record["published"] == "2023-04-13"


ODD = [
    ("NFD", unicodedata.normalize("NFD", ARTICLE)),
    ("CRLF and tabs", ARTICLE.replace(". ", ".\r\n\t")),
    ("no-break spaces", ARTICLE.replace(" ", "\u00a0")),
    ("zero-width spaces", ARTICLE.replace("ban hành", "ban\u200b hành\ufeff")),
    ("emoji", "🇻🇳👍🏽 " + ARTICLE.replace(",", " 🎉,")),
    ("NUL and controls", ARTICLE.replace(" về", "\x00\x07 về")),
    ("lone surrogates", ARTICLE.replace("Sở", "\ud83dSở\udc00")),
    ("capitals only", ARTICLE.upper()),
    ("soft hyphens", ARTICLE.replace("hành", "hà\u00adnh")),
    ("English", "The People's Committee issued a plan on 12 April 2023. " * 5),
    ("Chinese", "人民委员会于2023年4月12日发布了计划。" * 20),
    ("right to left", "\u202e" + ARTICLE + "\u202c العربية"),
    ("digits", "1" * 10_000),
    ("brackets", "([{" * 2000 + ARTICLE),
    ("one long line", "a" * 200_000),
    ("old look-alike Ð", ARTICLE.replace("ban", "Ðan")),
]


@pytest.mark.parametrize(("name", "raw"), ODD, ids=[name for name, _ in ODD])
def test_odd_input_gives_a_record_with_exact_offsets(
    extractor: object, name: str, raw: str
) -> None:
    record = extract(raw)
    for mention in record.mentions:
        text = raw[mention.start : mention.end]
        assert text.encode("utf-8", "replace").decode().replace(
            "?", "\ufffd"
        ) == mention.text.replace("?", "\ufffd")
    record.to_json()


def test_a_large_text(extractor: object) -> None:
    raw = (ARTICLE + "\n") * 400
    record = extract(raw)
    assert sum(m.text == "57/KH-UBND" for m in record.mentions) == 400


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_blank_text_gives_an_empty_record_with_a_warning(extractor: object, text: str) -> None:
    record = check(text)
    assert record["mentions"] == []
    assert [w["code"] for w in record["warnings"]] == ["empty"]


@pytest.mark.parametrize("text", [None, b"UBND", 5, 1.5, ["UBND"]])
def test_other_types_are_refused(extractor: object, text: Any) -> None:
    with pytest.raises(InputError, match="text must be a str"):
        extract(text)


def test_many_keeps_order_and_goes_on_after_a_bad_item(extractor: object) -> None:
    items: list[Any] = [
        ARTICLE,
        None,
        {"text": ARTICLE, "id": "x"},
        {"id": "no text"},
        {"text": b""},
        "",
    ]
    records = list(extract_many(items, batch_size=2))
    assert [bool(r.error) for r in records] == [False, True, False, True, True, False]
    assert records[2].id == "x" and records[3].id == "no text"
    assert records[0].mentions == records[2].mentions
    assert "text must be a str" in (records[4].error.message if records[4].error else "")


def test_many_is_lazy(extractor: object) -> None:
    taken = []

    def endless() -> Any:
        while True:
            taken.append(1)
            yield "UBND tỉnh họp."

    stream = extract_many(endless(), batch_size=4)
    next(stream)
    assert len(taken) == 4


def test_batch_size_must_be_positive(extractor: Extractor) -> None:
    with pytest.raises(ConfigError, match="batch_size"):
        extract_many([], batch_size=0)
    # A single text or item is iterable too: it would be read letter by letter, key by key.
    for one in ("UBND tỉnh", {"text": "UBND tỉnh"}):
        with pytest.raises(InputError, match="many items"):
            extract_many(one)
        with pytest.raises(InputError, match="many items"):
            extractor.extract_many(one)


def test_text_and_other_keys_where_asked(extractor: object) -> None:
    (record,) = extract_many([{"text": "Họp \ud800.", "x": 1}], with_text=True, with_meta=True)
    assert record.meta == {"x": 1}
    assert record.text is not None and len(record.text) == record.text_length
    record.to_json()


def test_a_batch_gives_what_single_calls_give(
    extractor: object, samples: list[dict[str, Any]]
) -> None:
    texts = [row["text"] for row in samples[:6]]
    together = [r.to_json() for r in extract_many(texts, batch_size=6)]
    assert together == [extract(text).to_json() for text in texts]


def test_threads_agree(extractor: object) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({r.to_json() for r in pool.map(extract, [ARTICLE] * 16)}) == 1


def test_dateline_anchors_a_date_without_a_year(extractor: object) -> None:
    raw = (
        "Thứ Ba, ngày 28 tháng 6 năm 2022\n\nNgày 12/5, UBND TPHCM đã ban hành Chỉ thị 08/CT-UBND."
    )
    record = check(raw)
    assert record["published"] == "2022-06-28"
    assert [d["issued_on"] for d in record["documents"]] == ["2022-05-12"]


def test_a_missing_model() -> None:
    with pytest.raises(ModelNotFound, match="no model named 'none-such'"):
        extract("UBND", model="none-such")


DAMAGE = [
    ("model.onnx", b"not a model", "differs from"),
    ("vocab.txt", None, "is missing"),
    ("SHA256SUMS", None, "is missing"),
    ("SHA256SUMS", b"nonsense\n", "expected a SHA-256"),
]


@pytest.mark.parametrize(("file", "content", "message"), DAMAGE)
def test_a_damaged_model(tmp_path: Path, file: str, content: bytes | None, message: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_dir(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(ModelCorrupt, match=message):
        extract("UBND", model=folder)


OTHERS = [
    # what tagger.json says, the error
    ({"local_features": 24}, r"local features .* train one"),  # served by versions 0.1 to 0.3
    ({"local_features": 0}, None),  # a plain encoder of those versions is served as it was
    ({"local_features": 0, "labels": "other"}, "label scheme other"),
]


@pytest.mark.parametrize(("change", "message"), OTHERS)
def test_a_model_of_another_version(
    tmp_path: Path, change: dict[str, Any], message: str | None
) -> None:
    path = tmp_path / "tagger.json"
    state = json.loads((model_dir() / "tagger.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps({**state, **change}), encoding="utf-8")
    if message is None:
        assert TaggerConfig.read(tmp_path).name == state["name"]
    else:
        with pytest.raises(ConfigError, match=message):
            TaggerConfig.read(tmp_path)


SENSELESS = [  # what tagger.json says
    {"tone": "weird"}, {"tone": None}, {"name": 5}, {"limit": "128"}, {"limit": 0}, {"overlap": -1},
    {"calibration": []}, {"calibration": [[0.5]]}, {"transitions": []}, {"transitions": [[0.0]]},
    {"more": 1},
]  # fmt: skip


@pytest.mark.parametrize("change", SENSELESS)
def test_a_configuration_that_makes_no_sense(tmp_path: Path, change: dict[str, Any]) -> None:
    state = json.loads((model_dir() / "tagger.json").read_text(encoding="utf-8"))
    (tmp_path / "tagger.json").write_text(json.dumps({**state, **change}), encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=next(iter(change))):
        TaggerConfig.read(tmp_path)


@pytest.mark.parametrize("content", ["null", "[]", "{", '{"name": "a"}'])
def test_a_configuration_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "tagger.json").write_text(content)
    with pytest.raises(ModelCorrupt, match=r"tagger\.json can't be read"):
        TaggerConfig.read(tmp_path)


def test_the_schema_is_the_published_one() -> None:
    published = Path(__file__).parents[2] / "docs" / "record.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == json_schema()


def test_samples(extractor: object, samples: list[dict[str, Any]]) -> None:
    for row in samples:
        check(row["text"], id=row["id"])
