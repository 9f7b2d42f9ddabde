#!/usr/bin/env python3
"""The sample of `annual-credits` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import ROSTER_HEADS, Batch, People, person, places, table, years

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("2133990111", "石桥镇中心小学", "石桥镇", "镇区", "中心小学", "石桥中心小学"),
    ("3133990112", "石桥镇初级中学", "石桥镇", "镇区", "初级中学", "石桥初中"),
    ("1133990113", "石桥镇中心幼儿园", "石桥镇", "镇区", "中心幼儿园", ""),
    ("2133990121", "柳湾乡中心小学", "柳湾乡", "乡村", "中心小学", "柳湾中心小学"),
    ("2133990122", "柳湾乡龙潭小学", "柳湾乡", "乡村", "小学", "龙潭小学"),
    ("3133990123", "柳湾乡初级中学", "柳湾乡", "乡村", "初级中学", "柳湾初中"),
    ("2133990131", "城关第一小学", "城关街道", "城区", "小学", "城关一小"),
    ("3133990132", "城关实验中学", "城关街道", "城区", "初级中学", "城关实验"),
]
SIZES = [11, 10, 6, 9, 6, 9, 10, 10]
STAGE = {"小学": "小学", "中学": "初中", "幼儿园": "幼儿园"}
SUBJECTS = {"小学": ["语文", "数学", "英语", "体育", "音乐", "科学"], "初中": ["语文", "数学", "英语", "物理", "化学", "历史"], "幼儿园": [None]}
GROWTH = ["半年适应", "一年合格", "两年成型", "三年出成果"]
RATIO = {"集中培训": 6, "校本研修": 8, "网络研修": 8, "学历进修": 20}
FULL = ["新课程标准骨干研修班", "班主任工作专题培训", "学科教学能力提升培训", "信息技术应用能力提升培训"]
OWN = ["单元整体教学设计研讨", "作业设计专题研修", "课堂提问策略研究", "同课异构观摩研讨", "家校沟通案例研修", "集体备课专题"]
ORDERED = ["师德师风专题学习", "新课标校本学习", "校园安全与心理健康培训"]
ONLINE = ["国家智慧教育平台暑期研修", "学科网络课程学习"]


def world(rng, people):
    roster, training, projects, probation = [], [], [], []
    for school, size in zip(SCHOOLS, SIZES):
        stage = next(v for k, v in STAGE.items() if school[1].endswith(k))
        for n in range(size):
            born = people.day(1970, 1996)
            work = date(born.year + rng.randint(20, 24), rng.choice([8, 9]), 1)
            new = school[4] not in ("小学", "中心幼儿园") and n < 3
            if new:
                work = [date(2024, 9, 1), date(2023, 9, 1), date(2022, 9, 1)][n]
                born = date(work.year - 23, rng.randint(1, 12), rng.randint(1, 28))
            education = rng.choice({"小学": ["专科", "本科", "本科", "中专", "本科"], "初中": ["本科", "本科", "本科", "本科", "专科"], "幼儿园": ["中专", "专科"]}[stage])
            p = person(
                people, born=born, school=school[1], work_start=work, stage=stage, area=school[3] if rng.random() < 0.8 else None,
                subject=rng.choice(SUBJECTS[stage]), title=rng.choice(["二级教师", "一级教师", "高级教师"]) if not new else "未定级",
                education=education, full_time=True,
            )
            # Backbone teachers of the city, two a rural school at most.
            if not new and n in (3, 4) and rng.random() < 0.8:
                p["tier"], p["tier_level"] = rng.choice(["骨干教师", "学科带头人"]), "市级"
            elif not new and n == 5:
                p["tier"], p["tier_level"] = "骨干教师", rng.choice(["县区级", "校级"])
            # Somebody in the office, who teaches no class.
            if n == size - 1 and school[4] != "小学":
                p["full_time"], p["post"], p["subject"] = False, "后勤主任", None
            p["person"] = p["id_number"]
            roster.append(p)
            training += lessons(rng, p, school[1])
            probation += tests(rng, p) if new else []
        projects += registered(rng, school[1], stage)
    return roster, training, projects, probation


def lessons(rng, p, school):
    """What somebody learned in the five years."""
    out = []
    keen = rng.choice([0.6, 0.9, 1.0, 1.1, 1.2])

    def add(project, category, required, start, days, hours, result="合格", credits=None):
        hours = Decimal(str(hours))
        out.append({
            "person": p["id_number"], "name": p["name"], "id_number": p["id_number"], "school": school, "project": project, "category": category,
            "required": required, "start_date": start, "end_date": start + timedelta(days=days), "hours": hours,
            "credits": credits if credits is not None else hours / RATIO[category], "result": result,
        })

    for year in range(max(2021, p["work_start"].year), 2026):
        late = p["work_start"].year == year
        hours = 6 * round(keen * rng.choice([4, 5, 6]))
        add(f"{year}年{rng.choice(FULL)}", "集中培训", "必修", date(year, 10 if late else 7, rng.randint(5, 20)), 4, hours, rng.choice(["合格", "合格", "优秀"]),
            # Now and then a school is generous.
            credits=Decimal(hours) / 4 if rng.random() < 0.05 else None)
        add(f"{year}年{ONLINE[0]}", "网络研修", "必修", date(year, 12 if late else 8, rng.randint(1, 12)), 9, 8 * rng.choice([1, 2]))
        if year == 2025:
            for i, project in enumerate(ORDERED):
                add(f"2025年{project}", "校本研修", "必修", date(2025, 3 + 3 * i, rng.randint(2, 25)), 1, rng.choice([8, 16, 24, 40]))
            for i, project in enumerate(rng.sample(OWN, 3)):
                add(f"2025年{project}", "校本研修", "选修" if i else rng.choice(["选修", None]), date(2025, 4 + 2 * i, rng.randint(2, 25)), 0, rng.choice([8, 16, 20, 28, 40]))
        else:
            add(f"{year}年校本研修", "校本研修", "选修", date(year, 11, rng.randint(1, 28)), 0, 8 * round(keen * rng.choice([2, 3])))
    if rng.random() < 0.12:
        add("2025年学科网络课程学习", "网络研修", "选修", date(2025, 10, 8), 20, 16, "不合格")
    if rng.random() < 0.1 and p["work_start"].year < 2020:
        add("2020年冬季集中研修", "集中培训", "必修", date(2020, 12, 10), 3, 24)
    if rng.random() < 0.08 and p["work_start"].year < 2021:
        add("本科函授进修", "学历进修", "选修", date(2024, 3, 1), 300, 60)
    return out


def tests(rng, p):
    """A new teacher's tests so far."""
    start = p["work_start"]
    out = []
    for growth, months in zip(GROWTH, [6, 12, 24, 36]):
        day = date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 15)
        if day > CUT:
            break
        score = Decimal(rng.choice([52, 58, 66, 74, 81, 88, 93]))
        out.append({
            "person": p["id_number"], "name": p["name"], "id_number": p["id_number"], "school": p["school"], "cohort": start.year, "growth_stage": growth, "tested": day,
            "score": score, "result": "不合格" if score < 55 else "基本合格" if score < 60 else "优秀" if score >= 90 else "合格",
        })
    return out


