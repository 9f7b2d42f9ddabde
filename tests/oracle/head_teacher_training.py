#!/usr/bin/env python3
"""The sample of a scheme that is not part of the program, and the figures it must give; see batch.py.

The scheme itself is written by hand in samples/head-teacher-training/scheme/ and kept as it is.
"""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import Batch, People, fen, person, places, table

FIRST, CUT = date(2025, 1, 1), date(2025, 12, 31)
SCHOOLS = [
    ("2133990611", "双溪镇中心小学", "双溪镇", "镇区", "中心小学", "双溪中心小学"),
    ("3133990612", "双溪镇初级中学", "双溪镇", "镇区", "初级中学", "双溪初中"),
    ("2133990621", "石桥镇中心小学", "石桥镇", "镇区", "中心小学", "石桥中心小学"),
    ("2133990622", "石桥镇龙泉小学", "石桥镇", "乡村", "小学", "龙泉小学"),
    ("3133990631", "县第二中学", "城关镇", "城区", "初级中学", "县二中"),
    ("2133990632", "县实验小学", "城关镇", "城区", "小学", "实验小学"),
]
CLASSES = [12, 15, 9, 6, 18, 14]
TIERS = ["合格班主任", "骨干班主任", "名班主任"]
KINDS = ["理论学习", "实务研修", "案例研讨", "网络课程", "跟岗实践"]
MOST = {"理论学习": 8, "实务研修": 10, "案例研讨": 6, "网络课程": 4, "跟岗实践": 8}
COURSES = {
    "理论学习": ["班主任师德与法治专题", "学生心理发展与教育"], "实务研修": ["班级常规管理实务", "家校沟通实务"], "案例研讨": ["问题学生转化案例研讨", "班级突发事件案例研讨"],
    "网络课程": ["班主任能力提升网络课程"], "跟岗实践": ["名班主任工作室跟岗"],
}
SPELT = {"骨干班主任": ["骨干班主任", "骨干", "骨干级"], "合格班主任": ["合格班主任", "合格级"], "名班主任": ["名班主任"], "理论学习": ["理论学习", "理论"], "实务研修": ["实务研修", "带班实务"], "网络课程": ["网络课程", "线上课程"], "跟岗实践": ["跟岗实践", "跟岗"]}


def world(rng, people):
    posts, courses = [], []
    for k, (school, classes) in enumerate(zip(SCHOOLS, CLASSES)):
        name = school[1]
        stage = "初中" if "中学" in name else "小学"
        grades = ["七", "八", "九"] if stage == "初中" else ["一", "二", "三", "四", "五", "六"]
        for n in range(classes):
            class_name = f"{grades[n % len(grades)]}年级（{n // len(grades) + 1}）班"
            tier = TIERS[2] if n == 0 else TIERS[1] if n in (1, 4, 7) else TIERS[0] if n % 7 != 6 else None
            p = person(people, school=name, stage=stage, born=people.day(1972, 1999))
            p.update(
                person=p["id_number"], class_name=class_name, head_tier=tier, head_years=rng.randint(1, 6) + 5 * TIERS.index(tier) if tier else rng.randint(0, 2), months=rng.choice([10, 10, 10, 12, 5, 4]),
                grade=rng.choice(["优秀", "合格", "合格", "合格", "基本合格"]), applied=None, second=None,
            )
            if tier == TIERS[0] and rng.random() < 0.45:
                p["applied"] = TIERS[1]
            if tier == TIERS[1] and rng.random() < 0.6:
                p["applied"] = TIERS[2]
            posts.append(p)
            if n in (2, 9):
                continue
            for _ in range(rng.choice([2, 3, 4, 5, 6])):
                kind = rng.choice(KINDS + ["实务研修"])
                hours = rng.choice([8, 10, 12, 16])
                day = date(2025, rng.randint(1, 12), rng.randint(1, 28))
                courses.append({
                    "person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": name, "course": rng.choice(COURSES[kind]), "course_kind": kind, "date": day, "hours": hours,
                    "credits": Decimal(hours) / 4, "result": rng.choice(["优秀", "合格", "合格", "合格", "合格", "不合格"] + [None] * (kind == "网络课程")),
                })
            if n == 1 and k in (0, 4):
                # Somebody who goes to everything: over the cap of every kind that has one in reach, and of the year.
                for month, kind in enumerate(["理论学习", "跟岗实践", "实务研修"] * 3, 2):
                    courses.append({**courses[-1], "course": COURSES[kind][0], "course_kind": kind, "date": date(2025, month, 3 + k), "hours": 16, "credits": Decimal(4), "result": "合格"})
            if n == 3:
                courses.append({**courses[-1], "course": "上一年度班主任论坛", "course_kind": "理论学习", "date": date(2024, 11, 8), "result": "合格"})
        # Somebody whose work failed, and somebody who asks for two steps at once.
        mine = [p for p in posts if p["school"] == name]
        mine[5]["grade"] = "不合格"
        if k in (1, 4):
            mine[3].update(head_tier=TIERS[0], applied=TIERS[2])
        # One heads two classes.
        if k in (2, 5):
            twice = {**mine[1], "class_name": "一年级（9）班", "second": "是"}
            posts.insert(posts.index(mine[1]) + 1, twice)
    # The same course on the same day twice in the world is once.
    seen, once = set(), []
    for r in courses:
        key = (r["person"], r["course"], r["date"])
        if key not in seen:
            seen.add(key)
            once.append(r)
    return posts, once


