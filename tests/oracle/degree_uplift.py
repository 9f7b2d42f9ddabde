#!/usr/bin/env python3
"""The sample of `degree-uplift` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import EDUCATION, ROSTER_HEADS, Batch, People, Sheet, fen, person, places, table

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("2133990411", "青竹镇中心小学", "青竹镇", "镇区", "中心小学", "青竹中心小学"),
    ("3133990412", "青竹镇初级中学", "青竹镇", "镇区", "初级中学", "青竹初中"),
    ("2133990421", "双桥乡中心小学", "双桥乡", "乡村", "中心小学", "双桥中心小学"),
    ("2133990422", "双桥乡红星小学", "双桥乡", "乡村", "小学", "红星小学"),
    ("3133990431", "城北实验中学", "城北街道", "城区", "初级中学", "城北实验"),
    ("3133990432", "城北高级中学", "城北街道", "城区", "高级中学", "城北高中"),
]
SIZES = [16, 15, 12, 8, 18, 20]
STAGES = ["幼儿园", "小学", "初中", "高中", "中职", "特殊教育"]
NEXT = {"中专": "专科", "专科": "本科", "本科": "硕士研究生"}
COLLEGES = ["云山师范学院", "江北师范大学", "省开放大学", "东湖大学"]
LEVELS = ["专科", "本科", "硕士研究生", "博士研究生"]
up = EDUCATION.index


def world(rng, people):
    roster, study, rewards = [], [], []
    for school, size in zip(SCHOOLS, SIZES):
        stage = "高中" if "高级" in school[1] else "初中" if "中学" in school[1] else "小学"
        for n in range(size):
            born = people.day(1972, 1998)
            p = person(
                people, born=born, school=school[1], stage=stage, area=school[3], work_start=date(born.year + 23, 9, 1), subject=rng.choice(["语文", "数学", "英语"]),
                education=rng.choice({"小学": ["中专", "专科", "专科", "本科", "本科"], "初中": ["专科", "本科", "本科", "本科"], "高中": ["本科", "本科", "本科", "硕士研究生"]}[stage]),
                title=rng.choice(["二级教师", "一级教师", "高级教师"]), full_time=n < size - 1 or None,
            )
            if n == size - 1 and school[4] != "小学":
                p["full_time"], p["post"] = False, "职员"
            p["person"] = p["id_number"]
            roster.append(p)
            if p["full_time"] is False or p["education"] not in NEXT or rng.random() > 0.75:
                continue
            start = date(rng.choice([2021, 2022, 2022, 2023, 2024, 2024, 2025, 2025]), rng.choice([3, 9]), 1)
            end = date(start.year + 3 - (start.month == 3 and rng.random() < 0.3), rng.choice([1, 7]), rng.choice([5, 10]))
            r = {
                "person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": school[1], "stage": stage, "current_education": p["education"],
                "target_education": NEXT[p["education"]], "institution": rng.choice(COLLEGES), "enrolled": start, "expected_graduation": end, "status": "在读", "certificate_no": None,
            }
            if rng.random() < 0.1:
                r["status"] = "中止"
            elif end < date(2025, 9, 1):
                # One who should have graduated is still at it now and then.
                if rng.random() < 0.85:
                    r["status"] = "已毕业"
                    # Institution, kind 5 (in-service), year, level, serial number.
                    level = {"专科": "06", "本科": "05", "硕士研究生": "02"}[r["target_education"]]
                    r["certificate_no"] = f"{rng.randint(10000, 59999)}5{end.year}{level}{rng.randint(10**8, 10**9 - 1) % 10**6:06}"
                    p["education"] = r["target_education"]
            study.append(r)
            if r["status"] == "已毕业":
                tuition = Decimal(rng.randint(600000, 1400000)) / 100 if r["target_education"] != "硕士研究生" else Decimal(rng.randint(2800000, 4800000)) / 100
                rewards.append({
                    "person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": school[1], "target_education": r["target_education"], "institution": r["institution"],
                    "graduated": end, "certificate_no": r["certificate_no"], "tuition": tuition, "claimed": (tuition * Decimal("0.4")).quantize(Decimal("1")),
                })
    # Somebody who took a doctor's degree before the scheme's first year.
    p = next(p for p in roster if p["school"] == "城北高级中学" and p["education"] == "硕士研究生")
    p["education"] = "博士研究生"
    rewards.append({"person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": p["school"], "target_education": "博士研究生", "institution": "东湖大学", "graduated": date(2025, 6, 20), "certificate_no": "104862025120188", "tuition": Decimal("21000.55"), "claimed": Decimal("16000")})
    return roster, study, rewards


def targets(rng):
    rows = []
    for school, size in zip(SCHOOLS, SIZES):
        for year in (2024, 2025, 2026):
            enrol = max(1, size // rng.choice([6, 7, 8]))
            master = 1 if "中学" in school[1] or enrol > 2 else 0
            rows.append({"school": school[1], "year": year, "enrol_target": enrol, "master_target": master, "finish_target": rng.choice([1, 2, 1])})
    return rows


STUDY_HEADS = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "stage": ["任教学段", "学段"], "current_education": ["原学历", "现有学历"], "target_education": "在读学历/层次", "institution": "在读学历/院校",
    "enrolled": "在读学历/入学时间", "expected_graduation": "在读学历/毕业时间", "status": ["学习状态", "目前状态"], "certificate_no": ["毕业证书编号", "毕业证号"],
}
FLAT = {**STUDY_HEADS, "target_education": ["拟提升学历", "攻读学历"], "institution": ["就读院校"], "enrolled": ["入学时间", "入学日期"], "expected_graduation": ["预计毕业时间", "毕业（预计）时间"]}
REWARD_HEADS = {
    "name": ["姓名", "申请人姓名"], "id_number": ["身份证号", "身份证号码"], "target_education": ["取得学历", "提升后学历"], "institution": ["毕业院校"], "graduated": ["毕业时间", "毕业证发证日期"], "certificate_no": ["毕业证书编号", "学历证书编号"],
    "tuition": ["学费（元）", "实缴学费", "学费总额"], "claimed": ["申请金额", "申请报销金额"],
}
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "area", "subject", "title", "education", "full_time"]


def make():
    rng = random.Random(12)
    people = People(12)
    roster, study, rewards = world(rng, people)
    due = targets(rng)
    b = Batch("degree-uplift", "2025-12")
    b.directory(SCHOOLS)
    typed, said = defaultdict(dict), []
    mine = lambda rows, name: [r for r in rows if r["school"] == name]

    def plant(rows, form, test, field, value, rule):
        row = next(r for r in rows if test(r))
        n = mine(rows, row["school"]).index(row)
        typed[(row["school"], form)][(n, field)] = value(row)
        said.append((rule, row["school"], form, (n, field)))
        return row

    # No higher than before.
    row = plant(study, "study", lambda r: r["target_education"] == "本科" and r["status"] == "在读", "target_education", lambda r: "专科", "education-order")
    row["target_education"] = "专科"
    # Whether still at it nobody can say.
    row = plant(study, "study", lambda r: r["status"] == "在读" and r["enrolled"].year == 2025, "status", lambda r: "延期", "vocabulary-unknown")
    row["status"] = None
    row = plant(study, "study", lambda r: r["status"] == "在读" and r["enrolled"].year == 2024, "expected_graduation", lambda r: "待定", "date-unreadable")
    row["expected_graduation"] = None
    # Those who should have graduated by their date and are still at it.
    for school in SCHOOLS:
        late = lambda r: r["status"] == "在读" and r["expected_graduation"] and r["expected_graduation"] < date(2025, 12, 1)
        said += [("study-overdue", school[1], "study", (n, "status")) for n, r in enumerate(mine(study, school[1])) if late(r)]
    # Tuition without a number; a certificate that is not there; more asked than paid; the same twice.
    row = plant(rewards, "rewards", lambda r: r["target_education"] == "本科", "tuition", lambda r: "待核", "number-unreadable")
    row["tuition"] = None
    row = next(r for r in rewards if r["target_education"] == "专科")
    row["certificate_no"] = None
    row = next(r for r in rewards if r["target_education"] == "硕士研究生")
    row["claimed"] = row["tuition"] + 100
    said.append(("amount-over-claimed", row["school"], "rewards", (mine(rewards, row["school"]).index(row), "claimed")))
    row = [r for r in rewards if r["target_education"] == "本科" and r["tuition"]][-1]
    rewards.insert(rewards.index(row) + 1, dict(row))
    n = mine(rewards, row["school"]).index(row)
    said += [("record-duplicate", row["school"], "rewards", (k, "target_education")) for k in (n, n + 1)]

    # The bureau's own table of targets, all units in one.
    sheet = Sheet("任务分解", 7)
    sheet.title("2024—2026年教师学历提升目标任务分解表")
    sheet.line("填报单位：教育局", "单位：人")
    sheet.header(["序号", "单位名称", "年度", ("入学任务", ["合计", "其中研究生"]), "毕业任务", "备注"])
    for n, r in enumerate(due):
        sheet.row([n + 1, r["school"], r["year"], r["enrol_target"], r["master_target"], r["finish_target"], "含上年结转" if n == 4 else None])
    sheet.total(["合计", None, None] + [sum(r[k] for r in due) for k in ("enrol_target", "master_target", "finish_target")])
    sheet.note("注：研究生指硕士、博士研究生。")
    b.inbox("教育局下达/学历提升目标任务分解表.xlsx", batch.xlsx([sheet]))

    for habit, school in enumerate(SCHOOLS):
        name = school[1]
        lines = (f"填报单位：{name}", "填报日期：2025年12月25日")
        drawn = {"roster": table("教师名册", f"{name}教师花名册", ROSTER_HEADS, mine(roster, name), FIELDS, habit, lines=lines, sign="校长：            填表人：", extra=typed.get((name, "roster")))}
        heads = FLAT if habit in (1, 4) else STUDY_HEADS
        drawn["study"] = table("学历提升", f"{name}教师学历提升情况登记表", heads, mine(study, name), list(STUDY_HEADS), habit, lines=lines, sign="校长：            填表人：", extra=typed.get((name, "study")))
        own = mine(rewards, name)
        if own:
            drawn["rewards"] = table(
                "学费报销", f"{name}教师学历提升学费报销申请表", REWARD_HEADS, own, list(REWARD_HEADS), habit, lines=(f"填报单位：{name}", "金额单位：元"),
                total={"tuition": sum(r["tuition"] or 0 for r in own), "claimed": sum(r["claimed"] for r in own)}, notes=["注：须附毕业证书、学费票据复印件。"], sign="校长（签字）：            经办人：", extra=typed.get((name, "rewards")),
            )
        where = {}
        for k, (form, (sheet, cells)) in enumerate(drawn.items()):
            if habit in (0, 3, 5):
                where[form] = (f"{name}学历提升材料.xlsx", sheet.name)
            elif habit == 2:
                where[form] = (f"双桥乡/{name}.xls", sheet.name)
            else:
                kind = ["html", "gbk", "xlsx"][(k + habit) % 3]
                path = f"{name}/{sheet.name}.{ {'html': 'xls', 'gbk': 'csv', 'xlsx': 'xlsx'}[kind]}"
                b.inbox(path, {"html": lambda: batch.page(sheet), "gbk": lambda: batch.text(sheet, "gb18030"), "xlsx": lambda: batch.xlsx([sheet])}[kind]())
                where[form] = (path, sheet.name)
        if habit in (0, 3, 5):
            b.inbox(f"{name}学历提升材料.xlsx", batch.xlsx([s for s, _ in drawn.values()]))
        elif habit == 2:
            b.inbox(f"双桥乡/{name}.xls", batch.xls([s for s, _ in drawn.values()]))
        for rule, at, form, key in said:
            if at == name:
                b.finding(rule, *where[form], drawn[form][1][key])
    reckon(b, roster, study, rewards, due)
    return b


def reckon(b, roster, study, rewards, due):
    groups = lambda rows: list(places(SCHOOLS, rows))
    town = {s[1]: s[2] for s in SCHOOLS}
    at = lambda r: (town[r["school"]], r["school"])
    persons = lambda rows: len({r["person"] for r in rows})
    studying = [r for r in study if r["status"] in ("在读", "已毕业")]
    entered = [r for r in studying if r["enrolled"].year == 2025]
    finished = [r for r in study if r["status"] == "已毕业" and r["expected_graduation"].year == 2025]
    high = lambda r: up(r["target_education"]) >= up("硕士研究生")
    for (group, t), (_, e), (_, done) in zip(groups([r for r in due if r["year"] == 2025]), groups(entered), groups(finished)):
        want = {k: sum(r[k] for r in t) for k in ("enrol_target", "master_target", "finish_target")}
        n, m, d = persons(e), persons([r for r in e if high(r)]), persons(done)
        for key, value in want.items():
            b.count(f"targets.{key}", group, value)
        for key, value in [("enrolled", n), ("masters", m), ("finished", d), ("enrol_gap", n - want["enrol_target"]), ("master_gap", m - want["master_target"]), ("finish_gap", d - want["finish_target"])]:
            b.count(f"targets.{key}", group, value)
        b.rate("targets", group, n, want["enrol_target"])
        b.rate("targets.master_share", group, m, n)
        b.rate("targets.finish_rate", group, d, want["finish_target"])
    # By year, as far as the cut-off: the third year's targets are not due yet.
    now = [r for r in due if r["year"] <= 2025]
    started = [r for r in studying if 2024 <= r["enrolled"].year <= 2025]
    for (group, t), (_, e) in zip(groups(now), groups(started)):
        lines = [(group, t, e)]
        if "school" in group:
            for year in (2024, 2025):
                x, y = [r for r in t if r["year"] == year], [r for r in e if r["enrolled"].year == year]
                if x or y:
                    lines.append(({**group, "calendar_year": str(year)}, x, y))
        for key, x, y in lines:
            want, n = sum(r["enrol_target"] for r in x), persons(y)
            b.count("targets_by_year.enrol_target", key, want)
            b.count("targets_by_year.enrolled", key, n)
            b.count("targets_by_year.enrol_gap", key, n - want)
            b.rate("targets_by_year", key, n, want)
    districts = [g for g in groups(entered) if "school" not in g[0]]
    f.rate(b, "master_emphasis", districts, high, Fraction(1, 5))
    f.composition(b, "study", groups(study), [("status", lambda r: r["status"], ["在读", "已毕业", "中止", "未填"]), ("target_education", lambda r: r["target_education"], LEVELS)])
    for group, rows in groups(study):
        n = sum(r["status"] is None for r in rows)
        for figure in b.figures:
            if figure["measure"] == "study.status.未填" and figure["group"] == group:
                figure["value"] = n
            if figure["measure"] == "study.status.未填.share" and figure["group"] == group and rows:
                figure.update(value=n / len(rows), numerator=n)

    base = [p for p in roster if p["full_time"] is not False]
    on_the_way = [r for r in study if r["status"] == "在读" and r["expected_graduation"]]
    stage_groups = [({"stage": s}, [p for p in base if p["stage"] == s]) for s in STAGES] + [({}, base)]
    for measure, least, last, target, lines in [("forecast_bachelor", "本科", 3, Fraction(17, 20), groups(base)), ("forecast_master", "硕士研究生", 4, Fraction(2, 25), stage_groups)]:
        arrives = {}
        for r in on_the_way:
            if up(r["target_education"]) >= up(least):
                year = max(2025, r["expected_graduation"].year)
                arrives[r["person"]] = min(year, arrives.get(r["person"], 9999))
        for group, people in lines:
            hits = sum(up(p["education"]) >= up(least) for p in people)
            b.count(f"{measure}.base", group, len(people))
            b.count(f"{measure}.hits", group, hits)
            b.rate(f"{measure}.rate", group, hits, len(people))
            for year in range(2025, 2025 + last):
                added = sum(up(p["education"]) < up(least) and arrives.get(p["person"]) == year for p in people)
                hits += added
                b.count(f"{measure}.y{year}.added", group, added)
                b.count(f"{measure}.y{year}.hits", group, hits)
                b.rate(f"{measure}.y{year}", group, hits, len(people))
            b.rate(measure, group, hits, len(people))
            b.figure(f"{measure}.target", group, target)
            f.points(b, f"{measure}.gap", group, hits, len(people), target)
            b.count(f"{measure}.more", group, max(0, -(-target.numerator * len(people) // target.denominator) - hits))

    checks = [("certificate", lambda r: r["certificate_no"] is not None), ("graduated", lambda r: True), ("tuition", lambda r: None if r["tuition"] is None else r["tuition"] > 0)]
    f.eligibility(b, "rewards_check", groups(rewards), checks)
    asked = [r for r in rewards if r["certificate_no"]]
    rates = {"专科": ("college", Fraction(3, 10)), "本科": ("bachelor", Fraction(2, 5)), "硕士研究生": ("master", Fraction(3, 5)), "博士研究生": ("doctor", Fraction(4, 5))}
    seen = set()
    for r in sorted(asked, key=lambda r: r["graduated"]):
        key = (r["person"], r["target_education"])
        r["again"] = key in seen
        seen.add(key)
        owed = Decimal(0)
        if not r["again"] and r["tuition"] is not None:
            owed = min(fen(Fraction(r["tuition"]) * rates[r["target_education"]][1]), Decimal(20000))
        r["owed"] = owed
        r["bureau"] = fen(Fraction(owed) * Fraction(7, 10))
    for group, rows in groups(asked):
        own = [r for r in rows if not r["again"]]
        b.count("rewards.records", group, len(own))
        b.count("rewards.repeated", group, len(rows) - len(own))
        for level, (name, _) in rates.items():
            of = [r for r in own if r["target_education"] == level]
            b.money(f"rewards.{name}", group, sum(r["owed"] for r in of))
            b.count(f"rewards.{name}.n", group, len(of))
        total = sum((r["owed"] for r in own), Decimal(0))
        paid = sum((r["bureau"] for r in own), Decimal(0))
        b.money("rewards", group, total)
        b.money("rewards.bureau", group, paid)
        b.money("rewards.school", group, total - paid)
        b.money("rewards.budget", group, Decimal(200000) if group == {} else None)
        b.money("rewards.balance", group, Decimal(200000) - total if group == {} else None)

    def amounts(r):
        for level, (name, _) in rates.items():
            yield name, f"{r['owed']:.2f}" if r["target_education"] == level and not r["again"] and r["tuition"] is not None else None
        for name, value in [("owed", r["owed"]), ("bureau", r["bureau"]), ("school", r["owed"] - r["bureau"])]:
            yield name, f"{value:.2f}"
    f.listing(b, "rewards_list", asked, amounts, at)


if __name__ == "__main__":
    batch.main(make)