def registered(rng, school, stage):
    out = []
    for n, project in enumerate(rng.sample(OWN, 4)):
        first = date(2025, 1 + 2 * n, rng.randint(3, 20))
        steps = [4, 3, 2, 1][n] if rng.random() < 0.8 else 4
        p = {"school": school, "project": project + "项目", "registered": first, "approved": None, "start_date": None, "end_date": None, "evaluated": None, "result": None,
             "required": rng.choice(["必修", "选修"]), "participants": rng.randint(6, 30), "hours": Decimal(rng.choice([16, 24, 32])), "leader": None}
        if steps > 1:
            p["approved"] = first + timedelta(days=12)
        if steps > 2:
            p["start_date"] = first + timedelta(days=30)
            p["end_date"] = first + timedelta(days=60)
        if steps > 3:
            p["evaluated"] = first + timedelta(days=75)
            p["result"] = rng.choice(["合格", "优秀", "合格", "基本合格"])
        if p["evaluated"] and p["evaluated"] > CUT:
            p["evaluated"] = p["result"] = None
        out.append(p)
    return out


TRAINING_HEADS = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "project": ["培训项目", "培训内容", "项目（课程）名称"], "category": ["培训类别", "培训形式"],
    "required": ["课程性质", "必修/选修"], "start_date": "培训时间/起", "end_date": "培训时间/止", "hours": ["学时", "培训学时", "学时数"], "credits": ["学分", "认定学分"],
    "result": ["考核结果", "成绩", "是否合格"],
}
PLAIN = {**TRAINING_HEADS, "start_date": ["开始时间", "开始日期"], "end_date": ["结束时间", "结束日期"], "required": "课程性质"}
PROJECT_HEADS = {
    "project": ["项目名称", "校本培训项目", "申报项目名称"], "required": "课程性质", "participants": ["参训人数", "参加人数"], "hours": ["计划学时", "学时"],
    "registered": ["登记时间", "申报时间", "备案日期"], "approved": ["审批时间", "批准日期", "立项时间"], "start_date": "组织实施/起", "end_date": "组织实施/止",
    "evaluated": ["评估时间", "验收日期", "结项时间"], "result": ["评估结果", "评估等次", "验收结果"],
}
PROBATION_HEADS = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "cohort": ["入职年度", "届别"], "growth_stage": ["考核阶段", "成长阶段"], "tested": ["考核时间", "考核日期"],
    "score": ["考核得分", "成绩"], "result": ["考核结果", "考核等次"],
}
ROSTER_FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "area", "subject", "title", "education", "tier", "tier_level", "full_time", "post"]