def year_before(posts):
    """A year ago: some stood a step lower, one higher, some were not there and some have left."""
    rows = []
    for n, p in enumerate(posts):
        p = {**p, "applied": None}
        if n % 11 == 3:
            continue
        if n % 13 == 1 and p["head_tier"] in TIERS[1:]:
            p["head_tier"] = TIERS[TIERS.index(p["head_tier"]) - 1]
        if n % 17 == 2 and p["head_tier"] == TIERS[0]:
            p["head_tier"] = TIERS[1]
        if n % 19 == 6:
            p["head_tier"] = None if p["head_tier"] else TIERS[0]
        rows.append(p)
    # A person stands on one step, however many classes.
    step = {}
    for p in rows:
        p["head_tier"] = step.setdefault(p["person"], p["head_tier"])
    return rows


POST_HEADS = {
    "school": ["学校"], "name": ["班主任姓名", "姓名"], "gender": ["性别"], "id_number": ["身份证号", "身份证号码"], "stage": ["学段", "任教学段"], "class_name": ["所带班级", "班级", "担任班主任班级"], "head_tier": ["班主任层级", "现任层级", "班主任称号"],
    "second": ["是否兼带", "兼带"], "head_years": ["班主任年限", "任班主任年限"], "months": ["本年任职月数", "任职月数"], "grade": ["班主任考核", "考核等次"], "applied": ["申报层级", "拟晋升层级"],
}
COURSE_HEADS = {
    "name": ["姓名", "班主任姓名"], "id_number": ["身份证号", "身份证号码"], "course": ["培训课程", "研修主题", "课程名称"], "course_kind": ["课程类别", "培训模块", "研修类别"], "date": ["培训日期", "结束时间", "研修时间"], "hours": ["学时", "培训学时"],
    "credits": ["学分", "认定学分"], "result": ["考核结果", "考核等次"],
}
FIELDS = ["name", "gender", "id_number", "stage", "class_name", "second", "head_tier", "head_years", "months", "grade", "applied"]


class Folder(Batch):
    """A sample whose scheme lies beside it."""

    def file(self, path, data):
        if path == "run.toml":
            data += b'scheme = "scheme"\n'
        super().file(path, data)


