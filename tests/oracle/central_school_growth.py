#!/usr/bin/env python3
"""The sample of `central-school-growth` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date

import batch
import figures as f
from batch import EDUCATION, LEVEL, ROSTER_HEADS, TITLE, Batch, People, Sheet, person, places, table, years

CUT = date(2025, 12, 31)
BEFORE = date(2025, 8, 31)
SCHOOLS = [
    ("2133990211", "云山镇中心小学", "云山镇", "镇区", "中心小学", "云山中心小学"),
    ("2133990212", "云山镇第二小学", "云山镇", "镇区", "小学", "云山二小"),
    ("2133990213", "云山镇白杨小学", "云山镇", "乡村", "小学", "白杨小学"),
    ("2133990214", "云山镇松林小学", "云山镇", "乡村", "小学", "松林小学"),
    ("1133990215", "云山镇中心幼儿园", "云山镇", "镇区", "中心幼儿园", "云山中心园"),
    ("2133990221", "河东小学", "河东学区", "城区", "小学", ""),
    ("3133990222", "河西中学", "河东学区", "城区", "初级中学", ""),
    ("2133990223", "南岭小学", "河东学区", "乡村", "小学", ""),
]
GROUP = [s[1] for s in SCHOOLS[:5]]
# The base line: 165 staff, 75 of them 35 or younger; 15 of school level, 11 of the district's.
START = {"云山镇中心小学": (60, 27, 6, 7), "云山镇第二小学": (38, 17, 4, 3), "云山镇白杨小学": (25, 11, 2, 1), "云山镇松林小学": (22, 10, 2, 0), "云山镇中心幼儿园": (20, 10, 1, 0)}
SUBJECTS = ["语文", "数学", "英语", "体育", "音乐", "美术", "科学"]
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "subject", "title", "education", "tier", "tier_level"]


def world(rng, people):
    before = []
    for name, (size, young, school, district) in START.items():
        stage = "幼儿园" if name.endswith("幼儿园") else "小学"
        mine = []
        for n in range(size):
            # Young on the last day of the old year and at the end of the new term alike.
            born = people.day(1991, 2002) if n < young else people.day(1967, 1988)
            p = person(
                people, born=born, school=name, stage=stage, work_start=date(born.year + 22, 9, 1), subject=rng.choice(SUBJECTS) if stage == "小学" else None,
                education=rng.choice(["专科", "本科", "本科", "本科"]), title=rng.choice(["二级教师", "一级教师", "一级教师", "高级教师"]) if n >= young else rng.choice(["未定级", "二级教师", "一级教师"]),
            )
            mine.append(p)
        chosen = rng.sample([p for p in mine if p["birth_date"].year < 1996], school + district)
        for i, p in enumerate(chosen):
            p["title"] = rng.choice(["一级教师", "一级教师", "高级教师"])
            p["tier"], p["tier_level"] = ("骨干教师" if rng.random() < 0.8 else "学科带头人"), "校级" if i < school else "县区级"
        before += mine
    return before


def after(rng, people, before):
    """A term later: some rose, some were added, one lost the title, some left, some came."""
    now = [dict(p) for p in before]
    of = lambda school, level: [p for p in now if p["school"] == school and p["tier_level"] == level]
    # Two of the district rise to the city's, one of them as a famous teacher.
    risen = of("云山镇中心小学", "县区级")[:2]
    risen[0].update(tier="名师", tier_level="市级")
    risen[1].update(tier_level="市级")
    # School level to district level.
    for school, n in [("云山镇中心小学", 2), ("云山镇第二小学", 1), ("云山镇白杨小学", 1)]:
        for p in of(school, "校级")[:n]:
            p["tier_level"] = "县区级"
    # New ones of school level.
    for school, n in [("云山镇中心小学", 5), ("云山镇第二小学", 3), ("云山镇白杨小学", 2), ("云山镇松林小学", 1)]:
        plain = [p for p in now if p["school"] == school and not p["tier"]]
        for p in [p for p in plain if p["birth_date"].year < 1997][3 : 3 + n]:
            p.update(tier="骨干教师", tier_level="校级", title="一级教师")
    # One is back at school level, one has lost the title, one has left with it.
    of("云山镇第二小学", "县区级")[0].update(tier_level="校级")
    of("云山镇松林小学", "校级")[0].update(tier=None, tier_level=None)
    gone = of("云山镇第二小学", "校级")[-1]
    now.remove(gone)
    retired = next(p for p in now if p["school"] == "云山镇中心小学" and not p["tier"] and years(p["birth_date"], CUT) > 50)
    now.remove(retired)
    # One moved within the group, with the title.
    moved = of("云山镇中心小学", "校级")[0]
    moved["school"] = "云山镇白杨小学"
    # Five came, one of them of district level.
    for n, school in enumerate(["云山镇中心小学", "云山镇中心小学", "云山镇松林小学", "云山镇中心幼儿园", "云山镇第二小学"]):
        born = people.day(1995, 2002) if n else date(1984, 4, 12)
        p = person(people, born=born, school=school, stage="幼儿园" if school.endswith("园") else "小学", work_start=date(born.year + 23, 9, 1), subject="语文" if n != 3 else None, education="本科", title="二级教师" if n else "高级教师")
        if n == 0:
            p.update(tier="骨干教师", tier_level="县区级")
        now.append(p)
    return now


STAFF_HEADS = {
    "school": "学校名称", "staff_total": "教职工总数", "teaching": "一线任教", "young": "35岁及以下/人数", "young_share": "35岁及以下/比例", "young_middle": "中青年教师/人数", "young_middle_share": "中青年教师/占比",
    "leaders": "骨干教师/学科带头人", "provincial": "骨干教师/省级", "city": "骨干教师/市级", "county": "骨干教师/区级", "school_level": "骨干教师/校级", "backbone_total": "骨干教师/合计",
}


def summaries(now):
    """What each school says of itself, with the shares as typed."""
    rows = []
    for name in GROUP:
        mine = [p for p in now if p["school"] == name]
        young = sum(years(p["birth_date"], CUT) <= 35 for p in mine)
        level = lambda v: sum(p["tier_level"] == v for p in mine)
        rows.append({
            "school": name, "staff_total": len(mine), "teaching": len(mine) - 3, "young": young, "young_share": f"{young * 100 / len(mine):.1f}%",
            "leaders": None, "provincial": 0, "city": level("市级"), "county": level("县区级"), "school_level": level("校级"), "backbone_total": level("市级") + level("县区级") + level("校级"),
        })
    others = [
        {"school": "河东小学", "staff_total": 126, "leaders": 1, "county": 9, "backbone_total": 10},
        {"school": "河西中学", "staff_total": 100, "teaching": 33, "provincial": 5, "city": 9, "county": 3, "school_level": 13, "backbone_total": 30},
        # The source says 75 %: 20 of 35 is 57.1 %.
        {"school": "南岭小学", "staff_total": 35, "young_middle": 20, "young_middle_share": "75%"},
    ]
    return rows, others


def make():
    rng = random.Random(14)
    people = People(14)
    before = world(rng, people)
    now = after(rng, people, before)
    b = Batch("central-school-growth", "2025-12")
    b.directory(SCHOOLS)
    mine = lambda rows, name: [r for r in rows if r["school"] == name]
    typed = defaultdict(dict)
    # A number with its last digit wrong, of somebody without a title.
    n, row = next((i, p) for i, p in enumerate(mine(now, "云山镇第二小学")) if not p["tier"])
    typed["云山镇第二小学"][(n, "id_number")] = batch.wrong_check_digit(row["id_number"])
    # A level that cannot be told.
    n, row = next((i, p) for i, p in enumerate(mine(now, "云山镇中心小学")) if p["tier_level"] == "校级" and p["tier"] == "骨干教师")
    typed["云山镇中心小学"][(n, "tier_level")] = "市区级"
    row["tier_level"] = None
    found = [("id-checksum", "云山镇第二小学", "id_number", typed["云山镇第二小学"]), ("vocabulary-unknown", "云山镇中心小学", "tier_level", typed["云山镇中心小学"])]

    def rosters(folder, rows, day, plants):
        for habit, name in enumerate(GROUP):
            sheet, cells = table(
                "教师花名册", f"{name}教师花名册", ROSTER_HEADS, mine(rows, name), FIELDS, habit, lines=(f"填报单位：{name}", f"填报日期：{day.year}年{day.month}月{day.day}日"),
                sign="校长：            填表人：", extra=plants.get(name),
            )
            file = [f"{name}.xlsx", f"{name}/花名册.csv", f"{name}.xls", f"{name}.xls", f"{name}/教师名册.xlsx"][habit]
            data = [batch.xlsx, lambda s: batch.text(s[0], "gb18030"), lambda s: batch.page(s[0]), batch.xls, batch.xlsx][habit]([sheet])
            b.file(f"{folder}/{file}", data)
            if folder == "inbox":
                tab = sheet.name if habit in (0, 3, 4) else file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
                for rule, school, field, plants_of in found:
                    if school == name:
                        n = next(k for k in plants_of if k[1] == field)
                        b.finding(rule, file, tab, cells[n])
                # Who was there in the earlier period and is nowhere now: where to?
                stayed = {p["id_number"] for p in rows}
                for p in mine(before, name):
                    if p["id_number"] not in stayed:
                        b.finding("roster-left", file, tab)

    rosters("previous", before, BEFORE, {})
    rosters("inbox", now, CUT, typed)
    own, others = summaries(now)
    own[3]["young_share"] = "62.5%" if own[3]["young_share"] != "62.5%" else "60.0%"
    # A head count that is not the roster's.
    own[2]["staff_total"] += 1
    own[2]["young_share"] = f"{own[2]['young'] * 100 / own[2]['staff_total']:.1f}%"
    fields = list(STAFF_HEADS)
    sheet = Sheet("师资情况", len(fields) + 1)
    sheet.title("云山镇中心校师资队伍情况统计表")
    sheet.line("填报单位：云山镇中心小学", "填报日期：2025年12月30日")
    labels, last = ["序号"], None
    for field in fields:
        over, _, label = STAFF_HEADS[field].rpartition("/")
        if over and over == last:
            labels[-1][1].append(label)
        else:
            labels.append((over, [label]) if over else label)
        last = over
    sheet.header(labels)
    column = {field: batch.column(i + 2) for i, field in enumerate(fields)}
    for n, row in enumerate(own):
        at = sheet.row([n + 1] + [row.get(k) for k in fields])
        if n == 2:
            b.finding("stated-mismatch", "云山镇中心校师资队伍情况统计表.xlsx", "师资情况", f"{column['staff_total']}{at}")
        if n == 3:
            b.finding("stated-mismatch", "云山镇中心校师资队伍情况统计表.xlsx", "师资情况", f"{column['young_share']}{at}")
    sheet.total(["合计", None] + [sum(r[k] or 0 for r in own) if k in ("staff_total", "teaching", "young", "city", "county", "school_level", "backbone_total") else None for k in fields[1:]])
    sheet.note("注：年龄按2025年12月31日计算；中青年教师由各校自行统计。")
    sheet.sign("中心校校长：            制表人：")
    b.inbox("云山镇中心校师资队伍情况统计表.xlsx", batch.xlsx([sheet]))
    for n, row in enumerate(others):
        given = [k for k in fields if k in row]
        plain = {k: v.split("/")[-1] if v.startswith("骨干教师/学科") else v.replace("/", "") if "35岁" in v or "中青年" in v else v.split("/")[-1] + "骨干教师" if v.startswith("骨干教师/") and not v.endswith("合计") else v.replace("/", "") for k, v in STAFF_HEADS.items()}
        one = Sheet("师资统计", len(given))
        one.title(f"{row['school']}教师队伍情况统计表")
        one.header([plain[k] for k in given])
        at = one.row([row[k] for k in given])
        name = f"{row['school']}师资统计"
        if n == 0:
            b.inbox(f"{name}.csv", batch.text(one, "gb18030"))
        elif n == 1:
            b.inbox(f"{name}.xls", batch.page(one))
        else:
            b.inbox(f"{name}.xlsx", batch.xlsx([one]))
            b.finding("stated-mismatch", f"{name}.xlsx", "师资统计", f"{batch.column(given.index('young_middle_share') + 1)}{at}")
        b.finding("submission-missing", "")
    reckon(b, before, now, own + others)
    return b


def reckon(b, before, now, stated):
    groups = lambda rows: list(places(SCHOOLS, rows))
    town = {s[1]: s[2] for s in SCHOOLS}
    order = [s[1] for s in SCHOOLS]
    young = lambda p: years(p["birth_date"], CUT) <= 35
    for group, rows in groups(now):
        total = group == {}
        n, y = len(rows), sum(map(young, rows))
        b.count("growth", group, n)
        b.figure("growth.staff_base", group, 165 if total else None)
        b.figure("growth.staff_growth", group, n - 165 if total else None)
        b.count("growth.young", group, y)
        b.figure("growth.young_base", group, 75 if total else None)
        b.figure("growth.young_growth", group, y - 75 if total else None)
        b.rate("growth.young_rate", group, y, n)

    def band(p):
        age = years(p["birth_date"], CUT)
        return "35岁及以下" if age < 36 else "36—45岁" if age < 46 else "46—55岁" if age < 56 else "56岁及以上"

    f.composition(b, "structure", groups(now), [
        ("age_band", band, ["35岁及以下", "36—45岁", "46—55岁", "56岁及以上"]), ("education", lambda p: p["education"], EDUCATION), ("title", lambda p: p["title"], TITLE),
    ])
    holders = [p for p in now if p["tier_level"]]
    f.composition(b, "levels", groups(holders), [("tier_level", lambda p: p["tier_level"], LEVEL[:4])])
    level = lambda rows, v: sum(p["tier_level"] == v for p in rows)
    school, district, city = (level(now, v) for v in ("校级", "县区级", "市级"))
    for measure, lines in [
        ("term_targets", [("校级骨干教师", school, 25, None, 15), ("区级、市级骨干教师", district + city, 15, None, 11)]),
        ("two_year_targets", [("市级骨干教师", city, 7, None, None), ("区级骨干教师", district, 20, None, None), ("校级骨干教师", school, 40, None, None), ("全市知名教师", sum(p["tier"] == "名师" and p["tier_level"] == "市级" for p in now), 2, 3, None)]),
    ]:
        rows = [({"item": title}, [line]) for title, *line in lines]
        if measure == "term_targets":
            rows.append(({}, [line for _, *line in lines]))
        for group, parts in rows:
            actual, low = sum(p[0] for p in parts), sum(p[1] for p in parts)
            highs = [p[2] for p in parts if p[2] is not None]
            b.figure(f"{measure}.low", group, low)
            b.figure(f"{measure}.high", group, sum(highs) if highs else None)
            b.count(measure, group, actual)
            b.rate(f"{measure}.rate", group, actual, low)
            b.count(f"{measure}.gap", group, sum(max(0, p[1] - p[0]) for p in parts))
            b.count(f"{measure}.over", group, sum(max(0, p[0] - p[2]) for p in parts if p[2] is not None))
            if measure == "term_targets":
                b.count(f"{measure}.start", group, sum(p[3] for p in parts))

    # Movement.
    titles = {"校级": "校级骨干教师", "县区级": "区级骨干教师", "市级": "市级骨干教师"}
    rank = {"校级": 1, "县区级": 2, "市级": 3}
    was = {p["id_number"]: p for p in before}
    is_ = {p["id_number"]: p for p in now}
    base = {"校级": 15, "县区级": 11}
    total = defaultdict(int)
    for name in titles:
        c = defaultdict(int)
        for who in {**was, **is_}:
            a = was[who]["tier_level"] if who in was else None
            z = is_[who]["tier_level"] if who in is_ else None
            if a == name:
                c["start"] += 1
                c["kept"] += z == name
                c["left"] += z is None
                c["promoted_out"] += z is not None and rank[z] > rank[a]
                c["demoted_out"] += z is not None and rank[z] < rank[a]
            if z == name:
                c[""] += 1
                c["joined"] += a is None
                c["promoted_in"] += a is not None and rank[a] < rank[z]
                c["demoted_in"] += a is not None and rank[a] > rank[z]
        for key in ("start", "joined", "promoted_in", "demoted_in", "moved_in", "left", "promoted_out", "demoted_out", "moved_out", "kept", ""):
            b.count(f"ladder.{key}".rstrip("."), {"level": titles[name]}, c[key])
            total[key] += c[key]
        b.count("ladder.net", {"level": titles[name]}, c[""] - c["start"])
        b.figure("ladder.baseline", {"level": titles[name]}, base.get(name))
        b.figure("ladder.since_baseline", {"level": titles[name]}, c[""] - base[name] if name in base else None)
    for key, value in total.items():
        b.count(f"ladder.{key}".rstrip("."), {}, value)
    b.count("ladder.net", {}, total[""] - total["start"])
    b.count("ladder.baseline", {}, 26)
    b.count("ladder.since_baseline", {}, total[""] - 26)

    upper = sorted([p for p in now if p["tier_level"] in ("县区级", "市级")], key=lambda p: order.index(p["school"]))
    f.listing(b, "backbone_names", upper, lambda p: [("age", years(p["birth_date"], CUT))], lambda p: (town[p["school"]], p["school"]))

    for group, rows in groups(stated):
        s = lambda k, rows=rows: sum(r.get(k) or 0 for r in rows)
        b.count("schools", group, s("staff_total"))
        for key in ("teaching", "young", "young_middle", "leaders", "provincial", "city", "county", "school_level"):
            b.count(f"schools.{key}", group, s(key))
        for key in ("young", "young_middle"):
            of = s("staff_total", [r for r in rows if r.get(key) is not None])
            b.count(f"schools.{key}_staff", group, of)
            b.rate(f"schools.{key}_rate", group, s(key), of)
        backbone = sum(s(k) for k in ("leaders", "provincial", "city", "county", "school_level"))
        b.count("schools.backbone", group, backbone)
        b.rate("schools.backbone_rate", group, backbone, s("staff_total"))


if __name__ == "__main__":
    batch.main(make)
