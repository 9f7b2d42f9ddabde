#!/usr/bin/env python3
"""The sample of `tier-ladder` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date

import batch
import figures as f
from batch import ROSTER_HEADS, Batch, People, person, places, table

CUT = date(2005, 12, 31)
SCHOOLS = [
    ("2133990511", "安澜第一小学", "安澜片区", "城区", "小学", "安澜一小"),
    ("2133990512", "安澜实验小学", "安澜片区", "城区", "小学", "安澜实小"),
    ("3133990513", "安澜第一中学", "安澜片区", "城区", "初级中学", "安澜一中"),
    ("2133990521", "宝山镇中心小学", "宝山片区", "镇区", "中心小学", "宝山中心小学"),
    ("3133990522", "宝山镇初级中学", "宝山片区", "镇区", "初级中学", "宝山初中"),
    ("2133990523", "宝山镇石塘小学", "宝山片区", "乡村", "小学", "石塘小学"),
    ("2133990531", "清河镇中心小学", "清河片区", "镇区", "中心小学", "清河中心小学"),
    ("3133990532", "清河镇初级中学", "清河片区", "镇区", "初级中学", "清河初中"),
]
SIZES = [48, 52, 60, 36, 40, 18, 34, 38]
# Low to high: id, title, tier, level.
LADDER = [
    ("rookie", "区教坛新秀", "教坛新秀", "县区级"), ("backbone", "区学科骨干教师", "骨干教师", "县区级"), ("famous", "区教学名师", "名师", "县区级"), ("city_backbone", "市学科骨干教师", "骨干教师", "市级"),
    ("city_famous", "市名教师", "名师", "市级"), ("special", "省特级教师", "特级教师", "省级"), ("professor", "正高级教师", None, None),
]
RANK = {step[0]: i for i, step in enumerate(LADDER)}
NAMES = {step[0]: step[1] for step in LADDER}
# Standing at the end of 2003.
BASE = {"rookie": 100, "famous": 10, "city_backbone": 13, "city_famous": 4, "special": 5}
GOALS = [("professor", 1), ("special", 5), ("city_famous", 10), ("city_backbone", 30), ("famous", 30), ("backbone", 100), ("rookie", 200)]
YEARLY = {"famous": {2005: 10, 2007: 10}, "backbone": {2004: 50, 2006: 50}, "rookie": {2005: 100, 2007: 100}}
POOL = {"special": ["city_famous", "famous"], "city_famous": ["famous"], "famous": ["backbone"], "backbone": ["rookie"]}


def standing(p):
    if p["title"] == "正高级教师":
        return "professor"
    return next((step[0] for step in LADDER if p["tier"] and (p["tier"], p["tier_level"]) == step[2:]), None)


def put(p, level, appointed):
    step = LADDER[RANK[level]]
    if level == "professor":
        p["title"] = "正高级教师"
    else:
        p["tier"], p["tier_level"] = step[2], step[3]
    p["appointed"] = appointed


def world(rng, people):
    """Everyone at the end of 2004: the standing of 2003, and 50 rookies risen to backbone in 2004."""
    all_ = []
    for school, size in zip(SCHOOLS, SIZES):
        stage = "初中" if school[4] == "初级中学" else "小学"
        for n in range(size):
            born = people.day(1950, 1980)
            all_.append(person(
                people, born=born, school=school[1], stage=stage, work_start=date(born.year + 21, 9, 1), subject=rng.choice(["语文", "数学", "英语", "体育", "音乐"]),
                education=rng.choice(["中专", "专科", "专科", "本科"]), title=rng.choice(["二级教师", "一级教师", "一级教师", "高级教师"]),
            ))
    free = all_[:]
    rng.shuffle(free)
    for level, n in BASE.items():
        for _ in range(n):
            put(free.pop(), level, date(rng.randint(1999, 2003), rng.choice([6, 9]), 1))
    rookies = [p for p in all_ if standing(p) == "rookie"]
    for p in rng.sample(rookies, 50):
        put(p, "backbone", date(2004, 9, 1))
    return all_


def year_2005(rng, people, before):
    now = [dict(p) for p in before]
    of = lambda level: [p for p in now if standing(p) == level]
    plain = [p for p in now if standing(p) is None]
    rng.shuffle(plain)
    # 8 of the 10 places for famous teachers of the district are filled, from the backbone.
    for p in rng.sample(of("backbone"), 8):
        put(p, "famous", date(2005, 9, 1))
    # 94 new rookies of 100.
    for p in plain[:94]:
        put(p, "rookie", date(2005, 10, 1))
    # Of the district's famous two become the city's, one special-grade teacher a professor.
    for p in rng.sample([p for p in of("famous") if p["appointed"].year < 2004], 2):
        put(p, "city_famous", date(2005, 6, 1))
    special = of("special")
    put(special[0], "professor", date(2005, 12, 1))
    # Four of the city's backbone are new, one of them from among the outsiders.
    for p in rng.sample(of("backbone"), 3):
        put(p, "city_backbone", date(2005, 6, 1))
    put(plain[94], "city_backbone", date(2005, 6, 1))
    # One famous teacher is a backbone teacher again; two rookies lost the title.
    put(next(p for p in of("famous") if p["appointed"].year < 2004), "backbone", date(2005, 12, 1))
    old = [p for p in of("rookie") if p["appointed"].year < 2004]
    for p in old[:2]:
        p.update(tier=None, tier_level=None, appointed=None)
    # Two left the district, one of them with a title; three moved within it.
    now.remove(old[2])
    now.remove(plain[95])
    movers = [p for p in of("backbone")][:2] + of("city_backbone")[:1]
    for p in movers:
        p["school"] = "清河镇中心小学" if p["school"] != "清河镇中心小学" else "安澜实验小学"
    # A newcomer brings a title along.
    born = date(1968, 3, 9)
    p = person(people, born=born, school="安澜第一中学", stage="初中", work_start=date(1990, 8, 1), subject="数学", education="本科", title="高级教师")
    put(p, "famous", date(2005, 9, 1))
    now.append(p)
    return now


ASSESS = {"name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "year": ["年度", "考核年度"], "open_lessons": ["公开课", "公开课节数"], "papers": ["论文", "论文篇数"], "grade": ["考核等次", "考核结果"]}
HEADS = {**ROSTER_HEADS, "appointed": ["认定时间", "评定时间"]}
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "subject", "title", "education", "tier", "tier_level", "appointed"]


def assessments(rng, now):
    rows = []
    for p in now:
        held = standing(p)
        if held is None and rng.random() > 0.06:
            continue
        grade = rng.choice(["优秀"] * 3 + ["合格"] * 10 + ["基本合格"]) if held else rng.choice(["优秀", "优秀", "合格"])
        rows.append({"person": p["id_number"], "of": p, "name": p["name"], "id_number": p["id_number"], "school": p["school"], "year": 2005, "open_lessons": rng.randint(0, 4), "papers": rng.randint(0, 2), "grade": grade})
    for r in rng.sample([r for r in rows if standing(r["of"]) == "rookie"], 3):
        r["grade"] = "不合格"
    return rows


def make():
    rng = random.Random(2)
    people = People(2)
    before = world(rng, people)
    now = year_2005(rng, people, before)
    rows = assessments(rng, now)
    b = Batch("tier-ladder", "2005-12")
    b.directory(SCHOOLS)
    mine = lambda all_, name: [r for r in all_ if r["school"] == name]
    typed, said = defaultdict(dict), []

    def plant(all_, form, name, test, field, value, rule):
        n, row = next((i, r) for i, r in enumerate(mine(all_, name)) if test(r))
        typed[(name, form)][(n, field)] = value(row)
        said.append((rule, name, form, (n, field)))
        return row

    row = plant(now, "roster", "安澜第一小学", lambda p: standing(p) is None, "id_number", lambda p: batch.wrong_check_digit(p["id_number"]), "id-checksum")
    row = plant(now, "roster", "宝山镇中心小学", lambda p: standing(p) == "rookie" and p["appointed"].year == 2005, "appointed", lambda p: "2006-03-01", "date-future")
    row["appointed"] = date(2006, 3, 1)
    row = plant(rows, "assessment", "清河镇初级中学", lambda r: r["grade"] == "合格" and standing(r["of"]), "grade", lambda r: "良好", "vocabulary-unknown")
    row["grade"] = None
    row = plant(rows, "assessment", "安澜第一中学", lambda r: r["open_lessons"] > 0, "open_lessons", lambda r: "若干", "number-unreadable")
    # Some were assessed whose school's roster gives them no tier.
    for school in SCHOOLS:
        own = mine(rows, school[1])
        said += [("not-backbone", school[1], "assessment", (n, "name")) for n, r in enumerate(own) if r["of"]["tier"] is None]
    # Tier and level in one column at one school, as its clerk likes it.
    joined = "宝山镇初级中学"

    def write(folder, people_, form, year, plants):
        for habit, school in enumerate(SCHOOLS):
            name = school[1]
            lines = (f"填报单位：{name}", f"填报日期：{year}年12月28日")
            fields, own = FIELDS, mine(people_, name)
            if name == joined and form == "roster":
                fields = [k for k in FIELDS if k != "tier_level"]
                level = {"县区级": "区", "市级": "市", "省级": "省"}
                own = [{**p, "tier": level[p["tier_level"]] + (p["tier"] if p["tier"] != "骨干教师" else "学科骨干教师") if p["tier"] else None} for p in own]
            if form == "roster":
                drawn = table("教师名册", f"{name}教师花名册", HEADS, own, fields, habit, lines=lines, sign="校长：            填表人：", extra=plants.get((name, form)))
                file = f"{name}教师花名册"
            else:
                drawn = table("年度考核", f"{name}{year}年度骨干教师考核情况汇总表", ASSESS, own, list(ASSESS), habit, lines=lines, notes=["注：考核不合格的退出梯队。"], sign="考核小组：            校长：", extra=plants.get((name, form)))
                file = f"{name}年度考核"
            kind = (habit + (form == "roster")) % 4
            file += [".xlsx", ".csv", ".xls", ".xls"][kind]
            data = [lambda s: batch.xlsx([s]), lambda s: batch.text(s, "gb18030"), batch.page, lambda s: batch.xls([s])][kind](drawn[0])
            b.file(f"{folder}/{school[2]}/{file}", data)
            if folder == "inbox":
                tab = drawn[0].name if kind in (0, 3) else file.rsplit(".", 1)[0]
                if form == "roster":
                    b.unlikely(own, drawn[1], (f"{school[2]}/{file}", tab), CUT, plants.get((name, form)))
                for rule, at, of, key in said:
                    if at == name and of == form:
                        b.finding(rule, f"{school[2]}/{file}", tab, drawn[1][key])
                # Who was there in the earlier period and is nowhere now: where to?
                stayed = {p["id_number"] for p in now}
                for p in mine(before, name) if form == "roster" else []:
                    if p["id_number"] not in stayed:
                        b.finding("roster-left", f"{school[2]}/{file}", tab)

    write("previous", before, "roster", 2004, {})
    write("inbox", now, "roster", 2005, typed)
    write("inbox", rows, "assessment", 2005, typed)
    reckon(b, before, now, rows)
    return b


KEYS = ["start", "joined", "promoted_in", "demoted_in", "moved_in", "left", "promoted_out", "demoted_out", "moved_out", "kept", ""]


def flows(was, is_, level, school=None):
    """A level's account in the whole district or in one school."""
    c = dict.fromkeys(KEYS, 0)
    here = lambda p: p is not None and (school is None or p["school"] == school)
    for who in {**was, **is_}:
        old, new = was.get(who), is_.get(who)
        a, z = old and standing(old), new and standing(new)
        stood, stands = here(old) and a == level, here(new) and z == level
        if stood:
            c["start"] += 1
            if stands:
                c["kept"] += 1
            elif z is None:
                c["left"] += 1
            elif RANK[z] > RANK[a]:
                c["promoted_out"] += 1
            elif RANK[z] < RANK[a]:
                c["demoted_out"] += 1
            else:
                c["moved_out"] += 1
        if stands:
            c[""] += 1
            if stood:
                pass
            elif a is None:
                c["joined"] += 1
            elif RANK[a] < RANK[z]:
                c["promoted_in"] += 1
            elif RANK[a] > RANK[z]:
                c["demoted_in"] += 1
            else:
                c["moved_in"] += 1
    return c