def make():
    rng = random.Random(16)
    people = People(16)
    posts, courses = world(rng, people)
    before = year_before(posts)
    b = Folder("head-teacher-training", "2025-12")
    for path in sorted((b.folder / "scheme").rglob("*.toml")):
        b.file(path.relative_to(b.folder).as_posix(), path.read_bytes())
    b.directory(SCHOOLS)
    mine = lambda rows, name: [r for r in rows if r["school"] == name]
    typed, said = defaultdict(dict), []

    def plant(rows, form, name, test, field, value, rule):
        n, row = next((i, r) for i, r in enumerate(mine(rows, name)) if test(r))
        typed[(name, form)][(n, field)] = value
        said.append((rule, name, form, (n, field)))
        return row

    single = lambda p: sum(q["person"] == p["person"] for q in posts) == 1
    # A title that is not on the county's ladder; months and years in words; a kind that nobody knows.
    row = plant(posts, "posting", "双溪镇初级中学", lambda p: p["head_tier"] == TIERS[0] and not p["applied"] and single(p), "head_tier", "优秀班主任", "vocabulary-unknown")
    row["head_tier"] = None
    row = plant(posts, "posting", "县第二中学", lambda p: p["head_tier"] == TIERS[1] and single(p), "months", "全年", "number-unreadable")
    row["months"] = None
    row = plant(posts, "posting", "县实验小学", lambda p: p["applied"] and single(p), "head_years", "多年", "number-unreadable")
    row["head_years"] = None
    row = plant(courses, "head_training", "石桥镇中心小学", lambda r: r["date"].year == 2025, "course_kind", "综合活动", "vocabulary-unknown")
    row["course_kind"] = None
    # A course of next year; a result between two grades; the same row twice.
    row = plant(courses, "head_training", "县实验小学", lambda r: r["result"] == "合格", "date", "2026-03-12", "date-future")
    row["date"] = date(2026, 3, 12)
    row = plant(courses, "head_training", "双溪镇中心小学", lambda r: r["result"] == "合格" and r["date"].year == 2025, "result", "良好", "vocabulary-unknown")
    row["result"] = None
    row = mine(courses, "石桥镇龙泉小学")[-1]
    courses.append(dict(row))
    n = len(mine(courses, "石桥镇龙泉小学"))
    said += [("record-duplicate", "石桥镇龙泉小学", "head_training", (k, "course")) for k in (n - 2, n - 1)]
    courses.sort(key=lambda r: [s[1] for s in SCHOOLS].index(r["school"]))

    drawn, where = {}, {}

    def draw(form, name, rows, habit, year, marks, fields=None):
        shown = [{**r, **{k: batch.pick(SPELT[v], habit + n) for k, v in r.items() if isinstance(v, str) and v in SPELT}} for n, r in enumerate(rows)]
        heads = POST_HEADS if form == "posting" else COURSE_HEADS
        lines = (f"填报单位：{name}" if fields is None else "单位：人", f"填报日期：{year}年12月22日")
        more = {"total": {k: float(sum(r[k] for r in rows)) for k in ("hours", "credits")}} if form != "posting" else {"notes": ["注：一人带两个班的分两行填写。"]}
        title = "班主任任职情况登记表" if form == "posting" else "班主任培训学分登记表"
        return table("班主任任职" if form == "posting" else "班主任培训", f"{name}{title}", heads, shown, fields or (FIELDS if form == "posting" else list(COURSE_HEADS)), habit, lines=lines, sign="校长：            填表人：", extra=marks, **more)

    for habit, school in enumerate(SCHOOLS):
        name, town = school[1], school[2]
        ways = [lambda s: batch.xlsx(s), lambda s: batch.text(s[0], "gb18030"), lambda s: batch.page(s[0]), lambda s: batch.xls(s)]
        ends = ["xlsx", "csv", "xls", "xls"]
        last = draw("posting", name, mine(before, name), habit, 2024, None)
        b.file(f"previous/{name}班主任任职.{ends[habit % 4]}", ways[habit % 4]([last[0]]))
        for form, rows in (("posting", posts), ("head_training", courses)):
            # Both schools of this town stand in one table of posts.
            if form == "posting" and town == "石桥镇":
                continue
            drawn[(name, form)] = draw(form, name, mine(rows, name), habit, 2025, typed.get((name, form)))
        if habit in (0, 4):
            file = f"{name}班主任材料.xlsx"
            b.inbox(file, batch.xlsx([drawn[(name, form)][0] for form in ("posting", "head_training")]))
            for form in ("posting", "head_training"):
                where[(name, form)] = (file, drawn[(name, form)][0].name)
            continue
        for form in ("posting", "head_training"):
            if (name, form) in drawn:
                way = (habit + (form == "posting")) % 4
                tab = drawn[(name, form)][0].name
                b.inbox(f"{name}/{tab}.{ends[way]}", ways[way]([drawn[(name, form)][0]]))
                where[(name, form)] = (f"{name}/{tab}.{ends[way]}", tab)
    both = [p for p in posts if p["school"] in ("石桥镇中心小学", "石桥镇龙泉小学")]
    b.inbox("石桥镇班主任任职汇总.xlsx", batch.xlsx([draw("posting", "石桥镇", both, 2, 2025, None, ["school"] + FIELDS)[0]]))
    for rule, name, form, key in said:
        b.finding(rule, *where[(name, form)], drawn[(name, form)][1][key])
    reckon(b, posts, courses, before, where, drawn)
    return b


