"""What the text around a name says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.normalize.places import Unit


@dataclass(frozen=True, slots=True)
class AgencyContext:
    """The day the text speaks on, the places it speaks of, and what a short form leaves out.

    ``province``: of a Sở or a "UBND tỉnh"; ``city``: of a "UBND thành phố", a province or a
    city in one; ``head``: the words that a list says once ("các Sở: Nội vụ; Tư pháp");
    ``ministry`` and ``department``: what "Thanh tra Bộ" and "Thanh tra Sở" are of.
    """

    on: date | None = None
    province: Unit | None = None
    city: Unit | None = None
    district: Unit | None = None
    commune: Unit | None = None
    head: str | None = None
    ministry: str | None = None
    department: str | None = None

    @property
    def day(self) -> str | None:
        """``on`` as an ISO date."""
        return self.on.isoformat() if self.on else None

    def of_type(self, kind: str) -> Unit | None:
        """The unit that a level word alone stands for.

        ``kind`` is a type in lower case, or "province" for whichever type it has.
        """
        if kind == "province":
            return self.province
        if kind == "thành phố":
            return self.city
        unit = {
            "tỉnh": self.province,
            "huyện": self.district,
            "quận": self.district,
            "thị xã": self.district,
        }.get(kind, self.commune)
        return unit if unit and unit.type.lower() == kind else None


NO_CONTEXT = AgencyContext()
