"""Any number of Vietnamese articles for load tests, composed from the repo's own corpora.

The same seed gives the same articles as long as the corpora are the same. They read like
news from afar and mean nothing: never train on them.

    python scripts/generate_articles.py 100000 -o articles.jsonl
    python scripts/generate_articles.py 5000 --folder articles --broken 0.02
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

from article_files import Article, write_folder

ROOT = Path(__file__).resolve().parents[1]
_NUMBER = re.compile(r"(?<=số )\d{1,5}(?=[-/])")


def paragraphs(corpora: Path) -> list[str]:
    """Every paragraph of the articles under a folder, in an order that never changes."""
    found: dict[str, None] = {}
    for path in sorted(corpora.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for paragraph in json.loads(line).get("text", "").split("\n"):
                if len(paragraph.strip()) > 40:
                    found[paragraph.strip()] = None
    if not found:
        raise SystemExit(f"{corpora}: no articles in it")
    return list(found)


def articles(count: int, seed: int, pool: list[str]) -> Iterator[Article]:
    """``count`` articles of 6 to 40 paragraphs, about 2,000 characters, numbers varied."""
    for number in range(count):
        luck = random.Random(f"{seed}:{number}")
        length = min(40, 6 + int(luck.expovariate(0.12)))
        body = [
            _NUMBER.sub(lambda _: str(luck.randint(1, 4999)), paragraph)  # noqa: B023
            for paragraph in luck.sample(pool, min(length, len(pool)))
        ]
        day = date(2018, 1, 1) + timedelta(days=luck.randrange(2900))
        yield {
            "id": f"g{seed}-{number:08}",
            "text": "\n".join(body),
            "published": day.isoformat(),
            "title": body[0][:90],
            "url": f"https://bao.example/{seed}/{number}.html",
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpora", type=Path, default=ROOT / "corpora")
    parser.add_argument("-o", "--output", type=Path, help="JSONL; standard output if left out")
    parser.add_argument("--folder", type=Path, help="files of every format instead")
    parser.add_argument("--broken", type=float, default=0.0, help="share of broken files")
    options = parser.parse_args()
    made = articles(options.count, options.seed, paragraphs(options.corpora))
    if options.folder:
        luck = random.Random(f"{options.seed}:files")
        report = write_folder(made, options.folder, options.broken, luck)
        print(json.dumps(report), file=sys.stderr)
        return
    with (
        options.output.open("w", encoding="utf-8")
        if options.output
        else nullcontext(sys.stdout) as out
    ):
        for article in made:
            out.write(json.dumps(article, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