def sheets(b, rng, school, habit, roster, training, projects, probation, plants):
    """One school's tables: (form, sheet, cells). `plants` are typed instead of what is meant."""
    name = school[1]
    mine = lambda rows: [r for r in rows if r["school"] == name]
    flat = habit in (1, 6)
    lines = (f"填报单位：{name}", "填报日期：2025年12月26日")
    sign = "校长（签字）：        审核人：        填表人：        联系电话："
    out = {}
    people = mine(roster)
    out["roster"] = table("教师花名册", f"{name}教师花名册", ROSTER_HEADS, people, ROSTER_FIELDS, habit, lines=lines, sign=sign, extra=plants.get((name, "roster")))
    heads = PLAIN if flat else TRAINING_HEADS
    rows = mine(training)
    fields = list(TRAINING_HEADS)
    known = [r["hours"] for r in rows if r["hours"] is not None]
    total = {"hours": sum(known)} if habit % 2 == 0 else None
    if (name, "total") in plants:
        total = plants[(name, "total")]
    out["training"] = table("继续教育学分登记", f"{name}教师继续教育学分登记表", heads, rows, fields, habit, lines=lines, sign=sign, total=total, extra=plants.get((name, "training")))
    fields = [k for k in PROJECT_HEADS if habit % 3 or k not in ("participants",)]
    project_heads = {**PROJECT_HEADS, "start_date": ["开始时间"], "end_date": ["结束时间"]} if flat else PROJECT_HEADS
    out["projects"] = table(
        "校本培训项目", f"{name}2025年校本培训项目登记表", project_heads, mine(projects), fields, habit, lines=lines,
        notes=["注：项目须先登记、后审批，审批后方可组织实施。"], sign=sign, extra=plants.get((name, "projects")),
    )
    rows = mine(probation)
    if rows:
        out["probation"] = table("新教师考核", f"{name}新教师阶段考核情况表", PROBATION_HEADS, rows, list(PROBATION_HEADS), habit, lines=lines, sign=sign, extra=plants.get((name, "probation")))
    return out


