"""The title of a document, from the words after its name."""

from __future__ import annotations

import re

from pipeline.article import Article

MAX_TITLE = 300
_SCAN = 700

# "kế hoạch | xây dựng đội ngũ …", "quyết định | phê duyệt …": the title follows at once,
# unless the next word tells of the document (its issuer, day, addressee, what it says).
_NOT_TITLE = (
    "của số này gửi gởi do hỏa hoả khẩn thượng ngày trên nêu nói ghi và cũng được vừa mới đã là "
    "có với theo tại trong ở để nhằm thì sẽ đến lần nào khác lên hay hoặc như năm không chưa còn "
    "phải phát riêng trình"
).split()
_NOT_TITLE += ["cụ thể", "chi tiết", "trả lời", "cho biết", "chính thức", "báo cáo", "yêu cầu",
               "đề nghị", "chỉ đạo của", "chỉ đạo các", "chỉ đạo sở"]  # fmt: skip
_AT_ONCE = re.compile(rf"^ (?!(?:{'|'.join(_NOT_TITLE)})(?!\w))(?=[^\W\d_])")
# What stands between a name and its title: day, issuer, addressee; then the title's mark,
# "về (việc)", a verb of what the document does, or a quotation mark.
_VERBS = (
    "phê duyệt|quy định|hướng dẫn|ban hành|sửa đổi|bổ sung|triển khai|thực hiện|yêu cầu|đề nghị"
    "|đề xuất|kết luận|truyền đạt|tăng cường|thành lập|điều chỉnh|công nhận|chỉ đạo|đôn đốc|hỗ trợ"
    "|bãi bỏ|góp ý|công bố|kiểm điểm|thống nhất|nhắc nhở|xử lý|liên quan đến|giao|giảm|tiếp tục"
    "|xây dựng|rà soát|thu hồi|gia hạn|kê khai|đẩy nhanh|đẩy mạnh|tạm dừng|dừng|kiến nghị"
    "|giữ nguyên"
)
_LATER = re.compile(
    rf"""(?x) ^ [\s,|)”"]{{0,3}} (?: [^.;\n“"]{{0,200}}? (?<!\w) )??
    (?: về[ ]việc[ ] | v/v[: ] | về[ ](?!phía|cơ[ ]bản|đích|nước)
      | (?= (?: {_VERBS.replace(" ", "[ ]")} ) (?!\w) )
      | (?= [“"] [^”"\n]{{4,300}} [”"] ) )
    """
)
# Small letters of Vietnamese; the code chart mixes them with the capitals.
_LOWER = "".join(
    c
    for c in map(chr, [*range(0x61, 0x7B), *range(0xDF, 0x1B1), *range(0x1EA0, 0x1EFA)])
    if c.islower()
)
# A number is followed by its title only after nothing but its day, issuer and addressee:
# "… số 107/2021/NĐ-CP ngày 6/12/2021 của Chính phủ và đáp ứng yêu cầu thực tế" has none.
_NUMBERED = re.compile(
    rf"""(?x) ^ [\s,|)”"]{{0,3}}
    (?: ngày[ ] [\d./ -]{{1,12}} (?: tháng[ ]\d{{1,2}} [ ]năm[ ]\d{{4}} )? [,)]? [ ]? )?
    (?: (?: của | do ) [ ] (?: (?![ ]và[ ][{_LOWER}]) [^,.;()\n“"] ){{2,90}}? [ ] )?
    (?: (?: gửi | gởi ) [ ] [^.;()\n“"]{{2,120}}? [ ] )?
    (?: về[ ]việc[ ] | v/v[: ] | về[ ](?!phía|cơ[ ]bản|đích|nước)
      | (?= (?: {_VERBS.replace(" ", "[ ]")} ) (?!\w | [ ](?:là|được|phải)[ ]) )
      | (?= [“"] [^”"\n]{{4,300}} [”"] ) )
    """
)
_ABOUT = re.compile(r"^(?:về việc |về |v/v:? |việc )")
_QUOTED = re.compile(r"^(?P<open>[“\"‘'])(?P<title>[^”\"’'\n]{4,300})[”\"’']")
_STOP = re.compile(
    r"""(?x) [.;\n|] (?=\s|$) | [.!?]$
    | [ ] [-–—] [ ] (?= (?:Ảnh|ảnh|PV|Theo)\b )
    | ,[ ] (?: theo[ ]đó | trong[ ]đó | nhằm | vừa | cụ[ ]thể | đồng[ ]thời | yêu[ ]cầu | đề[ ]nghị
             | có[ ]hiệu | (?:UBND|HĐND|Ủy[ ]ban|Uỷ[ ]ban|Hội[ ]đồng|Chủ[ ]tịch|Bộ|Sở)
               [^,.;\n]{0,80}[ ](?:ban[ ]hành|yêu[ ]cầu|đề[ ]nghị|giao|thông[ ]báo)[ ] )
    | [ ] với[ ] \d{1,3} [ ]     # "cải cách hành chính năm 2024 | với 6 nhóm nhiệm vụ"
    | [ ] (?: nhằm | vừa[ ]được | vừa[ ](?:ký|ban) | đang[ ]được | do[ ]ông | nêu[ ]rõ
            | cho[ ]biết ) [ ,]
    | [ ] \(? Ảnh: """
)


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
    found = _NUMBERED.match(after) if numbered else _AT_ONCE.match(after) or _LATER.match(after)
    if not found:
        return None
    rest = _ABOUT.sub("", _ABOUT.sub("", after[found.end() :]))
    quoted = _QUOTED.match(rest)
    if quoted:
        return quoted["title"].strip()
    stop = _STOP.search(rest)
    title = rest[: stop.start() if stop else len(rest)].strip(' ,:|*"“”')
    if title in _VERBS.split("|"):  # "…, Chủ tịch UBND tỉnh yêu cầu:" says nothing of a title
        return None
    return title[:MAX_TITLE].rstrip() or None
