#!/usr/bin/env python3
"""Nominees for three to six months of release training for PE teachers, judged one by one.

See batch.py. The world: twelve schools of four counties; nominees who meet every condition and some for
each condition that they do not.
"""

import random
from datetime import date
from fractions import Fraction

import batch
from batch import EDUCATION, TITLE, Batch, People, Sheet, cell, padded, page, text, xls, xlsx, years

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("2133991101", "青岚县城关小学", "青岚县", "城区", "小学", ""),
    ("3133991102", "青岚县第二中学", "青岚县", "城区", "初级中学", "青岚二中"),
    ("2133991103", "青岚县河口镇中心小学", "青岚县", "镇区", "中心小学", "河口镇中心小学"),
    ("2133991201", "石渡县石桥乡中心小学", "石渡县", "乡村", "中心小学", "石桥乡中心小学"),
    ("3133991202", "石渡县初级中学", "石渡县", "城区", "初级中学", ""),
    ("2133991203", "石渡县柳林乡小学", "石渡县", "乡村", "小学", "柳林乡小学"),
    ("3133991301", "鹤鸣县第一中学", "鹤鸣县", "城区", "完全中学", "鹤鸣一中"),
    ("3133991302", "鹤鸣县东川镇初级中学", "鹤鸣县", "镇区", "初级中学", "东川镇初级中学"),
    ("2133991303", "鹤鸣县高岭乡中心小学", "鹤鸣县", "乡村", "中心小学", "高岭乡中心小学"),
    ("2133991401", "枫桥县实验小学", "枫桥县", "城区", "小学", "枫桥实小"),
    ("3133991402", "枫桥县南关镇初级中学", "枫桥县", "镇区", "初级中学", "南关镇初级中学"),
    ("2133991403", "枫桥县西坪乡小学", "枫桥县", "乡村", "小学", "西坪乡小学"),
]
AREA = {s[1]: s[3] for s in SCHOOLS}
COUNTIES = list(dict.fromkeys(s[2] for s in SCHOOLS))
CONDITIONS = ["match", "education", "rank", "teaching_years", "months", "substitute"]
TITLE_WORDS = {"未定级": "未评", "三级教师": "三级教师", "二级教师": "中学二级", "一级教师": "小学高级", "高级教师": "中学高级"}


def world():
    rng = random.Random(306)
    people = People(306, "339911")
    rows = []

    def nominee(school, **changes):
        gender = rng.choice(["男", "男", "女"])
        born = people.day(1975, 1996)
        start = date(born.year + 22, 9, 1)
        stage = "初中" if "中学" in school else "小学"
        r = {"school": school, "name": people.name(gender), "id": people.number(born, gender), "gender": gender, "born": born, "start": start,
             "stage": stage, "area": AREA[school], "subject": "体育", "education": rng.choice(["专科", "本科", "本科"]),
             "title": rng.choice(["二级教师", "一级教师", "一级教师", "高级教师"]), "course": "体育", "months": rng.choice([3, 4, 5, 6]),
             "substitute": people.name(rng.choice(["男", "女"]))}
        r.update(changes)
        r.setdefault("years", years(r["start"], CUT))
        rows.append(r)

    for n, school in enumerate(s[1] for s in SCHOOLS):
        for _ in range(3 if n % 3 else 2):
            nominee(school)
    names = [s[1] for s in SCHOOLS]
    nominee(names[0], subject="数学")
    nominee(names[1], education="中专")
    nominee(names[2], substitute=None)
    nominee(names[3], start=date(2023, 9, 1), born=date(2001, 3, 12), title="未定级")
    nominee(names[4], months=2)
    nominee(names[5], months=8)
    nominee(names[6], course="音乐", subject="音乐")
    nominee(names[7], title=None)
    nominee(names[8], education=None, substitute=None)
    nominee(names[9], subject="语文", months=1, substitute=None)
    nominee(names[11], start=date(2022, 12, 31), born=date(2000, 5, 6))  # three years to the day
    # The number's day of birth is the person's.
    for r in rows:
        if r["born"] in (date(2001, 3, 12), date(2000, 5, 6)):
            r["id"] = people.number(r["born"], r["gender"])
    return sorted(rows, key=lambda r: names.index(r["school"]))