def make():
    rng = random.Random(11)
    people = People(11)
    roster, training, projects, probation = world(rng, people)
    b = Batch("annual-credits", "2025-12")
    b.directory(SCHOOLS)
    plants, expected = plant(roster, training, projects, probation)
    forms = {}
    for habit, school in enumerate(SCHOOLS):
        name = school[1]
        made = sheets(b, rng, school, habit, roster, training, projects, probation, plants)
        drawn = {k: v[0] for k, v in made.items()}
        book = list(drawn.values())
        if habit in (0, 5, 6):
            where = {k: f"{name}/{name}2025年继续教育材料.xlsx" if habit == 5 else f"{name}2025年继续教育材料.xlsx" for k in drawn}
            b.inbox(where["roster"], batch.xlsx(book))
        elif habit == 3:
            where = {k: f"柳湾乡/{name}.xls" for k in drawn}
            b.inbox(where["roster"], batch.xls(book))
        else:
            kinds = {1: ["xlsx", "gbk", "xlsx", "xlsx"], 2: ["html", "xlsx", "xlsx", "xlsx"], 4: ["html"] * 4, 7: ["csv"] * 4}[habit]
            where = {}
            for (form, sheet), kind in zip(drawn.items(), kinds):
                ending = {"xlsx": "xlsx", "gbk": "csv", "csv": "csv", "html": "xls"}[kind]
                path = f"{name}/{sheet.name}（{name}）.{ending}"
                data = {"xlsx": lambda: batch.xlsx([sheet]), "gbk": lambda: batch.text(sheet, "gb18030"), "csv": lambda: batch.text(sheet), "html": lambda: batch.page(sheet)}[kind]()
                b.inbox(path, data)
                where[form] = path
        for form, (sheet, cells) in made.items():
            forms[(name, form)] = (where[form], sheet.name if not where[form].endswith(".csv") and not (habit in (2, 4) and where[form].endswith(".xls")) else where[form].rsplit("/", 1)[-1].rsplit(".", 1)[0], cells)
    for rule, school, form, key in expected:
        file, sheet, cells = forms[(school, form)]
        b.finding(rule, file, sheet, cells[key])
    reckon(b, roster, training, projects, probation, forms)
    return b


