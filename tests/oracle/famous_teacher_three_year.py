#!/usr/bin/env python3
"""The sample of `famous-teacher-three-year` and the figures it must give; see batch.py.

The world: a district with one centre, three area stations and eleven school studios. Two units have
none; one studio's row of the year before is still in the sheet, and one row stands there twice.
"""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import LEVEL, ROSTER_HEADS, Batch, People, person, places, table

YEAR = 2025
CUT = date(YEAR, 12, 31)
SCHOOLS = [
    ("3633990600", "澜湾区教师进修学校", "区直", "城区", "进修学校", "区进修学校"),
    ("2133990611", "东湖小学", "东片", "城区", "小学", ""),
    ("3133990612", "东湖初级中学", "东片", "城区", "初级中学", "东湖初中"),
    ("2133990613", "柳林镇中心小学", "东片", "镇区", "中心小学", "柳林中心小学"),
    ("2133990621", "西苑实验小学", "西片", "城区", "小学", "西苑实小"),
    ("3133990622", "西苑中学", "西片", "城区", "初级中学", ""),
    ("2133990623", "泉水乡中心小学", "西片", "乡村", "中心小学", "泉水中心小学"),
    ("2133990631", "北坡镇中心小学", "北片", "镇区", "中心小学", "北坡中心小学"),
    ("3133990632", "北坡镇初级中学", "北片", "镇区", "初级中学", "北坡初中"),
    ("1133990633", "北坡镇幼儿园", "北片", "镇区", "幼儿园", ""),
]
SIZES = [12, 24, 26, 18, 22, 25, 14, 16, 20, 8]
TIERS = ["骨干教师", "学科带头人", "名师", "特级教师"]
KINDS = ["中心", "工作站", "工作室"]
DAYS = {"中心": Fraction(2), "工作站": Fraction(3, 2), "工作室": Fraction(1, 2)}
batch.SPELT.update({"中心": ["中心", "名师发展中心"], "工作站": ["工作站", "片区工作站"], "工作室": ["工作室", "学校工作室"], "示范": ["示范", "示范性工作室"]})
# school, name, kind, grade, experts, members, key trainees, days a week
UNITS = [
    ("澜湾区教师进修学校", "澜湾区名师发展中心", "中心", None, 18, 14, 6, 2),
    ("东湖小学", "东片名师工作站", "工作站", "优秀", 4, 16, 3, 1.5),
    ("西苑中学", "西片名师工作站", "工作站", "合格", 4, 15, 2, 1),
    ("北坡镇中心小学", "北片名师工作站", "工作站", "示范", 4, 12, 2, 2),
    ("东湖小学", "小学语文陈氏工作室", "工作室", "示范", None, 9, 2, 1),
    ("东湖小学", "小学数学知行工作室", "工作室", "优秀", None, 8, 1, 0.5),
    ("东湖初级中学", "初中英语启明工作室", "工作室", "优秀", None, 7, 1, 0.5),
    ("东湖初级中学", "初中物理求真工作室", "工作室", "合格", None, 6, None, 0.25),
    ("柳林镇中心小学", "小学综合实践田园工作室", "工作室", "合格", None, 6, 0, 0.5),
    ("西苑实验小学", "小学英语萌芽工作室", "工作室", "优秀", None, 8, 2, 1),
    ("西苑实验小学", "小学美术彩虹工作室", "工作室", "合格", None, 5, 0, 0.5),
    ("西苑中学", "初中数学方圆工作室", "工作室", "示范", None, 10, 2, 1),
    ("西苑中学", "初中化学晶石工作室", "工作室", "优秀", None, 6, 1, 0.5),
    ("北坡镇初级中学", "初中语文远山工作室", "工作室", "不合格", None, 5, 0, 0.5),
    ("北坡镇初级中学", "初中历史溯源工作室", "工作室", "合格", None, 5, 1, 0.75),
]
HEADS = {
    "studio": ["工作室名称", "名师工作室（站）名称", "站（室）名称"], "kind": ["类别", "工作室类别", "层次"], "grade": ["评定等次", "工作室等次", "评估结果"], "year": ["年度", "工作年度"],
    "leader": ["主持人", "领衔名师", "负责人"], "experts": "人数/专家", "members": "人数/成员", "key_trainees": "人数/重点培养对象", "activities": "工作情况/活动次数", "reflections": "工作情况/反思篇数",
    "tier_rises": "工作情况/晋级人数", "days_per_week": ["每周活动天数", "每周时间（天）", "每周研修天数"],
}
FLAT = {**HEADS, "experts": ["聘请专家人数", "专家团队人数"], "members": ["成员人数", "工作室成员数"], "key_trainees": ["重点培养人数", "重点培养对象"], "activities": ["开展活动次数", "研修活动次数"], "reflections": ["发表反思篇数", "教学反思篇数"], "tier_rises": ["骨干层次提升人数", "晋升人数"]}
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "subject", "title", "education", "tier", "tier_level", "appointed"]
ROSTER = {**ROSTER_HEADS, "appointed": ["认定时间", "评定时间"]}


