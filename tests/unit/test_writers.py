"""Records through Parquet and SQLite and back; the flat tables; the documented queries."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.convert import convert
from pipeline.errors import ConfigError, InputError
from pipeline.labels import Label, Relation
from pipeline.schema import (
    AgencyValue,
    Assignment,
    DocNumberValue,
    Document,
    Evidence,
    Mention,
    Place,
    Producer,
    Record,
    RelationRow,
    Successor,
    TargetValue,
    TimeValue,
    Warning,
)
from pipeline.writers.flat import TABLES, rows
from pipeline.writers.records import read_lines

pytest.importorskip("pyarrow", reason="needs the extra `formats`")


def mention(id: str, label: Label, text: str, value: Any = None) -> Mention:
    return Mention(
        id=id, label=label, start=0, end=len(text), text=text, confidence=0.875,
        source="model", value=value,
    )  # fmt: skip


AGENCY = AgencyValue(
    name="Sở Nội vụ thành phố Hà Nội",
    kind="so",
    level="province",
    place=Place(code="01", name="Thành phố Hà Nội"),
    successor=Successor(name="Sở Nội vụ", since="2025-03-01"),
)
FULL = Record(
    id="a/1",
    published="2023-08-05",
    title='Giao "việc"',
    text_sha256="0" * 64,
    text_length=100,
    text="Xã A & B\n😀",
    mentions=[
        mention("m1", Label.AGENCY, "Sở Nội vụ", AGENCY),
        mention("m2", Label.AGENCY, "các quận, huyện", None),
        mention(
            "m3", Label.TARGET, "ít nhất 20% thủ tục",
            TargetValue(measure="thủ tục", comparator=">=", quantity=20, unit="%"),
        ),
        mention(
            "m4", Label.DEADLINE, "trước ngày 30/9/2023",
            TimeValue(end="2023-09-30", grain="day", anchor="explicit", exclusive=True),
        ),
        mention(
            "m5", Label.DOC_NUMBER, "24/CT-UBND",
            DocNumberValue(type="Chỉ thị", number="24", symbol="CT-UBND", normalized="24/CT-UBND"),
        ),
    ],
    relations=[RelationRow(type=Relation.DUE, from_="m3", to="m4", confidence=0.5)],
    documents=[
        Document(
            mention="m5", document_id="d1", role="primary", type="Chỉ thị", number="24/CT-UBND",
            issued_on="2023-08-07", issuer=AGENCY, aliases=["Chỉ thị 24"],
        )
    ],
    assignments=[
        Assignment(
            agencies=["m1"], supporting=["m2"], targets=["m3"], deadline="m4", task="rà soát",
            document="d1", evidence=Evidence(start=1, end=9), confidence=0.8,
        ),
        Assignment(agencies=[], targets=[], evidence=Evidence(start=1, end=9), confidence=1e-05),
    ],
    warnings=[Warning(code="odd", message="lạ", mention="m2")],
    producer=Producer(package="p", version="1", model="m", model_sha256="0", segmenter="s"),
    meta={"chuyên mục": ["a", 1, None]},
)  # fmt: skip
EMPTY = Record(id="b", text_sha256="1" * 64, text_length=0)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "r.jsonl"
    path.write_text(FULL.to_json() + "\n" + EMPTY.to_json() + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".sqlite", ".jsonl"])
def test_there_and_back_byte_for_byte(records: Path, tmp_path: Path, suffix: str) -> None:
    other = tmp_path / f"other{suffix}"
    assert convert(records, other) == 2
    assert b"\n".join(read_lines(other)) + b"\n" == records.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".lines", ".draft", ".lock")]
    with pytest.raises(ConfigError, match="exists"):
        convert(records, other)


def test_every_value_of_a_record_has_a_column() -> None:
    from pipeline.writers.parquet import record_schema

    schema = record_schema()
    assert schema.names == list(json.loads(FULL.to_json()))
    value = schema.field("mentions").type.value_type.field("value").type
    names = {value.field(i).name for i in range(value.num_fields)}
    for kind in (AgencyValue, DocNumberValue, TargetValue, TimeValue):
        assert set(kind.model_fields) <= names


def test_flat_rows() -> None:
    tables = rows(json.loads(FULL.to_json()))
    assert {name: list(some[0]) for name, some in tables.items()} == {
        name: list(columns) for name, columns in TABLES.items()
    }
    first, second, third = tables["assignments"]
    assert (first["agency"], first["part"]) == ("Sở Nội vụ thành phố Hà Nội", "main")
    assert (first["due"], first["quantity"], first["unit"]) == ("2023-09-30", 20, "%")
    assert (first["document_type"], first["document_number"]) == ("Chỉ thị", "24/CT-UBND")
    assert (second["agency"], second["part"]) == ("các quận, huyện", "supporting")
    assert (third["assignment"], third["agency"], third["target"]) == (2, None, None)


def test_queries_of_the_docs(records: Path, tmp_path: Path) -> None:
    """“All that Sở Nội vụ must do by the end of the quarter”, in each of the tools."""
    convert(records, tmp_path / "r.parquet")
    convert(records, tmp_path / "r.sqlite")
    with sqlite3.connect(tmp_path / "r.sqlite") as db:
        found = db.execute(
            "SELECT due, task, target, document_number FROM assignments "
            "WHERE agency LIKE 'Sở Nội vụ%' AND due <= '2023-09-30' ORDER BY due"
        ).fetchall()
    db.close()
    assert found == [("2023-09-30", "rà soát", "ít nhất 20% thủ tục", "24/CT-UBND")]
    pandas = pytest.importorskip("pandas")
    table = pandas.read_parquet(tmp_path / "r.assignments.parquet")
    mine = table[table.agency.str.startswith("Sở Nội vụ", na=False) & (table.due <= "2023-09-30")]
    assert list(mine.task) == ["rà soát"]
    duckdb = pytest.importorskip("duckdb")
    for name in ("r.jsonl", "r.parquet"):
        query = f"""
            SELECT r.id, a.task, unnest(list_transform(
                list_filter(r.mentions, lambda m: list_contains(a.agencies, m.id)),
                lambda m: m.value.name
            )) AS agency
            FROM '{tmp_path / name}' r, unnest(r.assignments) AS t(a)"""
        assert duckdb.sql(query).fetchall() == [("a/1", "rà soát", "Sở Nội vụ thành phố Hà Nội")]
    flat = f"SELECT task FROM '{tmp_path}/r.assignments.parquet' WHERE agency LIKE 'Sở Nội vụ%'"
    assert duckdb.sql(flat).fetchall() == [("rà soát",)]
    nested = pandas.read_parquet(tmp_path / "r.parquet")
    assert nested.mentions[0][0]["value"]["place"]["name"] == "Thành phố Hà Nội"


def test_csv_for_excel(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert convert(records, out) == 3
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert table[0]["agency"] == "Sở Nội vụ thành phố Hà Nội" and table[0]["due"] == "2023-09-30"
    assert convert(records, tmp_path / "m.csv", "mentions") == 5


def test_wrong_names(records: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must end in"):
        convert(records, tmp_path / "r.xlsx")
    with pytest.raises(InputError, match="no such file"):
        convert(tmp_path / "none.jsonl", tmp_path / "r.sqlite")
