#!/usr/bin/env python3
"""The sample of `school-selection` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import EDUCATION, ROSTER_HEADS, Batch, People, person, places, table, years

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("2133990311", "枫林小学", "枫林街道", "城区", "小学", ""),
    ("3133990312", "枫林中学", "枫林街道", "城区", "初级中学", "枫林初中"),
    ("2133990321", "芦塘镇中心小学", "芦塘镇", "镇区", "中心小学", "芦塘中心小学"),
    ("3133990322", "芦塘镇初级中学", "芦塘镇", "镇区", "初级中学", "芦塘初中"),
    ("2133990331", "石门乡中心小学", "石门乡", "乡村", "中心小学", "石门中心小学"),
    ("2133990332", "石门乡岭下小学", "石门乡", "乡村", "小学", "岭下小学"),
]
# Full-time teachers, nominees; 8 % of them is 3.36, 2.08, 2.4, 1.92, 1.04 and 0.8.
SIZES = [(42, 9), (26, 8), (30, 8), (24, 7), (13, 6), (10, 5)]
SUBJECTS = {"小学": ["语文", "数学", "英语", "体育", "音乐", "美术", "科学"], "初中": ["语文", "数学", "英语", "物理", "化学", "历史", "地理", "体育"]}
QUALIFIED = {"小学": "中专", "初中": "专科"}
PROJECTS = ["小学语文群文阅读策略研究", "问题导向的单元教学研究", "初中物理实验改进研究", "乡村学校阅读推广研究", "跨学科作业设计研究", "体教融合实践研究"]


def world(rng, people):
    roster, nominees = [], []
    for school, (size, many) in zip(SCHOOLS, SIZES):
        stage = "初中" if "中学" in school[1] else "小学"
        mine = []
        for n in range(size + 2):
            born = people.day(1970, 1999)
            p = person(
                people, born=born, school=school[1], stage=stage, work_start=date(born.year + rng.choice([22, 23, 24]), 9, 1), subject=SUBJECTS[stage][n % len(SUBJECTS[stage])],
                education=rng.choice(["专科", "本科", "本科", "本科", "硕士研究生"] if stage == "初中" else ["中专", "专科", "本科", "本科", "硕士研究生"]), title=rng.choice(["二级教师", "一级教师", "高级教师"]),
                full_time=n < size, area=school[3],
            )
            p["person"] = p["id_number"]
            mine.append(p)
        # One in a school is new, and one at the middle school holds too low a degree.
        mine[1]["work_start"] = date(2023, 9, 1)
        mine[1]["birth_date"] = date(2001, 5, 20)
        mine[1]["id_number"] = mine[1]["person"] = people.number(date(2001, 5, 20), mine[1]["gender"])
        if stage == "初中":
            mine[2]["education"] = "中专"
        chosen = [mine[1], mine[2]] + rng.sample(mine[3:size], many - 2)
        scores = [Decimal(rng.randint(700, 960)) / 10 for _ in chosen]
        # Two with one score and unlike education, two with both alike.
        scores[-1] = scores[-2] = Decimal("88.5")
        chosen[-1]["education"], chosen[-2]["education"] = "本科", "硕士研究生"
        if many > 6:
            scores[-3] = scores[-4] = Decimal("86")
            chosen[-3]["education"] = chosen[-4]["education"] = "本科"
        for p, score in zip(chosen, scores):
            nominees.append({
                "person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": school[1], "subject": p["subject"], "score": score,
                "research_project": rng.choice(PROJECTS) if rng.random() < 0.93 else None, "activities": rng.choice([0, 1, 2, 3, 4, 2, 1, 3, 2, 2]), "chosen": False, "forwarded": False, "of": p,
            })
        own = sorted(nominees[-many:], key=order, reverse=False)
        for r in own[: many - 3]:
            r["chosen"] = True
        for r in own[: quota(size)]:
            r["forwarded"] = True
        roster += mine
    # One school forwards one too many, another somebody it has not chosen.
    own = [r for r in nominees if r["school"] == "芦塘镇中心小学"]
    sorted(own, key=order)[quota(30)]["forwarded"] = True
    own = sorted([r for r in nominees if r["school"] == "芦塘镇初级中学"], key=order)
    own[0]["forwarded"], own[-1]["forwarded"] = False, True
    return roster, nominees


def order(r):
    return (-r["score"], -EDUCATION.index(r["of"]["education"]))


def quota(heads):
    """8 % rounded down, at least one where there is anybody."""
    return max(1, heads * 8 // 100) if heads else 0


HEADS = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "subject": ["申报学科", "任教学科"], "research_project": ["课题", "主持或参与课题", "课题名称"], "activities": ["参加市、校活动次数", "教研活动次数", "参加活动次数"],
    "score": ["综合得分", "总分", "评选得分"], "chosen": ["是否入选", "是否当选"], "forwarded": ["是否推荐区级", "是否上报区级"],
}
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "subject", "title", "education", "full_time"]


def make():
    rng = random.Random(3)
    people = People(3)
    roster, nominees = world(rng, people)
    b = Batch("school-selection", "2025-12")
    b.directory(SCHOOLS)
    typed, said = defaultdict(dict), []
    mine = lambda rows, name: [r for r in rows if r["school"] == name]

    def plant(rows, form, name, test, field, value, rule, at=None):
        n, row = next((i, r) for i, r in enumerate(mine(rows, name)) if test(r))
        typed[(name, form)][(n, field)] = value(row)
        said.append((rule, name, form, (n, at or field)))
        return row

    # A nominee whom the roster does not have; nothing is known of age and service.
    row = plant(nominees, "nomination", "枫林小学", lambda r: not r["chosen"] and not r["forwarded"], "id_number", lambda r: People(33).number(date(1990, 3, 4), "男"), "person-not-in-roster")
    n = mine(nominees, "枫林小学").index(row)
    typed[("枫林小学", "nomination")][(n, "name")] = "柯南山"
    row.update(name="柯南山", id_number=typed[("枫林小学", "nomination")][(n, "id_number")], of=None)
    row["person"] = row["id_number"]
    # Activities that are no number.
    row = plant(nominees, "nomination", "枫林中学", lambda r: r["activities"] > 1, "activities", lambda r: "多次", "number-unreadable")
    row["activities"] = None
    # A wrong check digit.
    row = plant(nominees, "nomination", "石门乡中心小学", lambda r: r["chosen"], "id_number", lambda r: batch.wrong_check_digit(r["id_number"]), "id-checksum")
    row["id_number"] = batch.wrong_check_digit(row["id_number"])
    # Yes or no, and neither.
    row = plant(nominees, "nomination", "芦塘镇初级中学", lambda r: not r["chosen"] and not r["forwarded"], "chosen", lambda r: "待定", "vocabulary-unknown")
    row["chosen"] = None
    # A gender that the id number does not have.
    plant(roster, "roster", "石门乡岭下小学", lambda r: True, "gender", lambda r: "女" if r["gender"] == "男" else "男", "id-gender-mismatch")
    # Work begun as a child.
    row = plant(roster, "roster", "芦塘镇中心小学", lambda r: r["person"] not in {n["person"] for n in nominees}, "work_start", lambda r: date(r["birth_date"].year + 10, 9, 1), "date-order")
    row["work_start"] = date(row["birth_date"].year + 10, 9, 1)

    for habit, school in enumerate(SCHOOLS):
        name = school[1]
        lines = (f"填报单位：{name}", "填报日期：2025年12月20日")
        first = table("教师名册", f"{name}教师基本信息一览表", ROSTER_HEADS, mine(roster, name), FIELDS, habit, lines=lines, sign="校长：            填表人：", extra=typed.get((name, "roster")))
        rows = [{**r, "research_project": r["research_project"] or ["无", None, "/"][habit % 3], "chosen": r["chosen"], "forwarded": r["forwarded"]} for r in mine(nominees, name)]
        marks = {}
        for n, r in enumerate(rows):
            for field in ("chosen", "forwarded"):
                marks[(n, field)] = ("是" if habit % 2 else "√") if r[field] else ("否" if habit % 2 else None)
        marks.update(typed.get((name, "nomination"), {}))
        second = table(
            "骨干教师评选", f"{name}学科骨干教师评选推荐汇总表", HEADS, rows, list(HEADS), habit, lines=lines,
            notes=["注：入选人员中40岁及以下的不少于70%；推荐区级的不超过专任教师的8%。"], sign="评审组长：            校长（签字）：", extra=marks,
        )
        if habit in (0, 3):
            file = f"{name}学科骨干教师评选材料.xlsx"
            b.inbox(file, batch.xlsx([first[0], second[0]]))
            where = {"roster": (file, "教师名册"), "nomination": (file, "骨干教师评选")}
        elif habit == 1:
            b.inbox(f"{name}/名册.csv", batch.text(first[0], "gb18030"))
            b.inbox(f"{name}/推荐.xls", batch.page(second[0]))
            where = {"roster": (f"{name}/名册.csv", "名册"), "nomination": (f"{name}/推荐.xls", "推荐")}
        elif habit == 2:
            b.inbox(f"芦塘镇/{name}.xls", batch.xls([first[0], second[0]]))
            where = {"roster": (f"芦塘镇/{name}.xls", "教师名册"), "nomination": (f"芦塘镇/{name}.xls", "骨干教师评选")}
        elif habit == 4:
            b.inbox(f"{name}/教师名册.xls", batch.page(first[0]))
            b.inbox(f"{name}/骨干教师评选.xlsx", batch.xlsx([second[0]]))
            where = {"roster": (f"{name}/教师名册.xls", "教师名册"), "nomination": (f"{name}/骨干教师评选.xlsx", "骨干教师评选")}
        else:
            b.inbox(f"{name}/教师名册.xlsx", batch.xlsx([first[0]]))
            b.inbox(f"{name}/骨干教师评选.csv", batch.text(second[0]))
            where = {"roster": (f"{name}/教师名册.xlsx", "教师名册"), "nomination": (f"{name}/骨干教师评选.csv", "骨干教师评选")}
        b.unlikely(mine(roster, name), first[1], where["roster"], CUT, typed.get((name, "roster")))
        for rule, at, form, key in said:
            if at == name:
                b.finding(rule, *where[form], {"roster": first, "nomination": second}[form][1][key])
    reckon(b, roster, nominees)
    return b


def reckon(b, roster, nominees):
    groups = lambda rows: list(places(SCHOOLS, rows))
    town = {s[1]: s[2] for s in SCHOOLS}
    at = lambda r: (town[r["school"]], r["school"])
    index = EDUCATION.index
    known = lambda test: lambda r: None if r["of"] is None else test(r["of"])
    service = known(lambda p: years(p["work_start"], CUT) >= 3)
    conditions = [
        ("teaching_years", service),
        ("education", known(lambda p: index(p["education"]) >= index(QUALIFIED[p["stage"]]))),
        ("project", lambda r: r["research_project"] is not None),
        ("activities", lambda r: None if r["activities"] is None else r["activities"] >= 1),
    ]
    chosen = [r for r in nominees if r["chosen"]]
    f.eligibility(b, "candidates", groups(nominees), conditions)
    f.eligibility(b, "chosen_check", groups(chosen), conditions)
    age = lambda r: years(r["of"]["birth_date"], CUT) if r["of"] else None
    f.rate(b, "young", groups(chosen), lambda r: age(r) <= 40, Fraction(7, 10))
    f.eligibility(b, "variant", groups(nominees), [("age", known(lambda p: years(p["birth_date"], CUT) <= 35)), ("teaching_years", service)])

    full = [p for p in roster if p["full_time"]]
    taught = [s for s in dict.fromkeys(SUBJECTS["小学"] + SUBJECTS["初中"])]
    for (group, teachers), (_, named), (_, picked) in zip(groups(full), groups(nominees), groups(chosen)):
        leaf = "school" in group
        lines = [({**group, "subject": s}, [[r for r in rows if r["subject"] == s] for rows in (teachers, named, picked)]) for s in taught] if leaf else []
        for key, (t, n, c) in [(k, v) for k, v in lines if any(v)] + [(group, (teachers, named, picked))]:
            b.count("subjects.teachers", key, len(t))
            b.count("subjects.nominated", key, len(n))
            b.count("subjects", key, len(c))
            b.figure("subjects.chosen.target", key, 1 if "subject" in key else None)
            b.figure("subjects.chosen.gap", key, len(c) - 1 if "subject" in key else None)
        all_, some = {p["subject"] for p in teachers}, {r["subject"] for r in picked}
        b.count("subject_cover.taught", group, len(all_))
        b.count("subject_cover.covered", group, len(some))
        b.count("subject_cover", group, len(all_) - len(some))
        b.figure("subject_cover.uncovered.limit", group, 0 if leaf else None)
        b.figure("subject_cover.uncovered.gap", group, len(all_) - len(some) if leaf else None)

    forwarded = [r for r in nominees if r["forwarded"]]
    heads = {s[1]: sum(p["school"] == s[1] for p in full) for s in SCHOOLS}
    lines = []
    for group, rows in groups(forwarded):
        schools = [s[1] for s in SCHOOLS if group.get("school", s[1]) == s[1] and group.get("district", s[2]) == s[2]]
        lines.append((group, [(sum(r["school"] == s for r in rows), (quota(heads[s]),) * 2) for s in schools]))
    f.plan(b, "forwarded", lines, True)
    f.listing(b, "forwarded_not_chosen", [r for r in forwarded if not r["chosen"]], lambda r: [("score", float(r["score"]))], at)
    for school in SCHOOLS:
        mine = [r for r in nominees if r["school"] == school[1]]
        # Whose education nobody knows comes last among those of one score.
        place = lambda r: (-r["score"], -index(r["of"]["education"]) if r["of"] else 9)
        mine.sort(key=place)
        rank = lambda r: 1 + sum(place(o) < place(r) for o in mine)
        f.listing(b, "ranking", mine, lambda r: [("rank", rank(r)), ("score", float(r["score"])), ("age", age(r))], at)


if __name__ == "__main__":
    batch.main(make)
