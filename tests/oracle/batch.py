"""Workbooks as schools send them, and the figures they must give: what the sample scripts share.

A script builds its own world, writes it with the sheets below, works out every figure with plain
loops, and hands both to `main`. Nothing here knows the program: only file formats, id numbers and
arithmetic. The same script writes the same bytes each time.

    python3 tests/oracle/<id>.py                      # makes samples/<id>/ anew
    python3 tests/oracle/<id>.py --compare OUT        # compares a run's statistics and diagnostics

Needs XlsxWriter (and xlwt for binary .xls).
"""

import csv
import html
import io
import json
import random
import shutil
import sys
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"

EDUCATION = ["高中及以下", "中专", "专科", "本科", "硕士研究生", "博士研究生"]
TITLE = ["未定级", "三级教师", "二级教师", "一级教师", "高级教师", "正高级教师"]
GRADE = ["不合格", "基本合格", "合格", "优秀"]
TIER = ["教坛新秀", "骨干教师", "学科带头人", "名师", "特级教师"]
LEVEL = ["校级", "县区级", "市级", "省级", "国家级"]

SURNAMES = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")
MALE = ["建国", "志强", "伟", "军", "勇", "磊", "文博", "俊杰", "海涛", "永刚", "鹏", "立新", "国栋", "明远", "振华", "小龙", "子轩", "浩然", "庆华", "晓东", "思远", "斌", "启航", "长青", "德胜"]
FEMALE = ["秀英", "丽", "敏", "静", "艳", "娟", "玉兰", "晓燕", "雪梅", "婷婷", "丹", "芳", "慧敏", "雅琴", "春花", "佳怡", "欣怡", "海霞", "红梅", "晓红", "素珍", "倩", "思琪", "文静", "巧云"]


# People ------------------------------------------------------------------------------------

def check_digit(seventeen):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(d) * w for d, w in zip(seventeen, weights)) % 11]


class People:
    """Makes names and id numbers, each once. Region 3399xx belongs to nobody."""

    def __init__(self, seed, region="339901"):
        self.rng = random.Random(seed)
        self.region = region
        self.names, self.numbers = set(), set()

    def name(self, gender):
        while True:
            given = self.rng.choice(MALE if gender == "男" else FEMALE)
            name = self.rng.choice(SURNAMES) + given
            if name not in self.names:
                self.names.add(name)
                return name

    def number(self, born, gender):
        while True:
            sequence = self.rng.randrange(1, 500) * 2 - (1 if gender == "男" else 0)
            body = f"{self.region}{born:%Y%m%d}{sequence:03d}"
            number = body + check_digit(body)
            # A number whose last digits are 000 looks like one that a spreadsheet rounded.
            if number not in self.numbers and not number.endswith("000"):
                self.numbers.add(number)
                return number

    def day(self, first, last):
        """A day between two years, never later than the 28th."""
        return date(self.rng.randint(first, last), self.rng.randint(1, 12), self.rng.randint(1, 28))


def wrong_check_digit(number):
    digits = "0123456789X"
    return number[:17] + digits[(digits.index(number[17]) + 1) % 11]


def years(since, until):
    """Full years between two days."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def padded(name):
    """A name of two characters as clerks align it with one of three."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 else name


# Sheets ------------------------------------------------------------------------------------