def world(rng, people):
    roster, studios = [], []
    for school, size in zip(SCHOOLS, SIZES):
        stage = {"初级中学": "初中", "幼儿园": "幼儿园"}.get(school[4], "小学")
        for n in range(size):
            born = people.day(1966, 1999)
            p = person(
                people, born=born, school=school[1], stage=stage, work_start=date(born.year + 22, rng.choice([7, 8]), 1), subject=None if stage == "幼儿园" else rng.choice(["语文", "数学", "英语", "美术"]),
                education=rng.choice(["专科", "本科", "本科", "硕士研究生"]), title=rng.choice(["二级教师", "一级教师", "高级教师"]),
            )
            roll = rng.random()
            if roll < 0.45 or school is SCHOOLS[0]:
                p["tier"] = rng.choice(TIERS[:1] * 6 + TIERS[1:2] * 3 + TIERS[2:3] * 3 + TIERS[3:] if school is not SCHOOLS[0] else TIERS)
                p["tier_level"] = "省级" if p["tier"] == "特级教师" else rng.choice(LEVEL[:4] if p["tier"] != "名师" else LEVEL[1:4])
                p["appointed"] = date(rng.randint(2018, 2025), rng.choice([3, 6, 9]), 1) if rng.random() < 0.93 else None
            elif roll < 0.55:
                p["tier"], p["tier_level"], p["appointed"] = "教坛新秀", rng.choice(LEVEL[:2]), date(rng.randint(2022, 2025), 9, 1)
            roster.append(p)
    for school, name, kind, grade, experts, members, key, days in UNITS:
        studios.append({
            "school": school, "studio": name, "kind": kind, "grade": grade, "year": YEAR, "leader": people.name(rng.choice("男女")), "experts": experts, "members": members, "key_trainees": key,
            "activities": rng.randint(6, 24), "reflections": members * rng.randint(2, 9) + rng.randint(0, 4), "tier_rises": rng.randint(0, max(1, members // 3)), "days_per_week": Decimal(str(days)),
        })
    # One unit writes no year; another still has last year's row above this year's.
    for r in studios:
        if r["school"] == "西苑实验小学":
            r["year"] = None
    row = next(r for r in studios if r["studio"] == "初中英语启明工作室")
    studios.insert(studios.index(row), {**row, "year": YEAR - 1, "grade": "合格", "activities": 9, "reflections": 31, "tier_rises": 1})
    # The same twice.
    row = next(r for r in studios if r["studio"] == "初中化学晶石工作室")
    studios.insert(studios.index(row) + 1, dict(row))
    return roster, studios


def make():
    rng = random.Random(9)
    people = People(9)
    roster, studios = world(rng, people)
    b = Batch("famous-teacher-three-year", "2025-12")
    b.directory(SCHOOLS)
    typed, said = defaultdict(dict), []
    mine = lambda rows, name: [r for r in rows if r["school"] == name]

    def plant(rows, form, test, field, value, rule):
        row = next(r for r in rows if test(r))
        n = mine(rows, row["school"]).index(row)
        typed[(row["school"], form)][(n, field)] = value(row)
        said.append((rule, row["school"], form, (n, field)))
        return row

    # A grade between two, reflections without a number, days in words.
    plant(studios, "studios", lambda r: r["studio"] == "小学数学知行工作室", "grade", lambda r: "良好", "vocabulary-unknown")["grade"] = None
    plant(studios, "studios", lambda r: r["studio"] == "小学美术彩虹工作室", "reflections", lambda r: "若干", "number-unreadable")["reflections"] = None
    plant(studios, "studios", lambda r: r["studio"] == "小学综合实践田园工作室", "days_per_week", lambda r: "不定期", "number-unreadable")["days_per_week"] = None
    plant(roster, "roster", lambda p: p["school"] == "柳林镇中心小学" and p["tier"] is None, "id_number", lambda p: batch.wrong_check_digit(p["id_number"]), "id-checksum")
    row = plant(roster, "roster", lambda p: p["school"] == "北坡镇初级中学" and p["tier"] == "骨干教师" and p["appointed"], "appointed", lambda p: "2026-03-01", "date-future")
    row["appointed"] = date(2026, 3, 1)
    plant(roster, "roster", lambda p: p["school"] == "东湖小学" and p["gender"] == "女", "birth_date", lambda p: p["birth_date"].replace(year=p["birth_date"].year - 1), "id-birth-mismatch")

    for habit, school in enumerate(SCHOOLS):
        name = school[1]
        lines = (f"填报单位：{name}", f"填报日期：{YEAR}年12月22日")
        drawn = {"roster": table("教师名册", f"{name}教师花名册", ROSTER, mine(roster, name), FIELDS, habit, lines=lines, sign="单位负责人：            填表人：", extra=typed.get((name, "roster")))}
        own = mine(studios, name)
        if own:
            fields = [k for k in HEADS if k != "experts" or any(r["experts"] for r in own)]
            fields = [k for k in fields if k != "year" or any(r["year"] for r in own)]
            sums = None
            # A total where every row is of this year and written once.
            if habit in (1, 7):
                sums = {k: sum(r[k] or 0 for r in own) for k in ("members", "key_trainees", "activities", "reflections", "tier_rises")}
            drawn["studios"] = table(
                "工作室情况", f"{name}{YEAR}年名师工作室（站）工作情况统计表", FLAT if habit in (2, 4) else HEADS, own, fields, habit, lines=lines, total=sums, notes=["注：反思指在网上发表的教学反思；晋级指骨干称号晋升一级以上。"],
                sign="单位负责人：            填表人：            联系电话：", extra=typed.get((name, "studios")),
            )
        where = {}
        if habit in (0, 1, 5, 8):
            path = f"{school[2]}/{name}报送材料.xlsx"
            b.inbox(path, batch.xlsx([s for s, _ in drawn.values()]))
        elif habit == 7:
            path = f"{school[2]}/{name}.xls"
            b.inbox(path, batch.xls([s for s, _ in drawn.values()]))
        for k, (form, (sheet, cells)) in enumerate(drawn.items()):
            if habit in (0, 1, 5, 7, 8):
                where[form] = (path, sheet.name)
                continue
            kind = ["html", "gbk", "utf8", "xlsx"][(k + habit) % 4]
            own_path = f"{school[2]}/{name}{sheet.name}.{ {'html': 'xls', 'gbk': 'csv', 'utf8': 'csv', 'xlsx': 'xlsx'}[kind]}"
            data = {"html": lambda s: batch.page(s), "gbk": lambda s: batch.text(s, "gb18030"), "utf8": batch.text, "xlsx": lambda s: batch.xlsx([s])}[kind](sheet)
            b.inbox(own_path, data)
            where[form] = (own_path, own_path.split("/")[-1].rsplit(".", 1)[0] if kind != "xlsx" else sheet.name)
        b.unlikely(mine(roster, name), drawn["roster"][1], where["roster"], CUT, typed.get((name, "roster")))
        for rule, at, form, key in said:
            if at == name:
                b.finding(rule, *where[form], drawn[form][1][key])
    reckon(b, roster, studios)
    return b


def reckon(b, roster, studios):
    town = {s[1]: s[2] for s in SCHOOLS}
    groups = lambda rows: list(places(SCHOOLS, rows))
    year = [r for r in studios if r["year"] in (YEAR, None)]
    total = lambda rows, key: sum(r[key] or 0 for r in rows)
    holders = [p for p in roster if p["tier"] in TIERS]
    in_cycle = lambda p: p["appointed"] is None or date(2023, 1, 1) <= p["appointed"] <= CUT

    for (group, staff), (_, rows) in zip(groups(roster), groups(year)):
        have = [p for p in staff if p["tier"] in TIERS]
        named = sum(in_cycle(p) for p in have)
        experts = total(rows, "experts")
        whole = group == {}
        b.count("targets.staff", group, len(staff))
        b.count("targets.holders", group, len(have))
        b.count("targets", group, named)
        b.rate("targets.holder_share", group, len(have), len(staff))
        b.count("targets.experts", group, experts)
        for item, n, least in (("named", named, 500), ("experts", experts, 30)):
            b.figure(f"targets.{item}.target", group, least if whole else None)
            b.figure(f"targets.{item}.gap", group, n - least if whole else None)
    f.composition(b, "famous", groups(holders), [("tier", lambda p: p["tier"], TIERS), ("tier_level", lambda p: p["tier_level"], LEVEL)])

    for group, rows in groups(year):
        of = lambda kind, *grades: [r for r in rows if r["kind"] == kind and (not grades or r["grade"] in grades)]
        studios_ = of("工作室")
        good = len(of("工作室", "优秀", "示范"))
        b.count("structure.centres", group, len(of("中心")))
        b.count("structure.stations", group, len(of("工作站")))
        b.count("structure.station_excellent", group, len(of("工作站", "优秀", "示范")))
        b.count("structure", group, len(studios_))
        b.count("structure.passed", group, len(of("工作室", "合格")))
        b.count("structure.excellent", group, len(of("工作室", "优秀")))
        b.count("structure.model", group, len(of("工作室", "示范")))
        b.count("structure.ungraded", group, len(of("工作室", "不合格", None)))
        b.count("structure.good", group, good)
        b.rate("structure.good_share", group, good, len(studios_))
        for kind, name in zip(KINDS, ("centre_members", "station_members", "studio_members")):
            b.count(f"structure.{name}", group, total(of(kind), "members"))
        b.count("structure.members", group, total(rows, "members"))

    def work(group, rows):
        members = total(rows, "members")
        for key in ("members", "key_trainees", "reflections", "tier_rises"):
            b.count(f"work.{key}", group, total(rows, key))
        b.count("work", group, total(rows, "activities"))
        b.figure("work.reflections_average", group, Fraction(total(rows, "reflections"), members) if members else None)
        b.rate("work.rise_share", group, total(rows, "tier_rises"), members)
    for group, rows in groups(year):
        # A unit without a studio has no line here: there is none to name.
        if not rows:
            continue
        work(group, rows)
        if "school" in group:
            for studio in dict.fromkeys(r["studio"] for r in rows):
                work({**group, "studio": studio}, [r for r in rows if r["studio"] == studio])
    for kind in KINDS + [None]:
        group, rows = {"kind": kind} if kind else {}, [r for r in year if kind in (None, r["kind"])]
        b.count("work_kind.units", group, len(rows))
        for key in ("members", "key_trainees", "reflections", "tier_rises"):
            b.count(f"work_kind.{key}", group, total(rows, key))
        b.count("work_kind", group, total(rows, "activities"))
        b.figure("work_kind.average", group, Fraction(total(rows, "activities"), len(rows)))

    # What is owed: each unit once; nothing for a grade that is not there.
    items = ["experts_materials", "study_away", "centre_research", "excellent_station", "excellent_studio", "model_studio"]
    seen = set()
    for r in year:
        key = (r["school"], r["studio"], r["kind"])
        r["again"] = key in seen
        seen.add(key)
        owed = {}
        if not r["again"]:
            if r["kind"] == "中心":
                owed["experts_materials"], owed["centre_research"] = 100000, 2000 * r["members"]
            if r["key_trainees"]:
                owed["study_away"] = 8000 * r["key_trainees"]
            if r["kind"] == "工作站" and r["grade"] in ("优秀", "示范"):
                owed["excellent_station"] = 6000
            if r["kind"] == "工作室" and r["grade"] in ("优秀", "示范"):
                owed["excellent_studio" if r["grade"] == "优秀" else "model_studio"] = 5000 if r["grade"] == "优秀" else 10000
        r["owed"] = owed
    for group, rows in groups(year):
        once = [r for r in rows if not r["again"]]
        b.count("subsidy.records", group, len(once))
        b.count("subsidy.repeated", group, len(rows) - len(once))
        for item in items:
            b.count(f"subsidy.{item}.n", group, sum(item in r["owed"] for r in rows))
            b.money(f"subsidy.{item}", group, sum(r["owed"].get(item, 0) for r in rows))
        owed = sum(sum(r["owed"].values()) for r in rows)
        b.money("subsidy", group, owed)
        b.money("subsidy.budget", group, 300000 if group == {} else None)
        b.money("subsidy.balance", group, 300000 - owed if group == {} else None)

    def listing(measure, rows, figures):
        seen = defaultdict(int)
        for r in rows:
            seen[(r["school"], r["studio"])] += 1
            n = seen[(r["school"], r["studio"])]
            group = {"district": town[r["school"]], "school": r["school"], "studio": r["studio"] if n == 1 else f"{r['studio']} ({n})"}
            for name, value in figures(r):
                b.figure(f"{measure}.{name}", group, value)
    money = lambda n: None if n is None else f"{Decimal(n):.2f}"
    listing("subsidy_list", year, lambda r: [(i, money(r["owed"].get(i))) for i in items] + [("owed", money(sum(r["owed"].values())))])
    days = lambda r: None if r["days_per_week"] is None else float(r["days_per_week"])
    listing("register", year, lambda r: [(k, r[k]) for k in ("members", "key_trainees", "activities", "reflections", "tier_rises")] + [("days_per_week", days(r))])
    enough = lambda r: r["days_per_week"] is not None and Fraction(r["days_per_week"]) >= DAYS[r["kind"]]
    f.rate(b, "time", groups(year), enough, Fraction(1))
    listing("time_short", [r for r in year if not enough(r)], lambda r: [("members", r["members"]), ("days_per_week", days(r))])


if __name__ == "__main__":
    batch.main(make)
