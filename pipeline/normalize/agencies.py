"""Agencies: canonical name, kind, level, place, the body above, and who took its place.

``kind`` is one of :data:`KINDS`. Names follow the spelling of Nghị định 30/2020/NĐ-CP,
phụ lục II. What cannot be known is null and, where a reader would expect it, a
:class:`~pipeline.article.Note` says so:

Policy:

- The name is the one the text uses, spelled out; a body's place in today's order is its
  ``successor``, whatever the day of the text.
- A place has the code of the day the text speaks on: ``published``, else its latest date;
  without any, the code in force since 2025-07-01.
- Bodies of districts have no successor, their work went to several communes.
- Communes before 2025-07-01 have a name and a level but no code.
- An owner after a comma or a dash is the ``parent`` and not part of the name; an outer place
  ("huyện Thới Bình, tỉnh Cà Mau") is left out of the name too.

Notes:

- ``agency.place_unknown``: a local body whose place the text does not say (once for each name);
- ``agency.unknown``: a name with no known head; kind "other".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.article import Article, Note
from pipeline.normalize.agencies_antecedents import (
    Antecedents,
    Mentioned,
    mentioned,
    province_of,
    speaking_day,
)
from pipeline.normalize.agencies_collective import is_collective, parse_collective
from pipeline.normalize.agencies_context import NO_CONTEXT, AgencyContext
from pipeline.normalize.agencies_named import Parsed
from pipeline.normalize.agencies_names import Names
from pipeline.normalize.agencies_parse import parse_body
from pipeline.normalize.agencies_shared import agency_spans, coordinated, is_head, shared_head
from pipeline.normalize.agencies_text import UPPER, Key, expand, key
from pipeline.normalize.places import Unit
from pipeline.schema import AgencyValue

__all__ = ["KINDS", "AgencyContext", "agency_values", "parse_agency"]

#: Closed list of ``AgencyValue.kind``.
KINDS = {
    "chinh_phu": "the Government",
    "thu_tuong": "the Prime Minister",
    "president": "the State President",
    "quoc_hoi": "the National Assembly, its committees, delegations and office",
    "bo": "a ministry",
    "ministry_equivalent": "cơ quan ngang bộ, and State Audit",
    "government_agency": "cơ quan thuộc Chính phủ, embassies",
    "department": "tổng cục, cục, vụ, chi cục, phòng, local branches of taxes, customs, insurance",
    "state_bank": "the State Bank and the policy banks",
    "ubnd": "a People's Committee",
    "hdnd": "a People's Council",
    "so": "a province's department",
    "local_government": "places that act: các địa phương, các quận, huyện, chính quyền",
    "party": "a Party organ",
    "front": "the Fatherland Front and mass organisations",
    "police": "a police body",
    "military": "an armed forces body",
    "court": "a court",
    "procuracy": "a procuracy",
    "inspectorate": "an inspectorate",
    "committee": "a steering committee, council, working group or inspection team",
    "office": "an office (văn phòng)",
    "unit": "a public service unit, management board or other dependent unit",
    "school": "a school or university",
    "hospital": "a hospital",
    "soe": "a state corporation or its unit",
    "generic": "several sorts of bodies: các cơ quan, đơn vị",
    "other": "a name with no known head",
}


def parse_agency(text: str, *, context: AgencyContext | None = None) -> AgencyValue | None:
    """Read one agency's name; null for text without a word.

    >>> parse_agency("Sở GD-ĐT Hà Nội").name
    'Sở Giáo dục và Đào tạo thành phố Hà Nội'
    >>> parse_agency("UBND quận Cầu Giấy").parent
    'Ủy ban nhân dân thành phố Hà Nội'
    """
    parsed = _parse(text, context or NO_CONTEXT)
    return parsed.value if parsed else None


_LONGEST = 400
# A person's office before the organ ("Cục trưởng Cục Thuế"): the organ is what is named.
_TITLE = re.compile(
    rf"""(?ix)^(?:(?:nguyên|quyền|phó)\ )?
    (?:bộ\ trưởng|thứ\ trưởng|(?:tổng\ )?cục\ (?:phó|trưởng)|vụ\ (?:phó|trưởng)|viện\ trưởng
     |chánh\ án|giám\ đốc|tổng\ giám\ đốc|chủ\ tịch|bí\ thư|thủ\ trưởng|trưởng\ ban|trưởng\ phòng)
    (?:\ (?:thường\ trực|chuyên\ trách))?\ (?=(?-i:[{UPPER}])|các\ |ủy\ ban|sở\ |bộ\ )"""
)


@lru_cache(maxsize=4096)
def _parse(text: str, ctx: AgencyContext) -> Parsed | None:
    if len(text) > _LONGEST:  # no name is so long; owners are looked for word by word
        long = AgencyValue(name=" ".join(text.split()), kind="other", collective=False)
        return Parsed(long, known=False)
    name = _TITLE.sub("", expand(text))
    if not key(name):
        return None
    if ctx.head:
        return parse_body(f"{ctx.head} {name}", ctx)
    if is_collective(name):
        return parse_collective(name, ctx)
    return parse_body(name, ctx)


def agency_values(article: Article) -> tuple[dict[int, AgencyValue | None], list[Note]]:
    """Values of all AGENCY spans by span index, and notes on what is not known.

    Short forms take what they leave out from the article: a level word the place the
    article is about, a head alone its full name, an item of a list the head said once.
    """
    return _Reader(article).read()


@dataclass
class _Reader:
    """One article's evidence, gathered once."""

    article: Article

    def read(self) -> tuple[dict[int, AgencyValue | None], list[Note]]:
        article = self.article
        self.agencies = agency_spans(article)
        if not self.agencies:
            return {}, []
        self.on = speaking_day(article)
        day = self.on.isoformat() if self.on else None
        places = mentioned(article, day)
        provinces = [
            Mentioned(m.start, p, m.weight) for m in places if (p := province_of(m.unit, day))
        ]
        self.antecedents = {
            "any province": Antecedents(provinces),
            "tỉnh": Antecedents([m for m in provinces if m.unit.type == "Tỉnh"]),
            "city": Antecedents([m for m in places if m.unit.type == "Thành phố"]),
            "district": Antecedents([m for m in places if m.unit.level == "district"]),
            "commune": Antecedents([m for m in places if m.unit.level == "commune"]),
        }
        self.parsed: dict[int, Parsed] = {}
        self.ministry: str | None = None
        self.department: str | None = None
        for i in self.agencies:
            self._one(i)
        for i in self.agencies:
            self._coordinated(i)
        self.names = Names(self.parsed)
        for i in self.agencies:
            self._short(i)
        values: dict[int, AgencyValue | None] = {
            i: self.parsed[i].value if i in self.parsed else None for i in self.agencies
        }
        return values, self._notes()

    def _one(self, i: int) -> None:
        ctx = AgencyContext(on=self.on, ministry=self.ministry, department=self.department)
        ctx = replace(ctx, head=shared_head(self.article, i, self.agencies))
        ctx = self._with_places(ctx, self.article.spans[i].start)
        parsed = _parse(self.article.surface(i), ctx)
        if parsed is None:
            return
        self.parsed[i] = parsed
        for name in (parsed.value.name, parsed.value.parent):
            if name and name.startswith("Bộ ") and parsed.value.level == "central":
                self.ministry = name
        if parsed.value.kind == "so" and not parsed.value.collective:
            self.department = parsed.value.name

    def _with_places(self, ctx: AgencyContext, at: int) -> AgencyContext:
        """The antecedents of the level words at an offset."""

        def pick(what: str) -> Unit | None:
            return self.antecedents[what].choose(self.article, at)

        return replace(
            ctx,
            province=pick("any province") or pick("tỉnh"),
            city=pick("city"),
            district=pick("district"),
            commune=pick("commune"),
        )

    def _coordinated(self, i: int) -> None:
        """ "Tỉnh ủy, HĐND, UBND tỉnh Vĩnh Long": heads alone take the last one's place."""
        parsed = self.parsed.get(i)
        if parsed is None or not is_head(expand(self.article.surface(i))):
            return
        if parsed.value.kind not in ("ubnd", "hdnd", "party", "front", "police"):
            return
        for j in coordinated(self.article, i, self.agencies):
            other = self.parsed.get(j)
            if other is None or other.value.collective:
                return
            if other.unit is not None:
                text = f"{expand(self.article.surface(i))} {other.unit.full}"
                again = _parse(text, AgencyContext(on=self.on, province=self._province(other)))
                if again is not None:
                    self.parsed[i] = again
                return

    def _province(self, parsed: Parsed) -> Unit | None:
        day = self.on.isoformat() if self.on else None
        return province_of(parsed.unit, day) if parsed.unit else None

    def _short(self, i: int) -> None:
        """A short form takes the nearest full name that begins with its words."""
        parsed = self.parsed.get(i)
        if parsed is None or parsed.value.collective or parsed.unit is not None:
            return
        if not parsed.known:
            self._last_words(i, key(parsed.value.name))
            return
        if not parsed.bare and parsed.value.kind not in ("committee", "unit", "department"):
            return
        own = key(parsed.value.name)
        if parsed.value.kind in ("ubnd", "hdnd") or (parsed.value.parent and not parsed.bare):
            return
        longer = self.names.beginning_with(own, parsed.value.kind, i)
        if longer is not None:
            self._becomes(i, self.parsed[longer])

    def _last_words(self, i: int, own: Key) -> None:
        """A name without a head takes the one full name that ends with it ("Sông Đà")."""
        full = self.names.ending_with(own)
        if full is not None:
            self._becomes(i, full)

    def _becomes(self, i: int, full: Parsed) -> None:
        self.names.replace(i, self.parsed[i], full)
        self.parsed[i] = full

    def _notes(self) -> list[Note]:
        notes = []
        said: set[str] = set()  # a name whose place is not known is told once, where it comes first
        for i in self.agencies:
            parsed = self.parsed.get(i)
            surface = self.article.surface(i)
            if parsed is None or not parsed.known:
                notes.append(Note("agency.unknown", f"no known body or head in “{surface}”", i))
            elif parsed.missing and parsed.value.place is None and parsed.value.name not in said:
                said.add(parsed.value.name)
                notes.append(
                    Note("agency.place_unknown", f"the text does not say where “{surface}” is", i)
                )
        return notes