class Sheet:
    """A sheet drawn from the top; every line's method returns its 1-based row."""

    def __init__(self, name, width):
        self.name, self.width = name, width
        self.rows, self.merges, self.styles = [], [], []

    def _add(self, cells, style):
        cells = list(cells) + [None] * (self.width - len(cells))
        self.rows.append(cells)
        self.styles.append(style)
        return len(self.rows)

    def _wide(self, text, style):
        row = self._add([text], style)
        if self.width > 1:
            self.merges.append((row, 1, row, self.width))
        return row

    def title(self, text):
        return self._wide(text, "title")

    def note(self, text):
        return self._wide(text, "note")

    def line(self, *texts):
        """Texts spread over the width: 填报单位 left, the date right."""
        cells = [None] * self.width
        for i, text in enumerate(texts):
            cells[i * (self.width - 1) // max(1, len(texts) - 1) if len(texts) > 1 else 0] = text
        return self._add(cells, "line")

    def blank(self):
        return self._add([], "line")

    def header(self, labels):
        """One row of labels; a label may be (spanner, [labels below]) and makes it two rows."""
        two = any(isinstance(label, tuple) for label in labels)
        top, below, col = [], [], 1
        merges = []
        first = len(self.rows) + 1
        for label in labels:
            if isinstance(label, tuple):
                spanner, parts = label
                top += [spanner] + [None] * (len(parts) - 1)
                below += list(parts)
                if len(parts) > 1:
                    merges.append((first, col, first, col + len(parts) - 1))
                col += len(parts)
            else:
                top.append(label)
                below.append(None)
                if two:
                    merges.append((first, col, first + 1, col))
                col += 1
        row = self._add(top, "head")
        if two:
            row = self._add(below, "head")
            self.merges += merges
        return row

    def row(self, cells, style="data"):
        return self._add(cells, style)

    def total(self, cells):
        return self._add(cells, "total")

    def sign(self, text):
        return self._wide(text, "note")


def column(n):
    """Letters of the n-th column, from 1."""
    letters = ""
    while n:
        n, r = divmod(n - 1, 26)
        letters = chr(65 + r) + letters
    return letters


def cell(row, col):
    return f"{column(col)}{row}"


class Formula:
    """A formula with the value that its last calculation left."""

    def __init__(self, text, value):
        self.text, self.value = text, value


def shown(value, dates="%Y-%m-%d"):
    """A value as text, for formats that hold nothing else."""
    if isinstance(value, Formula):
        value = value.value
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime(dates)
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def xlsx(sheets):
    """XlsxWriter with fixed times: the same sheets, the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2025, 1, 1), "author": ""})
    base = {"font_name": "宋体", "font_size": 11}
    grid = {**base, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    formats = {
        "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
        "note": book.add_format({**base, "align": "left", "text_wrap": True}),
        "line": book.add_format(base),
        "head": book.add_format({**grid, "bold": True}),
        "data": book.add_format(grid),
        "total": book.add_format(grid),
    }
    dated = book.add_format({**grid, "num_format": "yyyy-mm-dd"})
    percent = book.add_format({**grid, "num_format": "0.0%"})
    for drawn in sheets:
        sheet = book.add_worksheet(drawn.name)
        sheet.set_column(0, drawn.width - 1, 13)
        for r, (cells, style) in enumerate(zip(drawn.rows, drawn.styles)):
            for c, value in enumerate(cells):
                look = formats[style]
                if isinstance(value, Formula):
                    sheet.write_formula(r, c, value.text, look, shown(value) if isinstance(value.value, date) else value.value)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, datetime(value.year, value.month, value.day), dated)
                elif isinstance(value, Fraction):
                    sheet.write_number(r, c, float(value), percent)
                elif isinstance(value, (int, float, Decimal)):
                    sheet.write_number(r, c, float(value), look)
                elif value is not None:
                    sheet.write_string(r, c, value, look)
                elif style in ("head", "data", "total"):
                    sheet.write_blank(r, c, None, look)
        for r1, c1, r2, c2 in drawn.merges:
            value, style = drawn.rows[r1 - 1][c1 - 1], drawn.styles[r1 - 1]
            sheet.merge_range(r1 - 1, c1 - 1, r2 - 1, c2 - 1, shown(value), formats[style])
    book.close()
    return out.getvalue()


def xls(sheets):
    """A binary workbook of 1997."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for drawn in sheets:
        sheet = book.add_sheet(drawn.name)
        for r, cells in enumerate(drawn.rows):
            for c, value in enumerate(cells):
                if isinstance(value, Formula):
                    value = value.value
                if isinstance(value, date):
                    sheet.write(r, c, datetime(value.year, value.month, value.day), dated)
                elif isinstance(value, (int, float, Decimal, Fraction)):
                    sheet.write(r, c, float(value))
                elif value is not None:
                    sheet.write(r, c, value)
        for r1, c1, r2, c2 in drawn.merges:
            sheet.merge(r1 - 1, r2 - 1, c1 - 1, c2 - 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(sheet, encoding="utf-8-sig", dates="%Y-%m-%d"):
    """A csv; `encoding` gb18030 for what Chinese Excel saves, utf-8-sig for what WPS does."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in sheet.rows:
        writer.writerow([shown(v, dates) for v in cells])
    return out.getvalue().encode(encoding)


def page(sheet, encoding="utf-8", dates="%Y-%m-%d"):
    """What web platforms export as .xls: an HTML table with merged cells."""
    inside = set()
    spans = {}
    for r1, c1, r2, c2 in sheet.merges:
        spans[(r1, c1)] = (r2 - r1 + 1, c2 - c1 + 1)
        inside |= {(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - {(r1, c1)}
    lines = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>',
        f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">',
        f"<title>{html.escape(sheet.name)}</title></head><body><table border=1>",
    ]
    for r, cells in enumerate(sheet.rows, 1):
        row = "<tr>"
        for c, value in enumerate(cells, 1):
            if (r, c) in inside:
                continue
            down, across = spans.get((r, c), (1, 1))
            marks = (f" rowspan={down}" if down > 1 else "") + (f" colspan={across}" if across > 1 else "")
            typed = shown(value, dates)
            if isinstance(value, str) and value.isascii() and len(value) > 10:
                marks += " style=\"mso-number-format:'\\@'\""
            row += f"<td{marks}>{html.escape(typed)}</td>"
        lines.append(row + "</tr>")
    lines.append("</table></body></html>")
    return "\r\n".join(lines).encode(encoding)


# Forms as schools lay them out ---------------------------------------------------------------

def day_as(value, habit):
    """A day as one clerk types it; the first habit leaves a real date cell."""
    if value is None:
        return None
    return [
        lambda d: d,
        lambda d: f"{d:%Y-%m-%d}",
        lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}",
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda d: f"{d.year}/{d.month}/{d.day}",
    ][habit % 5](value)


def pick(words, habit):
    """One of a term's spellings."""
    return words[habit % len(words)]


# Spellings that mean the term without a doubt.
SPELT = {
    "高中及以下": ["高中"], "中专": ["中专", "中师", "中等师范"], "专科": ["专科", "大专", "大专（函授）"],
    "本科": ["本科", "大学本科", "大本", "本科（自考）"], "硕士研究生": ["硕士研究生", "研究生", "硕士"],
    "未定级": ["未定级", "见习期"], "二级教师": ["二级教师", "中小学二级教师"], "一级教师": ["一级教师", "中小学一级教师"],
    "高级教师": ["高级教师", "副高级", "中小学高级教师"], "正高级教师": ["正高级教师", "正高级"], "三级教师": ["三级教师"],
    "优秀": ["优秀", "优"], "合格": ["合格", "称职", "达标"], "基本合格": ["基本合格", "基本称职"], "不合格": ["不合格", "不称职"],
    "城区": ["城区", "市区"], "镇区": ["镇区", "县镇"], "乡村": ["乡村", "农村"],
    "集中培训": ["集中培训", "集中面授", "面授"], "校本研修": ["校本研修", "校本培训", "校本"], "网络研修": ["网络研修", "远程培训", "网络培训"],
    "必修": ["必修", "必修课"], "选修": ["选修", "选修课"],
    "在读": ["在读", "就读中"], "已毕业": ["已毕业", "毕业"], "中止": ["中止", "退学"],
}


def spelt(term, habit):
    return None if term is None else pick(SPELT.get(term, [term]), habit)


ROSTER_HEADS = {
    "name": ["姓名", "教师姓名"], "gender": ["性别"], "id_number": ["身份证号", "身份证号码", "公民身份号码"],
    "birth_date": ["出生年月", "出生日期"], "work_start": ["参加工作时间", "参工时间"], "stage": ["任教学段", "学段"],
    "area": ["城乡类别", "学校所在地类别"], "subject": ["任教学科", "学科"], "title": ["职称", "专业技术职务", "现任职称"],
    "first_education": ["第一学历"], "education": ["最高学历", "学历", "现有学历"], "tier": ["骨干称号", "骨干教师称号"],
    "tier_level": ["骨干级别"], "full_time": ["是否专任教师", "是否专任"], "post": ["职务", "行政职务"], "phone": ["联系电话", "手机号码"],
}


def person(people, gender=None, born=None, school=None, **more):
    """Somebody, as the world knows them; `more` are fields of the roster."""
    gender = gender or people.rng.choice("男女女")
    born = born or people.day(1968, 2000)
    made = {
        "name": people.name(gender), "gender": gender, "birth_date": born, "id_number": people.number(born, gender), "school": school,
        "work_start": None, "stage": None, "area": None, "subject": None, "title": None, "first_education": None, "education": None,
        "tier": None, "tier_level": None, "full_time": None, "post": None, "phone": None, "appointed": None,
    }
    made.update(more)
    return made


def value_as(field, value, habit):
    """A roster value as typed; dates of this form by habit, terms by spelling."""
    if value is None:
        return None
    if isinstance(value, date):
        return day_as(value, habit)
    if field == "name":
        return padded(value) if habit % 2 else value
    if field == "full_time":
        return pick(["是", "√"], habit) if value else "否"
    if isinstance(value, str):
        return spelt(value, habit)
    return value


def table(name, title, heads, rows, fields, habit, notes=(), sign=None, total=None, lines=None, extra=None):
    """A sheet of one form: `heads` spells each field's header, `rows` are dicts; an `extra`
    maps (row number, field) to what is typed there instead. Returns the sheet and the cell of
    (row number, field)."""
    sheet = Sheet(name, len(fields) + 1)
    if title:
        sheet.title(title)
    if lines:
        sheet.line(*lines)
    labels, spanner = ["序号"], None
    for field in fields:
        spelling = heads[field]
        spelling = spelling if isinstance(spelling, str) else pick(spelling, habit)
        if "/" in spelling and not spelling.startswith("/"):
            over, label = spelling.split("/", 1)
            if spanner == over:
                labels[-1][1].append(label)
            else:
                labels.append((over, [label]))
            spanner = over
        else:
            labels.append(spelling)
            spanner = None
    sheet.header(labels)
    cells = {}
    for n, row in enumerate(rows):
        typed = []
        for field in fields:
            value = row.get(field)
            if extra and (n, field) in extra:
                value = extra[(n, field)]
            else:
                value = value_as(field, value, habit + (n % 3 == 0 if isinstance(value, str) and field not in ("name",) else 0))
            typed.append(value)
        at = sheet.row([n + 1] + typed)
        for c, field in enumerate(fields):
            cells[(n, field)] = cell(at, c + 2)
    if total:
        at = sheet.total(["合计"] + [total.get(f) for f in fields])
        for c, field in enumerate(fields):
            cells[("total", field)] = cell(at, c + 2)
    for note in notes:
        sheet.note(note)
    if sign:
        sheet.sign(sign)
    return sheet, cells


class Batch:
    """One sample folder being made."""

    def __init__(self, scheme, period):
        self.scheme, self.period = scheme, period
        self.folder = SAMPLES / scheme
        self.files, self.findings, self.figures = {}, [], []

    def file(self, path, data):
        self.files[path] = data

    def inbox(self, path, data):
        self.file(f"inbox/{path}", data)

    def directory(self, schools):
        """schools: (code, name, district, area, kind, aliases)."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["学校标识码", "学校名称", "乡镇", "城乡类别", "学校类型", "别名"])
        writer.writerows(schools)
        self.file("schools.csv", out.getvalue().encode())

    def finding(self, rule, file, sheet=None, cell=None):
        """What an error or a warning of the run must say; no others may be there."""
        self.findings.append({"rule": rule, "file": file, "sheet": sheet, "cell": cell})

    def unlikely(self, rows, cells, where, cut, typed=None):
        """What a careful clerk asks about a roster that was drawn at random: a high title after few
        years of work, an honour above the title. `typed` are cells that say something else."""
        said = lambda n, *fields: any((n, field) in (typed or {}) for field in fields)
        for n, p in enumerate(rows):
            least = {"一级教师": 1, "高级教师": 5, "正高级教师": 10}.get(p["title"])
            if least and p["work_start"] and p["work_start"] <= cut and not said(n, "title", "work_start"):
                if years(p["work_start"], cut) < least:
                    self.finding("title-too-early", *where, cells[(n, "title")])
            if p["tier"] and p["tier"].endswith("特级教师") and p["title"] and not said(n, "title", "tier"):
                if TITLE.index(p["title"]) < TITLE.index("高级教师"):
                    self.finding("tier-title", *where, cells[(n, "tier")])

    # Figures

    def figure(self, measure, group, value, numerator=None, denominator=None):
        if isinstance(value, Fraction):
            value = float(value)
        self.figures.append({"measure": measure, "group": group, "value": value, "numerator": numerator, "denominator": denominator})

    def count(self, measure, group, n):
        self.figure(measure, group, n)

    def number(self, measure, group, n):
        """A decimal: hours, credits."""
        self.figure(measure, group, float(n))

    def money(self, measure, group, amount):
        self.figure(measure, group, None if amount is None else f"{Decimal(amount):.2f}")

    def rate(self, measure, group, n, d):
        if d:
            self.figure(measure, group, Fraction(n, d), n, d)
        else:
            self.figure(measure, group, None)

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.file("run.toml", f'period = "{self.period}"\n'.encode())
        key = lambda f: (f["file"] or "", f["sheet"] or "", f["cell"] or "", f["rule"])
        self.file("expected.json", lines(self.figures))
        self.file("expected-findings.json", lines(sorted(self.findings, key=key)))
        for path, data in sorted(self.files.items()):
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        print(f"{self.scheme}: {len(self.files)} files, {len(self.figures)} figures, {len(self.findings)} findings")


def lines(items):
    return ("[\n" + ",\n".join(json.dumps(i, ensure_ascii=False) for i in items) + "\n]\n").encode()


def fen(amount):
    """Half up to the fen."""
    if isinstance(amount, Fraction):
        amount = Decimal(amount.numerator) / Decimal(amount.denominator)
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def places(schools, rows, of=lambda r: r["school"]):
    """Every school, every district and the whole with its rows; schools: the directory's rows."""
    town = {s[1]: s[2] for s in schools}
    for name, district in town.items():
        yield {"district": district, "school": name}, [r for r in rows if of(r) == name]
    for district in dict.fromkeys(town.values()):
        yield {"district": district}, [r for r in rows if town.get(of(r)) == district]
    yield {}, list(rows)


# Comparing ---------------------------------------------------------------------------------

def same(a, b):
    if a is None or b is None:
        return a is b
    if isinstance(a, str) and isinstance(b, str) and a == b:
        return True
    try:
        return abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a)))
    except (TypeError, ValueError):
        return False