def reckon(b, before, now, rows):
    groups = lambda all_: list(places(SCHOOLS, all_))
    was = {p["id_number"]: p for p in before}
    is_ = {p["id_number"]: p for p in now}

    def account(measure, group, parts, base):
        for key in KEYS:
            b.count(f"{measure}.{key}".rstrip("."), group, sum(p[key] for p in parts))
        b.count(f"{measure}.net", group, sum(p[""] - p["start"] for p in parts))
        if base is not None:
            known = base != {}
            b.figure(f"{measure}.baseline", group, sum(base.values()) if known else None)

    levels = [step[0] for step in LADDER]
    whole = {level: flows(was, is_, level) for level in levels}
    for level in levels:
        account("ladder", {"level": NAMES[level]}, [whole[level]], {level: BASE[level]} if level in BASE else {})
        b.figure("ladder.since_baseline", {"level": NAMES[level]}, whole[level][""] - BASE[level] if level in BASE else None)
    account("ladder", {}, list(whole.values()), BASE)
    b.figure("ladder.since_baseline", {}, sum(c[""] for c in whole.values()) - sum(BASE.values()))
    for school in SCHOOLS:
        own = [flows(was, is_, level, school[1]) for level in levels]
        for level, c in zip(levels, own):
            account("ladder_schools", {"school": school[1], "level": NAMES[level]}, [c], None)
        account("ladder_schools", {"school": school[1]}, own, None)
    account("ladder_schools", {}, list(whole.values()), None)

    # Goals: appointed in the four years so far; who could move up; this year's quotas.
    def within(p):
        return p["appointed"] is None or date(2004, 1, 1) <= p["appointed"] <= CUT
    lines = []
    for level, quota in GOALS:
        there = [p for p in now if standing(p) == level and within(p)]
        pool = sum(standing(p) in POOL[level] for p in now) if level in POOL else None
        year = YEARLY.get(level)
        lines.append((level, quota, len(there), pool, None if year is None else year.get(2005, 0), None if year is None else sum(p["appointed"] is not None and p["appointed"].year == 2005 for p in there)))
    for group, part in [({"item": NAMES[l[0]]}, [l]) for l in lines] + [({}, lines)]:
        b.count("goals.quota", group, sum(l[1] for l in part))
        b.count("goals", group, sum(l[2] for l in part))
        b.rate("goals.rate", group, sum(l[2] for l in part), sum(l[1] for l in part))
        b.count("goals.gap", group, sum(max(0, l[1] - l[2]) for l in part))
        b.count("goals.over", group, sum(max(0, l[2] - l[1]) for l in part))
        total = lambda i: None if all(l[i] is None for l in part) else sum(l[i] or 0 for l in part)
        b.figure("goals.pool", group, total(3))
        short = [max(0, max(0, l[1] - l[2]) - l[3]) for l in part if l[3] is not None]
        b.figure("goals.pool_gap", group, sum(short) if short else None)
        b.figure("goals.year_quota", group, total(4))
        b.figure("goals.year_actual", group, total(5))
        b.rate("goals.year_rate", group, total(5) or 0, total(4) or 0)

    for group, people in groups(now):
        count = lambda level: sum(standing(p) == level for p in people)
        held = sum(standing(p) is not None for p in people)
        b.count("holders", group, held)
        for level in levels:
            b.count(f"holders.{level}", group, count(level))
        b.count("holders.staff", group, len(people))
        b.rate("holders.share", group, held, len(people))
    # A professor without a tier is not among those whose roster has one.
    judged = [r for r in rows if r["grade"] and r["of"]["tier"]]
    f.rate(b, "assessed", groups(judged), lambda r: r["grade"] in ("合格", "优秀"))


if __name__ == "__main__":
    batch.main(make)