def plant(roster, training, projects, probation):
    """Mistakes: what is typed instead, and what must be said. What is meant changes with them."""
    plants = defaultdict(dict)
    said = []

    def at(rows, school, test):
        mine = [r for r in rows if r["school"] == school]
        n = next(i for i, r in enumerate(mine) if test(r))
        return n, mine[n]

    # A wrong check digit; the name still tells who it is.
    s = "石桥镇中心小学"
    n, row = at(training, s, lambda r: r["category"] == "网络研修" and r["end_date"].year == 2024)
    plants[(s, "training")][(n, "id_number")] = batch.wrong_check_digit(row["id_number"])
    said.append(("id-checksum", s, "training", (n, "id_number")))
    # Hours with a word in them.
    n, row = at(training, s, lambda r: r["category"] == "集中培训" and r["end_date"].year == 2023)
    plants[(s, "training")][(n, "hours")] = "约30"
    row["hours"] = None
    said.append(("number-unreadable", s, "training", (n, "hours")))
    # A total that is not the sum.
    rows = [r for r in training if r["school"] == s]
    plants[(s, "total")] = {"hours": sum(r["hours"] for r in rows if r["hours"] is not None) + 100}
    said.append(("total-mismatch", s, "training", ("total", "hours")))
    # An end before its start.
    s = "石桥镇初级中学"
    n, row = at(training, s, lambda r: r["category"] == "集中培训" and r["end_date"].year == 2022)
    row["end_date"] = row["start_date"] - timedelta(days=10)
    said.append(("date-order", s, "training", (n, "end_date")))
    # Somebody whom the roster does not have.
    stranger = next(r for r in training if r["school"] == s and r["category"] == "网络研修" and r["end_date"].year == 2025)
    other = People(1111).number(date(1988, 5, 6), "女")
    n = [r for r in training if r["school"] == s].index(stranger)
    plants[(s, "training")][(n, "id_number")] = other
    plants[(s, "training")][(n, "name")] = "苗雨晴"
    stranger.update(person=other, id_number=other, name="苗雨晴")
    said.append(("person-not-in-roster", s, "training", (n, "id_number")))
    # A kind of training that could be anything.
    s = "柳湾乡中心小学"
    n, row = at(training, s, lambda r: r["category"] == "网络研修" and r["end_date"].year == 2023)
    plants[(s, "training")][(n, "category")] = "混合式研修"
    row["category"] = None
    said.append(("vocabulary-unknown", s, "training", (n, "category")))
    # Two credits left to be worked out from the hours; nothing wrong with that.
    for r in [r for r in training if r["school"] == s and r["end_date"].year == 2025 and r["category"] in ("网络研修", "集中培训")][:2]:
        r["credits"] = None
    # Credits that are not the hours by the usual rates; failed courses have none to judge.
    for school in SCHOOLS:
        for n, r in enumerate([r for r in training if r["school"] == school[1]]):
            due = r["hours"] / RATIO[r["category"]] if r["hours"] and r["category"] else None
            if due and r["credits"] is not None and r["result"] != "不合格" and abs(r["credits"] - due) > Decimal("0.05"):
                said.append(("credits-per-hour", school[1], "training", (n, "credits")))
    # A project approved before it was registered, and one held without approval (no mistake of typing).
    s = "柳湾乡初级中学"
    n, row = at(projects, s, lambda r: r["approved"] and r["start_date"])
    row["approved"] = row["registered"] - timedelta(days=5)
    said.append(("date-order", s, "projects", (n, "approved")))
    n, row = at(projects, s, lambda r: r["approved"] and r["start_date"] is None)
    row["start_date"], row["end_date"], row["approved"] = row["registered"] + timedelta(days=20), row["registered"] + timedelta(days=25), None
    # A birthday that the id number does not have.
    s = "城关第一小学"
    n, row = at(roster, s, lambda r: r["gender"] == "男")
    plants[(s, "roster")][(n, "birth_date")] = row["birth_date"] - timedelta(days=366)
    said.append(("id-birth-mismatch", s, "roster", (n, "birth_date")))
    # A test of which nobody can say how it ended.
    s = "城关实验中学"
    n, row = at(probation, s, lambda r: r["result"] == "合格")
    plants[(s, "probation")][(n, "result")] = "待定"
    row["result"] = None
    said.append(("vocabulary-unknown", s, "probation", (n, "result")))
    return plants, said