def alike(want, got):
    """The same figure: value, and where two numbers behind it are given, those."""
    if not same(want["value"], got["value"]):
        return False
    a, b = [(f["numerator"], f["denominator"]) for f in (want, got)]
    return a == (None, None) or a == b


def keyed(figures):
    out = {}
    for f in figures:
        key = (f["measure"], json.dumps(f["group"], ensure_ascii=False, sort_keys=True))
        out.setdefault(key, []).append(f)
    return out


def compare_figures(expected, actual, show=40):
    """Both ways: every figure expected is there and equal, and none is there unexpected."""
    want, got = keyed(expected), keyed(actual)
    bad = equal = 0

    def tell(text):
        nonlocal bad
        bad += 1
        if bad <= show:
            print("  " + text)

    for key in want:
        if len(want[key]) != 1:
            tell(f"expected twice: {key}")
        if key not in got:
            tell(f"missing: {key} = {want[key][0]['value']}")
            continue
        # A measure shown on two pages stands there twice.
        for g in got[key]:
            w = want[key][0]
            if alike(w, g):
                equal += 1
            else:
                tell(f"differs: {key}: want {w['value']} ({w['numerator']}/{w['denominator']}), got {g['value']} ({g['numerator']}/{g['denominator']})")
    for key in got:
        if key not in want:
            tell(f"unexpected: {key} = {got[key][0]['value']} ({got[key][0]['numerator']}/{got[key][0]['denominator']})")
    print(f"figures: {equal} equal of {len(expected)} expected, {len(actual)} in the run, {bad} faults")
    return bad == 0


