"""The record, as pydantic models: the contract of the output.

All offsets are code points of the caller's text, end exclusive.
``vn-directives schema`` prints the JSON Schema; ``docs/record.schema.json`` holds it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.labels import Label, Relation

SCHEMA_VERSION = "1.0"

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Model(BaseModel):
    """Frozen and strict about names: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DocNumberValue(Model):
    """``Kế hoạch số 286/KH-UBND`` → type Kế hoạch, number 286, symbol KH-UBND."""

    type: str | None = Field(None, description="the document's type, from the words before it")
    number: str | None = Field(None, description="the serial number, leading zeros kept")
    year: int | None = None
    symbol: str | None = Field(None, description="type and issuer abbreviations: KH-UBND")
    normalized: str = Field(description="number, year and symbol without stray spaces")


class TimeValue(Model):
    """An interval of days, both ends inclusive, null where not to be known."""

    start: IsoDate | None = None
    end: IsoDate | None = None
    grain: Literal["day", "week", "month", "quarter", "year", "period", "time"]
    anchor: Literal["explicit", "published", "context", "none"] = Field(
        description="where the missing parts come from"
    )
    time: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None
    duration: str | None = Field(None, description="ISO 8601: P15D, PT24H")
    business_days: bool = Field(False, description="the duration counts working days")
    counted_from: str | None = Field(None, description="the event that starts the duration")
    recurrence: str | None = Field(None, description="RFC 5545 RRULE value")
    exclusive: bool = Field(False, description="“trước”: the end itself is already late")


class Place(Model):
    """A province, district or commune by its official code."""

    code: str
    name: str


class Successor(Model):
    """The body that took an abolished one's place."""

    name: str
    since: IsoDate


class AgencyValue(Model):
    """``Sở GD-ĐT Hà Nội`` → Sở Giáo dục và Đào tạo thành phố Hà Nội, so, province, 01."""

    name: str = Field(description="canonical name, abbreviations expanded")
    kind: str = Field(description="ubnd, hdnd, so, bo, chinh_phu, party, police, court, …")
    level: Literal["central", "province", "district", "commune"] | None = None
    place: Place | None = None
    parent: str | None = None
    collective: bool = Field(False, description="“các sở, ban, ngành”")
    successor: Successor | None = None


class TargetValue(Model):
    """``ít nhất 20% thủ tục hành chính nội bộ`` → >= 20 %."""

    measure: str | None = None
    comparator: Literal[">=", ">", "<=", "<", "=", "~", "range"] = "="
    quantity: float | None = None
    quantity_max: float | None = None
    unit: str | None = None
    direction: Literal["increase", "decrease", "reach"] | None = None
    baseline: str | None = Field(None, description="what it is compared with: “so với năm 2020”")


Value = DocNumberValue | TimeValue | AgencyValue | TargetValue


class Mention(Model):
    """A tagged span: ``caller_text[start:end] == text`` always."""

    id: str
    label: Label
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    text: str
    confidence: Confidence
    source: str = Field(description="“model” or “rule:<id>”")
    value: Value | None = None


class RelationRow(Model):
    """A directed link between two mentions."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    type: Relation
    from_: str = Field(alias="from")
    to: str
    confidence: Confidence


class Document(Model):
    """A document number mention, or a primary document without a number."""

    mention: str | None
    document_id: str
    role: Literal["primary", "cited"]
    type: str | None
    number: str | None = None
    title: str | None = None
    issued_on: IsoDate | None = None
    issuer: AgencyValue | None = None
    aliases: list[str] = Field(default_factory=list)
    confidence: Confidence = 1.0


class Evidence(Model):
    """Where in the caller's text an assignment stands."""

    start: int
    end: int


class Assignment(Model):
    """Who must reach what by when, under which document."""

    agencies: list[str]
    supporting: list[str] = Field(
        default_factory=list, description="bodies that only “phối hợp”; not in agencies"
    )
    targets: list[str]
    deadline: str | None = None
    task: str | None = None
    document: str | None = None
    evidence: Evidence
    confidence: Confidence


class Warning(Model):
    """What was odd about the input or a value."""

    code: str
    message: str
    mention: str | None = None


class Producer(Model):
    """What made this record."""

    package: str
    version: str
    model: str
    model_sha256: str
    segmenter: str


class ErrorInfo(Model):
    """Why an item of :func:`pipeline.extract_many` has no mentions."""

    type: str
    message: str


class Record(Model):
    """All that was found in one text."""

    schema_version: str = SCHEMA_VERSION
    id: str
    published: IsoDate | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    text_sha256: str
    text_length: int
    text: str | None = Field(None, description="the caller's text, only where asked for")
    mentions: list[Mention] = Field(default_factory=list)
    relations: list[RelationRow] = Field(default_factory=list)
    documents: list[Document] = Field(default_factory=list)
    assignments: list[Assignment] = Field(default_factory=list)
    warnings: list[Warning] = Field(default_factory=list)
    producer: Producer | None = None
    meta: dict[str, Any] | None = Field(None, description="other input keys, where asked for")
    error: ErrorInfo | None = Field(None, description="set when the item could not be read")

    def to_json(self) -> str:
        """One line of JSON in the shape of the published schema, Vietnamese unescaped."""
        return self.model_dump_json(by_alias=True)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a serialised :class:`Record`."""
    return Record.model_json_schema(by_alias=True, mode="serialization")