def reckon(b, posts, courses, before, where, drawn):
    groups = lambda rows: list(places(SCHOOLS, rows))
    town = {s[1]: s[2] for s in SCHOOLS}
    at = lambda r: (town[r["school"]], r["school"])
    persons = lambda rows: len({r["person"] for r in rows})

    heads = [p for p in posts if p["second"] is None]
    f.composition(b, "posts", groups(posts), [("stage", lambda p: p["stage"], ["小学", "初中"]), ("head_tier", lambda p: p["head_tier"] or "未填", TIERS + ["未填"])])
    for group, rows in groups(posts):
        n = persons(rows)
        b.count("heads", group, n)
        b.count("heads.classes", group, len(rows))
        for key, tier in [("qualified", TIERS[0]), ("backbone", TIERS[1]), ("famous", TIERS[2]), ("untiered", None)]:
            b.count(f"heads.{key}", group, persons([p for p in rows if p["head_tier"] == tier]))
        upper = persons([p for p in rows if p["head_tier"] in TIERS[1:]])
        b.count("heads.upper", group, upper)
        b.rate("heads.upper_rate", group, upper, n)
    for measure, tier, part in [("backbone_quota", TIERS[1], 3), ("famous_quota", TIERS[2], 1)]:
        for group, rows in groups(heads):
            leaves = []
            for s in SCHOOLS:
                own = [p for p in rows if p["school"] == s[1]]
                if own:
                    quota = max(1, len(own) * part // 10)
                    leaves.append((sum(p["head_tier"] == tier for p in own), (quota, quota)))
            f.plan(b, measure, [(group, leaves)], True)

    # Movement of persons since the year before.
    was, is_ = ({p["person"]: p["head_tier"] for p in rows} for rows in (before, posts))
    rank = {tier: i for i, tier in enumerate(TIERS)}
    keys = ("start", "joined", "promoted_in", "demoted_in", "moved_in", "left", "promoted_out", "demoted_out", "moved_out", "kept", "")
    total = defaultdict(int)
    for tier in TIERS:
        c = defaultdict(int)
        for who in {**was, **is_}:
            a, z = was.get(who), is_.get(who)
            if a == tier:
                c["start"] += 1
                c["kept"] += z == tier
                c["left"] += z is None
                c["promoted_out"] += z is not None and rank[z] > rank[a]
                c["demoted_out"] += z is not None and rank[z] < rank[a]
            if z == tier:
                c[""] += 1
                c["joined"] += a is None
                c["promoted_in"] += a is not None and rank[a] < rank[z]
                c["demoted_in"] += a is not None and rank[a] > rank[z]
        for key in keys:
            b.count(f"ladder.{key}".rstrip("."), {"level": tier}, c[key])
            total[key] += c[key]
        b.count("ladder.net", {"level": tier}, c[""] - c["start"])
    for key in keys:
        b.count(f"ladder.{key}".rstrip("."), {}, total[key])
    b.count("ladder.net", {}, total[""] - total["start"])

    # Training of the year.
    year = [r for r in courses if FIRST <= r["date"] <= CUT]
    passed = [r for r in year if r["result"] != "不合格"]

    def hours(rows):
        out = defaultdict(int)
        for r in rows:
            out[r["person"]] += r["hours"]
        return out

    all_hours, practice = hours(passed), hours([r for r in passed if r["course_kind"] in ("实务研修", "跟岗实践")])
    times = defaultdict(int)
    for r in year:
        times[r["person"]] += 1
    f.requirement(b, "hours", groups(heads), [("all", all_hours, lambda h: h >= 30, True), ("practice", practice, lambda h: h >= 10, True)])
    f.unmet(b, "hours_unmet", heads, [("all", all_hours, 30, True), ("practice", practice, 10, True)], at)
    f.requirement(b, "participation", groups(heads), [("courses", times, lambda n: n >= 1, False)])

    caps = [(lambda r, kind=kind: r["course_kind"] == kind, most, lambda r: 0) for kind, most in MOST.items()] + [(lambda r: True, 24, lambda r: 0)]
    left, taken = f.capped(passed, lambda r: r["credits"], caps, lambda r: r["date"])
    for i, r in enumerate(passed):
        r["counts"], r["taken"] = left[i], [t[i] for t in taken]
    for group, rows in groups(passed):
        raw, counts = (sum((r[k] for r in rows), Decimal(0)) for k in ("credits", "counts"))
        b.count("credits.persons", group, persons(rows))
        b.number("credits.raw", group, raw)
        b.number("credits", group, counts)
        b.number("credits.over", group, raw - counts)
        for i, name in enumerate(["theory", "practice", "cases", "online", "shadow", "year"]):
            b.number(f"credits.{name}", group, sum((r["taken"][i] for r in rows), Decimal(0)))
    over = [r for r in passed if r["counts"] != r["credits"]]
    f.listing(b, "credits_over", over, lambda r: [("raw", float(r["credits"])), ("counted", float(r["counts"])), ("over", float(r["credits"] - r["counts"]))], at)
    for r in over:
        rows = [x for x in courses if x["school"] == r["school"]]
        n = next(i for i, x in enumerate(rows) if x is r)
        b.finding("credits-over-cap", *where[(r["school"], "head_training")], drawn[(r["school"], "head_training")][1][(n, "credits")])

    kinds = lambda rows: [({"course_kind": k or "未填"}, [r for r in rows if r["course_kind"] == k]) for k in KINDS + [None]] + [({}, rows)]
    for group, rows in kinds(year):
        n, h = persons(rows), sum(r["hours"] for r in rows)
        b.count("courses.courses", group, len({r["course"] for r in rows}))
        b.count("courses", group, len(rows))
        b.count("courses.persons", group, n)
        b.number("courses.hours", group, h)
        b.number("courses.credits", group, sum((r["credits"] for r in rows), Decimal(0)))
        b.figure("courses.average", group, Fraction(h, n) if n else None)
    tested = [r for r in year if r["result"]]
    good = lambda r: r["result"] in ("合格", "优秀")
    f.rate(b, "pass", groups(tested), good, Fraction(9, 10))
    f.rate(b, "pass_kind", kinds(tested), good, Fraction(9, 10))

    # Promotion; what is not known is no.
    def ask(p, lower, upper):
        return lower if p["applied"] == TIERS[1] else upper
    conditions = [
        ("step", lambda p: None if p["head_tier"] is None else p["head_tier"] == ask(p, TIERS[0], TIERS[1])),
        ("years", lambda p: None if p["head_years"] is None else p["head_years"] >= ask(p, 3, 8)),
        ("grade", lambda p: p["grade"] in ask(p, ("合格", "优秀"), ("优秀",))),
    ]
    f.eligibility(b, "promotion", groups([p for p in heads if p["applied"]]), conditions)

    # Subsidy: by the month, ten months at most, a person once.
    paid = [p for p in posts if p["head_tier"] and p["grade"] != "不合格"]
    month = {TIERS[0]: ("qualified", 100), TIERS[1]: ("backbone", 200), TIERS[2]: ("famous", 350)}
    seen = set()
    for p in paid:
        p["again"] = p["person"] in seen
        seen.add(p["person"])
        owed = None
        if p["months"] is not None and not p["again"]:
            owed = Decimal(month[p["head_tier"]][1] * min(p["months"], 10))
            if p["head_tier"] == TIERS[2]:
                owed = min(owed, Decimal(3000))
        p["owed"] = owed
        p["bureau"] = fen(Fraction(owed or 0) * Fraction(3, 5))
    money = lambda rows, key: sum((p[key] or Decimal(0) for p in rows), Decimal(0))
    for group, rows in groups(paid):
        own = [p for p in rows if not p["again"]]
        b.count("subsidy.records", group, len(own))
        b.count("subsidy.repeated", group, len(rows) - len(own))
        for tier, (name, _) in month.items():
            of = [p for p in own if p["head_tier"] == tier]
            b.money(f"subsidy.{name}", group, money(of, "owed"))
            b.count(f"subsidy.{name}.n", group, len(of))
        owed, bureau = money(own, "owed"), money(own, "bureau")
        b.money("subsidy", group, owed)
        b.money("subsidy.bureau", group, bureau)
        b.money("subsidy.school", group, owed - bureau)
        b.money("subsidy.budget", group, Decimal(60000) if group == {} else None)
        b.money("subsidy.balance", group, Decimal(60000) - owed if group == {} else None)

    def amounts(p):
        for tier, (name, _) in month.items():
            yield name, f"{p['owed']:.2f}" if p["head_tier"] == tier and p["owed"] is not None else None
        owed = p["owed"] or Decimal(0)
        for name, value in [("owed", owed), ("bureau", p["bureau"]), ("school", owed - p["bureau"])]:
            yield name, f"{value:.2f}"
    f.listing(b, "subsidy_list", paid, amounts, at)


if __name__ == "__main__":
    batch.main(make)