def reckon(b, roster, training, projects, probation, forms):
    town = {s[1]: s[2] for s in SCHOOLS}
    area = {s[1]: s[3] for s in SCHOOLS}
    order = [s[1] for s in SCHOOLS]
    at = lambda r: (town[r["school"]], r["school"])
    of_person = {p["person"]: p for p in roster}
    groups = lambda rows: list(places(SCHOOLS, rows))
    rural = lambda r: (r.get("area") or (of_person.get(r.get("person"), {}).get("area")) or area[r["school"]]) in ("镇区", "乡村")
    year = [r for r in training if r["end_date"].year == 2025]
    cycle = [r for r in training if date(2021, 1, 1) <= r["end_date"] <= CUT]
    passed = lambda rows: [r for r in rows if r["result"] != "不合格"]

    # Credits of the school's own training.
    own = [r for r in passed(year) if r["category"] == "校本研修"]
    prescribed = lambda r: r["required"] == "必修"
    caps = [(prescribed, 12, lambda r: 0), (lambda r: not prescribed(r), 12, lambda r: 0), (lambda r: True, 24, lambda r: 0)]
    left, taken = f.capped(own, lambda r: r["credits"], caps, lambda r: r["end_date"])
    for i, r in enumerate(own):
        r["counts"], r["taken"] = left[i], [t[i] for t in taken]
    for group, rows in groups(own):
        raw, counts = sum(r["credits"] for r in rows), sum(r["counts"] for r in rows)
        b.count("school_based.persons", group, len({r["person"] for r in rows}))
        b.number("school_based.raw", group, raw)
        b.number("school_based", group, counts)
        b.number("school_based.over", group, raw - counts)
        for i, name in enumerate(["prescribed", "own_part", "year_part"]):
            b.number(f"school_based.{name}", group, sum(r["taken"][i] for r in rows))
    over = [r for r in own if r["counts"] != r["credits"]]
    f.listing(b, "school_based_over", over, lambda r: [("raw", float(r["credits"])), ("counted", float(r["counts"])), ("over", float(r["credits"] - r["counts"]))], at)
    for r in over:
        rows = [x for x in training if x["school"] == r["school"]]
        file, sheet, cells = forms[(r["school"], "training")]
        b.finding("credits-over-cap", file, sheet, cells[(rows.index(r), "credits")])

    # Hours.
    base = [p for p in roster if p["full_time"] is not False]
    def hours(rows):
        out = defaultdict(Decimal)
        for r in rows:
            out[r["person"]] += r["hours"] or 0
        return out
    in_cycle, in_year = hours(passed(cycle)), hours(passed(year))
    f.requirement(b, "cycle_hours", groups(base), [("hours", in_cycle, lambda a: a >= 360, True)])
    f.unmet(b, "cycle_hours_unmet", sorted(base, key=lambda r: order.index(r["school"])), [("hours", in_cycle, 360, True)], at)
    f.requirement(b, "year_hours", groups(base), [("hours", in_year, lambda a: a >= 72, True)])
    full = lambda r: r["person"] in of_person and of_person[r["person"]]["full_time"] is not False
    counted = [r for r in passed(year) if full(r)]
    for (group, people), (_, rows) in zip(groups(base), groups(counted)):
        total = sum((r["hours"] or Decimal(0) for r in rows), Decimal(0))
        b.count("hours_average.staff", group, len(people))
        b.number("hours_average.hours", group, total)
        f.quotient(b, "hours_average", group, total, len(people), "average", 72)

    # Hours to a credit.
    known = [r for r in year if r["hours"] is not None]
    for kind in ["集中培训", "校本研修", "网络研修", "学历进修", "其他"]:
        group, rows = {"category": kind}, [r for r in known if r["category"] == kind]
        total, credits = sum((r["hours"] for r in rows), Decimal(0)), sum((r["credits"] or Decimal(0) for r in rows), Decimal(0))
        due = Fraction(total) / RATIO[kind] if kind in RATIO else None
        b.count("conversion.records", group, len(rows))
        b.count("conversion.blank", group, sum(r["credits"] is None for r in rows))
        b.number("conversion.hours", group, total)
        b.number("conversion.credits", group, credits)
        b.figure("conversion.standard", group, RATIO.get(kind))
        b.figure("conversion", group, due)
        b.figure("conversion.difference", group, None if due is None else Fraction(credits) - due)
    f.persons(b, "attendance", groups(year), [("hours", lambda r: r["hours"]), ("credits", lambda r: r["credits"])])

    # Degrees.
    primary = [p for p in base if p["stage"] == "小学" and rural(p)]
    middle = [p for p in base if p["stage"] == "初中"]
    level = batch.EDUCATION.index
    f.rate(b, "primary_degree", groups(primary), lambda p: level(p["education"]) >= level("专科"), Fraction(17, 20))
    f.rate(b, "middle_degree", groups(middle), lambda p: level(p["education"]) >= level("本科"), Fraction(17, 20))

    # Rural backbone teachers of the city.
    city = lambda p: p and p["tier"] in ("骨干教师", "学科带头人", "名师") and p["tier_level"] == "市级"
    holders = [p for p in roster if city(p) and rural(p)]
    went = [r for r in passed(cycle) if r["category"] == "集中培训" and city(of_person.get(r["person"])) and rural(r)]
    for (group, people), (_, rows) in zip(groups(holders), groups(went)):
        trained = len({r["person"] for r in rows})
        b.count("rural_backbone.holders", group, len(people))
        b.count("rural_backbone", group, trained)
        b.count("rural_backbone.sessions", group, len(rows))
        b.figure("rural_backbone.trained.target", group, 50 if group == {} else None)
        b.figure("rural_backbone.trained.gap", group, trained - 50 if group == {} else None)

    # New teachers.
    tested = [r for r in probation if r["result"]]
    good = lambda r: r["result"] in ("合格", "优秀")
    stages = lambda rows, outer={}: [({**outer, "growth_stage": g}, [r for r in rows if r["growth_stage"] == g]) for g in GROWTH]
    f.rate(b, "probation_stage", stages(tested) + [({}, tested)], good)
    cohorts = []
    for cohort in sorted({r["cohort"] for r in tested}):
        rows = [r for r in tested if r["cohort"] == cohort]
        cohorts += [s for s in stages(rows, {"cohort": str(cohort)}) if s[1]] + [({"cohort": str(cohort)}, rows)]
    f.rate(b, "probation_cohort", cohorts + [({}, tested)], good)
    failed = sorted([r for r in probation if r["result"] in ("基本合格", "不合格")], key=lambda r: order.index(r["school"]))
    f.listing(b, "probation_failed", failed, lambda r: [("score", float(r["score"]))], at)
    new = [p for p in base if 1 <= years(p["work_start"], CUT) <= 3]
    def times(growth):
        out = defaultdict(int)
        for r in probation:
            if good(r) and r["growth_stage"] == growth:
                out[r["person"]] += 1
        return out
    first, second = times("半年适应"), times("一年合格")
    f.requirement(b, "new_teachers", groups(new), [("half_year", first, lambda a: a >= 1, False), ("one_year", second, lambda a: a >= 1, False)])
    f.unmet(b, "new_teachers_unmet", sorted(new, key=lambda r: order.index(r["school"])), [("half_year", first, 1, False), ("one_year", second, 1, False)], at)

    # Projects.
    for group, rows in groups(projects):
        a, s, e = (lambda k: lambda r: r[k] is not None)("approved"), (lambda r: r["start_date"] is not None), (lambda r: r["evaluated"] is not None)
        n = lambda test: sum(bool(test(r)) for r in rows)
        b.count("projects", group, len(rows))
        b.count("projects.approved", group, n(a))
        b.count("projects.organised", group, n(s))
        b.count("projects.evaluated", group, n(e))
        b.count("projects.waiting", group, n(lambda r: not a(r) and not s(r) and not e(r)))
        b.count("projects.ready", group, n(lambda r: a(r) and not s(r) and not e(r)))
        b.count("projects.running", group, n(lambda r: a(r) and s(r) and not e(r)))
        b.count("projects.done", group, n(lambda r: a(r) and s(r) and e(r)))
        irregular = n(lambda r: not a(r) and (s(r) or e(r)))
        b.count("projects.irregular", group, irregular)
        b.count("projects.irregular.limit", group, 0)
        b.count("projects.irregular.gap", group, irregular)
        b.rate("projects.evaluation_rate", group, n(e), len(rows))


if __name__ == "__main__":
    batch.main(make)