def make():
    b = Batch("release-training-selection", "2025-12")
    b.directory(SCHOOLS)
    rows = world()
    own = lambda i: [r for r in rows if r["school"] == SCHOOLS[i][1]]

    def table(i, style, plants=None, month="%Y.%m", example=False):
        school = SCHOOLS[i][1]
        s = Sheet("推荐人选", 18)
        s.title(f"{school}体育教师脱产培训推荐人选汇总表")
        s.line(f"推荐单位：{school}（盖章）", "填报日期：2025年12月18日")
        if style == "merged":
            s.header(["序号", "姓名", "性别", "身份证号", "出生年月", "参加工作时间", "教龄", "城乡类别", ("任教情况", ["学段", "学科"]), "学历", "职称",
                      "培训学科", "脱产时间（月）", ("顶岗教师", ["姓名", "来源"]), "联系电话", "备注"])
        elif style == "plain":
            s.header(["序号", "推荐人选", "性别", "身份证号码", "出生日期", "参加工作年月", "从教年限", "学校所在地类别", "任教学段", "任教学科", "最高学历", "现任职称",
                      "拟参训学科", "脱产月数", "顶岗教师姓名", "顶岗教师单位", "手机", "备注"])
        else:
            s.header(["序号", "教师姓名", "性别", "身份证件号", "出生年月", "入职时间", "教龄（年）", "城乡分类", "学段", "所教学科", "学历层次", "职称",
                      "研修学科", "脱产培训时间", "置换教师", "课务安排", "联系方式", "备注"])
        if example:
            s.row(["例", "张某某", "男", "339911198001010011", "1980.01", "2002.09", 23, "乡村", "小学", "体育", "本科", "一级教师", "体育", 4, "李某某", "师范学院", None, "示例"])
        for n, r in enumerate(own(i)):
            area = {"城区": ["城区", "城市"], "镇区": ["镇区", "县镇"], "乡村": ["乡村", "农村"]}[r["area"]][n % 2]
            # The directory knows it, too.
            if n == 1:
                area = None
            cells = [n + 1, padded(r["name"]), r["gender"], r["id"], r["born"].strftime(month), r["start"] if style == "plain" else r["start"].strftime(month),
                     r["years"], area, r["stage"], {"体育": "体育与健康"}.get(r["subject"], r["subject"]) if n == 0 else r["subject"],
                     r["education"] and {"专科": "大专", "本科": "大学本科"}.get(r["education"], "中师") if n % 2 else r["education"],
                     r["title"] and TITLE_WORDS[r["title"]], r["course"], r["months"], r["substitute"],
                     "师范学院顶岗实习生" if r["substitute"] else None, f"139{i:04d}{n:04d}", None]
            s.row(plants(s, n, r, cells) if plants else cells)
        s.note("说明：脱产培训期间空出的岗位须安排顶岗教师。")
        s.sign("校长签字：            填表人：            2025年12月18日")
        return s

    b.inbox("青岚县/城关小学/推荐人选汇总表.xlsx", xlsx([table(0, "merged", example=True)]))

    # A month of birth that is not the number's.
    file_1 = "青岚县/青岚县第二中学脱产培训推荐表.xlsx"

    def born(s, n, r, cells):
        if n == 0:
            cells[4] = f"{r['born'].year}.{r['born'].month % 12 + 1:02d}"
            b.finding("id-birth-mismatch", file_1, s.name, cell(len(s.rows) + 1, 5))
        return cells
    b.inbox(file_1, xlsx([table(1, "plain", plants=born)]))
    b.inbox("青岚县/河口镇中心小学推荐人选.csv", text(table(2, "other", month="%Y-%m", example=True), "gb18030"))
    b.inbox("石桥乡中心小学/脱产研修推荐表.xls", page(table(3, "merged"), "gb18030"))

    # Stated years of teaching that do not follow from the start of work, from which they are judged.
    file_4 = "石渡县初级中学.xlsx"

    def claimed(s, n, r, cells):
        if n == 1:
            cells[6] = r["years"] + 5
            b.finding("stated-mismatch", file_4, s.name, cell(len(s.rows) + 1, 7))
        return cells
    b.inbox(file_4, xlsx([table(4, "plain", plants=claimed)]))
    b.inbox("石渡县/柳林乡小学推荐人选.xls", xls([table(5, "other")]))

    # One person twice in a school's table; both rows are told and counted.
    file_6 = "鹤鸣县/鹤鸣一中推荐人选.xlsx"
    first = own(6)[0]
    rows.insert(rows.index(own(6)[1]) + 1, dict(first))

    def twice(s, n, r, cells):
        if r["id"] == first["id"]:
            b.finding("id-duplicate", file_6, s.name, cell(len(s.rows) + 1, 4))
        return cells
    b.inbox(file_6, xlsx([table(6, "merged", plants=twice)]))

    # One person in two schools' tables.
    moved = own(7)[1]
    rows.append({**moved, "school": SCHOOLS[8][1], "area": AREA[SCHOOLS[8][1]]})
    files = {7: "鹤鸣县/东川镇初级中学.xls", 8: "鹤鸣县/高岭乡中心小学推荐人选汇总表.xlsx"}

    def both(i):
        def tell(s, n, r, cells):
            if r["id"] == moved["id"]:
                b.finding("id-in-two-schools", files[i], s.name, cell(len(s.rows) + 1, 4))
            return cells
        return tell
    b.inbox(files[7], xls([table(7, "plain", plants=both(7))]))
    b.inbox(files[8], xlsx([table(8, "merged", plants=both(8))]))

    # A course left blank; a title that nobody knows: neither is known then.
    file_9 = "枫桥县实验小学推荐人选.xlsx"

    def gaps(s, n, r, cells):
        if n == 0:
            cells[12] = r["course"] = None
            b.finding("required-missing", file_9, s.name, cell(len(s.rows) + 1, 13))
        if n == 1:
            cells[11], r["title"] = "教练员", None
            b.finding("vocabulary-unknown", file_9, s.name, cell(len(s.rows) + 1, 12))
        return cells
    b.inbox(file_9, xlsx([table(9, "plain", plants=gaps)]))
    b.inbox("枫桥县/南关镇初级中学推荐表.csv", text(table(10, "plain", month="%Y年%m月")))
    b.inbox("枫桥县/西坪乡小学推荐表.xls", page(table(11, "other")))
    names = [s[1] for s in SCHOOLS]
    figures(b, sorted(rows, key=lambda r: names.index(r["school"])))
    return b


