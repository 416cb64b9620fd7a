"""The title of a document, from the words after its name.

A document that is named by nothing but the order it gives ("có văn bản yêu cầu các sở …")
has that order, verb and addressee, for its title, as the gold documents have it; not the
day it sets, nor a second order after the first.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.article import Article, Span
from pipeline.labels import Label

MAX_TITLE = 300
_SCAN = 700
# How far a title's mark may stand from the name; a list of addressees is longer.
_NEAR, _NEAR_ADDRESSED = 200, 450

# "kế hoạch | xây dựng đội ngũ …", "quyết định | phê duyệt …": the title follows at once,
# unless the next word tells of the document (its issuer, day, addressee, what it says).
_NOT_TITLE = (
    "của số này gửi gởi do hỏa hoả khẩn thượng ngày trên nêu nói ghi và cũng được vừa mới đã là "
    "có với theo tại trong ở để nhằm thì sẽ đến lần nào khác lên hay hoặc như năm không chưa còn "
    "phải riêng trình kèm"
).split()
# "kết luận công bố chiều 14/3": when, not what
_MADE_KNOWN = "công bố (?:ngày|sáng|chiều|tối|hôm|vào|tại)"
_NOT_TITLE += ["cụ thể", "chi tiết", "trả lời", "cho biết", "chính thức", "báo cáo", "yêu cầu",
               "đề nghị", "chỉ đạo của", "chỉ đạo các", "chỉ đạo sở", "phát đi",
               "phát ra", "phát hành", _MADE_KNOWN]  # fmt: skip
_AT_ONCE = re.compile(rf"^ (?!(?:{'|'.join(_NOT_TITLE)})(?!\w))(?=[^\W\d_])")
# "thông báo kết luận | của Phó Thủ tướng …": what it announces is its title.
_ANNOUNCED = re.compile(r"(?i)thông báo (kết luận)$")
_CONCLUSION = re.compile(
    r"^ (?:của|về|tại|thanh tra|kiểm tra|giám sát|chỉ đạo|cuộc họp|buổi|phiên|hội nghị)(?!\w)"
)
# "thông báo | cho biết sẽ ưu tiên …": what it says, no title.
_TELLS = re.compile(r"^[ ,]{1,2}(?:cho biết|cho hay|khẳng định)(?!\w)")
# What stands between a name and its title: day, issuer, addressee; then the title's mark,
# "về (việc)", a verb of what the document does, or a quotation mark.
_VERBS = (
    "phê duyệt|quy định|hướng dẫn|ban hành|sửa đổi|bổ sung|triển khai|thực hiện|yêu cầu|đề nghị"
    "|đề xuất|kết luận|truyền đạt|tăng cường|thành lập|điều chỉnh|công nhận|chỉ đạo|đôn đốc|hỗ trợ"
    "|bãi bỏ|góp ý|công bố|kiểm điểm|thống nhất|nhắc nhở|xử lý|liên quan đến|giao|giảm|tiếp tục"
    "|xây dựng|rà soát|thu hồi|gia hạn|kê khai|đẩy nhanh|đẩy mạnh|tạm dừng|dừng|kiến nghị"
    "|giữ nguyên"
)
# "An toàn giao thông" assigns nothing; "công văn mới ban hành" tells of the document.
_DOES = (
    r"(?! giao[ ](?:thông|dịch|lưu|thừa) | (?<=vừa[ ]|mới[ ])(?:ban[ ]hành|công[ ]bố)"
    rf" | {_MADE_KNOWN.replace(' ', '[ ]')} )"
    rf"(?: {_VERBS.replace(' ', '[ ]')} ) (?!\w)"
)
# With a capital too, but not at a sentence's beginning; "V/v" is a letter's heading.
_ABOUT_MARK = (
    r"(?: về | (?<![.!?;][ ]) Về )[ ]việc[ ] | [Vv]/[Vv](?!\w)[: ]{0,2}"
    r" | về[ ](?!phía|cơ[ ]bản|đích|nước)"
)
# Single marks are a title's only before "về": ‘đất vàng’ is a manner of speaking.
_QUOTE_MARK = (
    r"(?= [“\"] (?=\w) [^”\"\n]{4,300} [”\"]"
    r" | (?<!\w)[‘'] (?=[Vv]ề[ ]|[Vv]/[Vv]) [^’'\n]{4,300} [’'] )"
)
_MARK = re.compile(rf"(?x) (?<!\w) (?: {_ABOUT_MARK} | (?= {_DOES} ) ) | {_QUOTE_MARK}")
# A sentence's end before the mark: "TP.HCM" has none. Addressees may be parted by ";".
_BREAK = re.compile(r"\.(?!\w)|[;\n“\"]")
_BREAK_ADDRESSED = re.compile(r"\.(?!\w)|[\n“\"]")
_ADDRESSED = re.compile(r"(?<!\w)(?:gửi|gởi)(?!\w)")
# Small letters of Vietnamese; the code chart mixes them with the capitals.
_LOWER = "".join(
    c
    for c in map(chr, [*range(0x61, 0x7B), *range(0xDF, 0x1B1), *range(0x1EA0, 0x1EFA)])
    if c.islower()
)
# A number is followed by its title only after nothing but its day, issuer and addressee:
# "… số 107/2021/NĐ-CP ngày 6/12/2021 của Chính phủ và đáp ứng yêu cầu thực tế" has none.
_NUMBERED = re.compile(
    rf"""(?x) ^ (?: [\s,|)”] | "(?!\w) ){{0,3}}
    (?: ngày[ ] [\d./ -]{{1,12}} (?: tháng[ ]\d{{1,2}} [ ]năm[ ]\d{{4}} )? [,)]? [ ]? )?
    (?: (?: của | do ) [ ]
        (?P<issuer> (?: (?![ ]và[ ][{_LOWER}]) [^,.;()\n“"] | \.(?=\w) ){{2,90}}? ) [ ] )?
    (?: (?: gửi | gởi ) [ ] (?: [^.()\n“"] | \.(?=\w) ){{2,300}}? [ ] )?
    (?: {_ABOUT_MARK}
      | (?= {_DOES} (?! [ ](?:là|được|phải)[ ]) )
      | {_QUOTE_MARK} )
    """
)
_ABOUT = re.compile(r"^(?:[Vv]ề việc |về |[Vv]/[Vv]:? ?|việc )")
# "chỉ đạo về việc …", "đề xuất gửi UBND tỉnh về …": the verb is of the letter, not its title's.
_LETTER_VERB = re.compile(
    r"^(?:chỉ đạo về việc |(?:đề xuất|đề nghị|kiến nghị|báo cáo) (?:gửi|gởi) "
    r"(?:[^.;\n“\"]|\.(?=\w)){2,120}? về (?:việc )?)"
)
_ASKS = re.compile(r"^yêu cầu (?!(?:các|những|mọi|tất cả)(?!\w))")
_CLOSES = {"“": '”"', '"': '”"', "‘": "’'", "'": "’'"}
_SIGN = re.compile("[“”\"‘’']")
_STOP = re.compile(
    rf"""(?x) (?<!\.)\.{{1,2}} (?=\s|$) | (?: (?<!\.)\.{{3,}} | … ) (?= \s(?![{_LOWER}]) | $)
    | [;\n|] (?=\s|$) | [.!?]$
    | (?P<close> [”"] ) [ ]? [-–—] [ ]      # a quotation ends: "… nêu trên" - ông Tiến nói
    | [ ] [-–—] [ ] (?= (?:Ảnh|ảnh|PV|Theo)\b )
    | ,[ ] theo[ ] [^,.;:\d\n]{{2,40}} (?= \.?$ | \.\s )   # whom the article has it from
    | ,[ ] (?: theo[ ]đó | trong[ ]đó | nhằm | vừa | cụ[ ]thể | đồng[ ]thời | có[ ]hiệu
             | còn[ ]gọi | trước[ ]tình[ ]hình | đến[ ]nay | tính[ ]đến | hiện[ ]nay | được | mà
             | (?P<second> yêu[ ]cầu | đề[ ]nghị )
             | (?:UBND|HĐND|Ủy[ ]ban|Uỷ[ ]ban|Hội[ ]đồng|Chủ[ ]tịch|Bộ|Sở)
               [^,.;\n]{{0,80}}[ ](?:ban[ ]hành|yêu[ ]cầu|đề[ ]nghị|giao|thông[ ]báo)[ ] )
    | [ ] với[ ] \d{{1,3}} [ ]     # "cải cách hành chính năm 2024 | với 6 nhóm nhiệm vụ"
    | [ ] và[ ]giao[ ]cho[ ]
    | [ ] (?: nhằm | vừa[ ]được | vừa[ ](?:ký|ban) | đang[ ]được | do[ ]ông | nêu[ ]rõ
            | cho[ ]biết | trong[ ]đó ) [ ,]
    | [ ] do[ ] [^,.;\n]{{2,60}}? [ ](?:ban[ ]hành|ký) (?!\w)
    | [ ] \(? Ảnh: """
)
# A day by which: no part of a title, unlike the horizon of a plan ("đến năm 2030").
_BY = re.compile(
    r"(?i)(?:xong |hoàn thành )?(?:trước|chậm nhất|muộn nhất|trong vòng|trong thời hạn)(?!\w)"
)
# What is left of the clause whose day was cut off: "…, báo cáo UBND tỉnh | trước ngày 15/6".
_LEFT_OVER = re.compile(
    r"(?:,| và) (?:hoàn thành|hoàn tất|báo cáo|gửi|gởi|trình|nộp|tổng hợp|xong)(?!\w)[^,;]{0,120}$"
)
_EDGE = " ,:|*…"
_QUOTES = '"“”'


def title_after(article: Article, end: int, numbered: bool = False) -> str | None:
    """The title that follows a document's name at ``end``, or None where none is given.

    "về việc …" and "về …" come without those words, "phê duyệt …" and the like with their
    verb, a quoted title without its quotes. After a number (``numbered``) only its day,
    issuer and addressee may stand between.

    >>> text = "ký quyết định phê duyệt quy hoạch chợ. Theo đó, …"
    >>> title_after(Article(text, (), ((0, 38),)), 13)
    'phê duyệt quy hoạch chợ'
    """
    text = article.text
    line = text.find("\n", end)
    after = text[end : line if line >= 0 else len(text)][:_SCAN]
    at = _numbered(article, end, after) if numbered else _unnumbered(article, end, after)
    if at is None:
        return None
    start = end + at
    rest = after[at:] if at >= 0 else text[start:end] + after
    for lead in (_ABOUT, _ABOUT, _LETTER_VERB):
        rest = _without(lead, rest)
    if not numbered and at > 0 and _ADDRESSED.search(after, 0, at):
        asked = _without(_ASKS, rest)  # "gửi các sở yêu cầu | tăng cường …"
        if not _agency_at(article, end + len(after) - len(asked)):
            rest = asked
    title = _without(_ABOUT, _quotation(rest).strip())
    if not title:
        title = _bare(_cut(article, end + len(after) - len(rest), rest))
    # "…, Chủ tịch UBND tỉnh yêu cầu:", "công văn “khẩn”" say nothing of a title
    if " " not in title or re.fullmatch(rf"{_VERBS}|[Vv]ề việc", title):
        return None
    if len(title) > MAX_TITLE:  # to the end of a word
        title = title[: MAX_TITLE + 1].rpartition(" ")[0].rstrip(_EDGE) or title[:MAX_TITLE]
    return title or None


def _without(lead: re.Pattern[str], rest: str) -> str:
    found = lead.match(rest)
    return rest[found.end() :] if found else rest


def _quotation(text: str) -> str:
    """What stands in the quotation marks that ``text`` begins with, "" where nothing does.

    A quotation in it is kept with its marks. A straight mark before a word opens one, an
    apostrophe closes none; where a mark is missing, the first that closes ends it.

    >>> _quotation("“việc “siết” phòng dịch” gửi"), _quotation('"chợ "xanh" ven đô" vừa')
    ('việc “siết” phòng dịch', 'chợ "xanh" ven đô')
    """
    closes = _CLOSES.get(text[:1])
    depth, first = 1, 0
    for sign in _SIGN.finditer(text, 1, MAX_TITLE + 2) if closes else ():
        at, mark = sign.start(), sign[0]
        within = text[at + 1 : at + 2].isalnum()
        if closes == _CLOSES.get(mark) and (
            mark in "“‘" or (within and not text[at - 1].isalnum())
        ):
            depth += 1
        elif closes and mark in closes and not (within and mark in "’'"):
            depth, first = depth - 1, first or at
        if not depth:
            return text[1:at] if at > 4 else ""
    return _SIGN.sub("", text[1:first]) if first > 4 else ""


def _numbered(article: Article, end: int, after: str) -> int | None:
    """Where in ``after`` the title of a numbered document begins."""
    found = _NUMBERED.match(after)
    if found is None:
        return None
    if found["issuer"] and after[found.end() : found.end() + 1] in ("“", '"'):
        # "của Thủ tướng thành dự án “Nhà máy …”": a quotation of the sentence, no title
        issuer = _agency_at(article, end + found.start("issuer"))
        if issuer and issuer.end < end + found.end("issuer"):
            return None
    return found.end()


def _unnumbered(article: Article, end: int, after: str) -> int | None:
    """Where in ``after`` the title of a document without number begins; before it (< 0)
    where the name's own last word opens it."""
    announced = _ANNOUNCED.search(article.text, max(0, end - 20), end)
    if announced and _CONCLUSION.match(after):
        return announced.start(1) - end
    if _TELLS.match(after):
        return None
    body = _agency_at(article, end + 1)
    if body:  # "công văn Bộ Y tế vừa gửi …", "báo cáo UBND tỉnh việc …"
        if article.text.startswith(" việc ", body.end) and body.end - end < len(after):
            return body.end + 1 - end
    elif _AT_ONCE.match(after):
        return 1
    for mark in _MARK.finditer(after):
        if _in_agency(article, end + mark.start()) and not after.startswith("liên", mark.start()):
            continue  # "gửi Ban chỉ đạo quốc gia về …", but "các đơn vị liên quan đến …"
        to_all = bool(_ADDRESSED.search(after, 0, mark.start()))
        far = mark.start() > (_NEAR_ADDRESSED if to_all else _NEAR)
        stop = (_BREAK_ADDRESSED if to_all else _BREAK).search(after, 3, mark.start())
        return None if far or stop else mark.end()
    return None


def _agency_at(article: Article, at: int) -> Span | None:
    """The body named at an offset."""
    k = bisect_left(article.spans, at, key=_start)
    if k < len(article.spans):
        span = article.spans[k]
        if span.start == at and span.label is Label.AGENCY:
            return span
    return None


def _in_agency(article: Article, at: int) -> bool:
    """Whether an offset lies in a body's name."""
    k = bisect_left(article.spans, at + 1, key=_start) - 1
    return k >= 0 and article.spans[k].end > at and article.spans[k].label is Label.AGENCY


def _start(span: Span) -> int:
    return span.start


def _bare(title: str) -> str:
    """Without signs and quotation marks at the edges, but with both marks of a quotation."""
    title = title.strip(_EDGE).lstrip(_QUOTES)
    while title.endswith(tuple(_QUOTES)) and not _opened(title, len(title) - 1):
        title = title[:-1].rstrip(_EDGE)
    return title.strip(_EDGE)


def _opened(text: str, at: int) -> bool:
    """Whether the quotation that closes at an offset begins in ``text`` itself."""
    return text.count("“", 0, at) > text.count("”", 0, at) or text.count('"', 0, at) % 2 == 1


def _cut(article: Article, start: int, rest: str) -> str:
    """``rest``, which begins at ``start``, up to the title's end."""
    conveys = rest.startswith("truyền")  # "truyền đạt ý kiến …, | yêu cầu …": what is conveyed
    stop = next(
        (
            m
            for m in _STOP.finditer(rest)
            if not (conveys and m["second"]) and not (m["close"] and _opened(rest, m.start()))
        ),
        None,
    )
    title = rest[: stop.start() if stop else len(rest)]
    for k in range(bisect_left(article.spans, start, key=_start), len(article.spans)):
        span = article.spans[k]
        if span.start >= start + len(title):
            break
        if span.label is Label.DEADLINE and _BY.match(article.surface(k)):
            return _LEFT_OVER.sub("", title[: span.start - start].rstrip(_EDGE))
    return title