def compare_findings(expected, actual):
    key = lambda f: (f["rule"], f["file"] or "", f["sheet"] or "", f["cell"] or "")
    want = sorted(map(key, expected))
    real = [d for d in actual if d["severity"] != "note"]
    got = sorted(map(key, real))
    message = {key(d): d["message"] for d in real}
    bad = 0
    for k in want:
        if k in got:
            got.remove(k)
        else:
            bad += 1
            print(f"  finding missing: {k}")
    for k in got:
        bad += 1
        print(f"  finding unexpected: {k} {message[k]}")
    print(f"findings: {len(want)} expected, {bad} faults")
    return bad == 0


def compare_rows(run):
    """Every row seen is kept, or explained; rejected ones are told."""
    for entry in run["inputs"]:
        if entry["verdict"] != "read":
            print(f"  {entry['file']}: {entry['verdict']}")
        for sheet in entry["sheets"]:
            explained = sum(sheet["explained"].values())
            if sheet["rows_seen"] != sheet["kept"] + sheet["rejected"] + explained:
                print(f"  {entry['file']} {sheet['sheet']}: rows do not add up")
            if sheet["rejected"] or not sheet["forms"]:
                print(f"  {entry['file']} {sheet['sheet']}: {sheet}")


def main(make):
    """`make` returns a finished Batch."""
    batch = make()
    if len(sys.argv) > 1 and sys.argv[1] == "--compare":
        out = Path(sys.argv[2])
        out = out.parent if out.is_file() else out
        load = lambda name: json.loads((out / name).read_text(encoding="utf-8"))
        good = compare_figures(batch.figures, load("statistics.json"))
        good &= compare_findings(batch.findings, load("diagnostics.json"))
        compare_rows(load("run.json"))
        sys.exit(0 if good else 1)
    batch.write()