def verdicts(r):
    """True, False or None for each condition; None where a blank leaves it open."""
    both = [None if r[k] is None else r[k] == "体育" for k in ("course", "subject")]
    match = False if False in both else None if None in both else True
    at_least = lambda order, value, low: None if value is None else order.index(value) >= order.index(low)
    return {
        "match": match,
        "education": at_least(EDUCATION, r["education"], "专科"),
        "rank": at_least(TITLE, r["title"], "二级教师"),
        "teaching_years": None if r["years"] is None else r["years"] >= 3,
        "months": None if r["months"] is None else 3 <= r["months"] <= 6,
        "substitute": r["substitute"] is not None,
    }


def figures(b, rows):
    for r in rows:
        r["verdicts"] = verdicts(r)
    groups = list(batch.places(SCHOOLS, rows))

    def review(measure, group, rs):
        fails = [r for r in rs if False in r["verdicts"].values()]
        open_ = [r for r in rs if r not in fails and None in r["verdicts"].values()]
        good = [r for r in rs if all(v is True for v in r["verdicts"].values())]
        b.count(f"{measure}.base", group, len(rs))
        b.count(f"{measure}.eligible", group, len(good))
        b.rate(measure, group, len(good), len(rs))
        b.count(f"{measure}.rejected", group, len(rs) - len(good))
        b.count(f"{measure}.incomplete", group, len(open_))
        for c in CONDITIONS:
            b.count(f"{measure}.{c}", group, sum(r["verdicts"][c] is not True for r in rs))

    for group, rs in groups:
        review("review", group, rs)
        if "school" not in group:
            review("review_county", group, rs)
            n = len(rs)
            town = sum(r["area"] == "城区" for r in rs)
            b.count("shares.nominees", group, n)
            b.count("shares.town", group, town)
            b.count("shares.rural", group, sum(r["area"] in ("镇区", "乡村") for r in rs))
            b.count("shares.unknown", group, 0)
            b.rate("shares", group, town, n)
            b.figure("shares.town_share.limit", group, 0.3, 3, 10)
            b.figure("shares.town_share.gap", group, (Fraction(town, n) - Fraction(3, 10)) * 100)  # percentage points
            b.rate("shares.rural_share", group, n - town, n)
        b.count("nominees", group, len(rs))
        for key, terms in {
            "gender": ["男", "女"], "area": ["城区", "镇区", "乡村"], "stage": ["小学", "初中", "高中"],
            "education": ["中专", "专科", "本科", None], "title": ["未定级", "三级教师", "二级教师", "一级教师", "高级教师", None],
        }.items():
            for term in terms:
                b.count(f"nominees.{key}.{term or '未填'}", group, sum(r[key] == term for r in rs))
    district = {s[1]: s[2] for s in SCHOOLS}
    seen = {}
    for r in rows:
        person = f"{r['name']} {r['id'][:6]}********{r['id'][14:]}"
        n = seen[(r["school"], person)] = seen.get((r["school"], person), 0) + 1
        group = {"district": district[r["school"]], "school": r["school"], "person": person if n == 1 else f"{person} ({n})"}
        b.count("register.teaching_years", group, r["years"])
        b.count("register.months", group, r["months"])


if __name__ == "__main__":
    batch.main(make)
