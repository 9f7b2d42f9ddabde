#!/usr/bin/env python3
"""The sample of `young-backbone-allowance` and the figures it must give; see batch.py.

The world: one school of two divisions whose teaching groups report; the finance office keeps the
claims of the whole school in one table. Two years of study visits, this year's allowances and duties.
"""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import EDUCATION, GRADE, ROSTER_HEADS, TITLE, Batch, People, fen, person, places, table, years

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("9933990701", "小学语文组", "小学部", "城区", "教研组", "小语组"),
    ("9933990702", "小学数学组", "小学部", "城区", "教研组", "小数组"),
    ("9933990703", "小学综合组", "小学部", "城区", "教研组", ""),
    ("9933990704", "初中语文组", "初中部", "城区", "教研组", "初语组"),
    ("9933990705", "初中理科组", "初中部", "城区", "教研组", ""),
    ("9933990706", "初中英语组", "初中部", "城区", "教研组", ""),
    ("9933990707", "后勤服务组", "初中部", "城区", "组室", ""),
]
SIZES = [16, 14, 11, 13, 15, 10, 4]
LEVELS = ["专科", "本科", "硕士研究生", "博士研究生"]
VISITS = ["差旅费", "住宿费", "培训费"]
RATES = {"专科": Fraction(3, 10), "本科": Fraction(2, 5), "硕士研究生": Fraction(3, 5), "博士研究生": Fraction(3, 5)}
batch.SPELT.update({"骨干教师": ["中青年骨干教师", "骨干教师"], "教坛新秀": ["教学新秀", "新秀"], "差旅费": ["差旅费", "交通费"], "培训费": ["培训费", "研修费"], "资料费": ["资料费", "图书资料费"]})
FIELDS = ["name", "gender", "id_number", "birth_date", "work_start", "stage", "subject", "title", "education", "tier", "tier_level", "phone"]
ALLOWANCE = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "kind": ["类别", "培养类别", "称号"], "year": ["年度", "发放年度"], "joined": ["进入时间", "列入培养时间"], "months": ["在册月数", "享受月数"],
    "paid_before": ["以前是否已发", "是否领取过"], "reading_notes": "读书/笔记篇数", "books": "读书/本数", "grade": ["考核结果", "本年度考核"],
}
ASSESS = {
    "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "year": ["年度", "考核年度"], "open_lessons": ["公开课（节）", "公开课节数"], "papers": ["论文（篇）", "论文篇数"], "paper_level": ["论文级别", "论文等级"], "grade": ["考核等次", "考核结果"],
}
STUDY = {"name": ["姓名"], "id_number": ["身份证号", "身份证号码"], "current_education": ["原学历", "现有学历"], "target_education": ["拟提升学历", "攻读学历"], "institution": ["就读院校"], "enrolled": ["入学时间"], "expected_graduation": ["预计毕业时间"], "status": ["学习状态", "目前状态"]}
REWARD = {"name": ["姓名", "申请人姓名"], "id_number": ["身份证号"], "target_education": ["取得学历", "提升后学历"], "institution": ["毕业院校"], "graduated": ["毕业时间", "毕业证发证日期"], "certificate_no": ["毕业证书编号", "毕业证号"], "tuition": ["学费（元）", "学费总额"]}


def world(rng, people):
    roster, allowances, assessments, claims, study, rewards = [], [], [], [], [], []
    invoice = 34000000
    for unit, size in zip(SCHOOLS, SIZES):
        stage = "小学" if unit[2] == "小学部" else "初中"
        for n in range(size):
            born = people.day(1970, 1985) if n % 3 else people.day(1990, 2002) if n % 2 else people.day(1997, 2002)
            start = date(born.year + 23, 8, 1) if born.year < 1999 else date(born.year + 23, 9, 1)
            p = person(
                people, born=born, school=unit[1], work_start=start, stage=stage if unit[4] == "教研组" else None, subject=rng.choice(["语文", "数学", "英语", "科学"]) if unit[4] == "教研组" else None,
                education=rng.choice(["专科", "本科", "本科", "硕士研究生"]), title=rng.choice(["一级教师", "一级教师", "高级教师"]) if years(start, CUT) >= 6 else "二级教师", phone=f"139{rng.randint(0, 99999999):08d}",
            )
            p["person"] = p["id_number"]
            roster.append(p)
            if unit[4] != "教研组":
                continue
            work = years(start, CUT)
            if work >= 5 and n % 5 in (1, 2) and n < 13:
                p["tier"], p["tier_level"] = "骨干教师", "校级"
            elif 1 <= work <= 4 and rng.random() < 0.8:
                p["tier"], p["tier_level"] = "教坛新秀", "校级"
    of = lambda name, tier: [p for p in roster if p["school"] == name and p["tier"] == tier]
    # Three who do not fit: too few years, no 专科, no 中级; one whose title nobody wrote down; a rookie of too many years.
    a, c, d = of("小学语文组", "骨干教师"), of("初中理科组", "骨干教师"), of("初中语文组", "骨干教师")
    a[0]["work_start"] = date(2021, 3, 1)
    a[1]["education"] = "中专"
    c[0]["title"] = "二级教师"
    d[0]["title"] = None
    next(p for p in roster if p["tier"] == "教坛新秀")["work_start"] = date(2020, 9, 1)

    for p in roster:
        if not p["tier"]:
            continue
        who = {"person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": p["school"]}
        old = p["tier"] == "骨干教师"
        joined = date(rng.choice([2023, 2024, 2025] if old else [2024, 2025, 2025]), rng.choice([1, 3, 9]), 1)
        grade = rng.choice(["合格", "合格", "优秀"])
        allowances.append({
            **who, "kind": p["tier"], "year": 2025, "joined": joined, "months": (12 if joined.year < 2025 else 13 - joined.month) if old else None, "paid_before": None if old else joined.year < 2025,
            "reading_notes": rng.choice([12, 12, 13, 10]) if old else rng.randint(2, 8), "books": rng.choice([2, 2, 3, 1]) if old else 1, "grade": grade,
        })
        papers = rng.choice([0, 1, 1, 2])
        assessments.append({**who, "year": 2025, "open_lessons": rng.choice([0, 1, 1, 2]), "papers": papers, "paper_level": rng.choice(["校级", "县区级", "县区级", "市级"]) if papers else None, "grade": grade})
        if old and rng.random() < 0.7:
            end = date(rng.choice([2024, 2025]), rng.choice([4, 5, 10, 11]), rng.randint(1, 28))
            for kind in rng.sample(VISITS, rng.choice([1, 2, 3])):
                invoice += rng.randint(3, 900)
                amount = Decimal(rng.randint(12000, 180000)) / 100
                claims.append({**who, "project": rng.choice(["赴省城名校跟岗学习", "教学研讨会外出学习", "名师课堂观摩学习"]), "expense_type": kind, "invoice_no": f"{invoice:08d}", "invoice_date": end, "amount": amount, "claimed": amount if rng.random() < 0.8 else None})
        if old and rng.random() < 0.25:
            invoice += rng.randint(3, 900)
            claims.append({**who, "project": "购买教学用书", "expense_type": "资料费", "invoice_no": f"{invoice:08d}", "invoice_date": date(2025, 6, rng.randint(1, 28)), "amount": Decimal(rng.randint(3000, 12000)) / 100, "claimed": None})
    # A visit of the period before.
    first = next(p for p in of("小学数学组", "骨干教师") if not any(x["person"] == p["person"] for x in claims))
    claims.append({"person": first["person"], "name": first["name"], "id_number": first["id_number"], "school": first["school"], "project": "教学研讨会外出学习", "expense_type": "差旅费", "invoice_no": "20231107", "invoice_date": date(2023, 11, 7), "amount": Decimal("486.50"), "claimed": Decimal("486.50")})

    for p in [p for p in roster if p["education"] in ("专科", "本科") and p["stage"] and years(p["birth_date"], CUT) < 48]:
        if rng.random() > 0.45:
            continue
        who = {"person": p["person"], "name": p["name"], "id_number": p["id_number"], "school": p["school"]}
        target = {"专科": "本科", "本科": "硕士研究生"}[p["education"]]
        start = date(rng.choice([2021, 2022, 2023, 2024]), 9, 1)
        end = date(start.year + 3, 1 if target == "本科" else 6, 10)
        status = "已毕业" if end < date(2025, 9, 1) else rng.choice(["在读", "在读", "在读", "中止"])
        college = rng.choice(["云山师范学院", "江北师范大学", "东湖大学"])
        study.append({**who, "current_education": p["education"], "target_education": target, "institution": college, "enrolled": start, "expected_graduation": end, "status": status})
        if status == "已毕业":
            p["education"] = target
            tuition = Decimal(rng.randint(1900000, 4600000) if target == "硕士研究生" else rng.randint(600000, 990000)) / 100
            rewards.append({**who, "target_education": target, "institution": college, "graduated": end, "certificate_no": f"{rng.randint(10000, 59999)}{end.year}{rng.randint(10**8, 10**9 - 1)}", "tuition": tuition})
    return roster, allowances, assessments, claims, study, rewards


def make():
    rng = random.Random(13)
    people = People(13)
    roster, allowances, assessments, claims, study, rewards = world(rng, people)
    b = Batch("young-backbone-allowance", "2025-12")
    b.directory(SCHOOLS)
    typed, said = defaultdict(dict), []
    mine = lambda rows, name: [r for r in rows if r["school"] == name]
    pick = lambda rows, test, nth=0: [r for r in rows if test(r)][nth]

    def mark(rule, rows, form, row, field):
        said.append((rule, row["school"], form, (mine(rows, row["school"]).index(row), field)))

    def plant(rows, form, row, field, value, rule):
        typed[(row["school"], form)][(mine(rows, row["school"]).index(row), field)] = value
        mark(rule, rows, form, row, field)
        return row

    backbone = lambda name: lambda r: r["school"] == name and r["kind"] == "骨干教师"
    # Rows that are no mistake of typing: more months than a year has; a title that the roster does not know; last year's row.
    pick(allowances, backbone("小学数学组"))["months"] = 14
    other = pick(roster, lambda p: p["school"] == "初中英语组" and p["tier"] is None)
    allowances.append({"person": other["person"], "name": other["name"], "id_number": other["id_number"], "school": other["school"], "kind": "骨干教师", "year": 2025, "joined": date(2024, 1, 1), "months": 12, "paid_before": None, "reading_notes": 12, "books": 2, "grade": "合格"})
    row = pick(allowances, backbone("初中理科组"))
    allowances.insert(allowances.index(row), {**row, "year": 2024, "months": 8, "reading_notes": 5, "books": 1})
    row = pick(assessments, lambda r: r["school"] == "初中理科组")
    assessments.insert(assessments.index(row), {**row, "year": 2024, "grade": "不合格"})
    # One group writes no year.
    for r in mine(allowances, "小学综合组"):
        r["year"] = None
    # Two failed this year: one backbone teacher, one rookie.
    failed = [pick(allowances, backbone("初中语文组"), 1), pick(allowances, lambda r: r["kind"] == "教坛新秀" and r["paid_before"] is False)]
    for r in failed:
        r["grade"] = "不合格"
        pick(assessments, lambda a: a["person"] == r["person"] and a["year"] == 2025)["grade"] = "不合格"
    # Registered twice, months in words, a grade between two, a lesson without a number.
    row = pick(allowances, backbone("小学语文组"), -1)
    again = dict(row)
    allowances.insert(allowances.index(row) + 1, again)
    for n, r in enumerate(mine(allowances, "小学语文组")):
        if r is row or r is again:
            said.append(("record-duplicate", "小学语文组", "allowances", (n, "kind")))
    plant(allowances, "allowances", pick(allowances, backbone("小学综合组")), "months", "全年", "number-unreadable")["months"] = None
    plant(assessments, "assessment", pick(assessments, lambda r: r["school"] == "小学数学组"), "grade", "待定", "vocabulary-unknown")["grade"] = None
    plant(assessments, "assessment", pick(assessments, lambda r: r["school"] == "初中英语组"), "open_lessons", "多次", "number-unreadable")["open_lessons"] = None
    row = pick(roster, lambda p: p["school"] == "初中理科组" and p["tier"] is None)
    plant(roster, "roster", row, "gender", "女" if row["gender"] == "男" else "男", "id-gender-mismatch")
    # Claims: more than the invoice; a kind that could be two; a guest whom the roster does not have.
    row = pick(claims, lambda r: r["expense_type"] == "住宿费" and r["claimed"])
    row["claimed"] += Decimal("60.00")
    said.append(("amount-over-claimed", None, "claims", (claims.index(row), "claimed")))
    row = pick(claims, lambda r: r["expense_type"] == "培训费", -1)
    typed[(None, "claims")][(claims.index(row), "expense_type")] = "食宿费"
    said.append(("vocabulary-unknown", None, "claims", (claims.index(row), "expense_type")))
    row["expense_type"] = None
    guest = people.number(date(1990, 4, 5), "男")
    claims.append({"person": guest, "name": people.name("男"), "id_number": guest, "school": "初中英语组", "project": "名师课堂观摩学习", "expense_type": "差旅费", "invoice_no": "55120333", "invoice_date": date(2025, 4, 18), "amount": Decimal("233.00"), "claimed": Decimal("233.00")})
    said.append(("person-not-in-roster", None, "claims", (len(claims) - 1, "id_number")))
    # Tuition: no certificate yet; the same degree twice.
    pick(rewards, lambda r: True)["certificate_no"] = None
    row = pick(rewards, lambda r: r["certificate_no"], -1)
    again = dict(row)
    rewards.insert(rewards.index(row) + 1, again)
    for n, r in enumerate(mine(rewards, row["school"])):
        if r is row or r is again:
            said.append(("record-duplicate", row["school"], "rewards", (n, "target_education")))

    where, cells_of = {}, {}
    for habit, unit in enumerate(SCHOOLS):
        name = unit[1]
        lines = (f"填报单位：{name}", "填报日期：2025年12月26日")
        drawn = {"roster": table("教师名册", f"{name}教师花名册", ROSTER_HEADS, mine(roster, name), FIELDS, habit, lines=lines, sign="组长：            填表人：", extra=typed.get((name, "roster")))}
        own = mine(allowances, name)
        if own:
            fields = [k for k in ALLOWANCE if k != "year" or any(r["year"] for r in own)]
            drawn["allowances"] = table("津贴登记", "中青年骨干教师、新秀津贴登记表", ALLOWANCE, own, fields, habit, lines=lines, notes=["注：骨干教师津贴每月20元；新秀一次性补助200元。"], sign="组长：            教科室：            校长：", extra=typed.get((name, "allowances")))
        if mine(assessments, name):
            drawn["assessment"] = table("年度考核", "2025年骨干教师、新秀年度考核表", ASSESS, mine(assessments, name), list(ASSESS), habit, lines=lines, sign="考核小组：            校长：", extra=typed.get((name, "assessment")))
        if mine(study, name):
            drawn["study"] = table("学历提升", "教师学历提升情况登记表", STUDY, mine(study, name), list(STUDY), habit, lines=lines, sign="组长：", extra=typed.get((name, "study")))
        own = mine(rewards, name)
        if own:
            drawn["rewards"] = table("学费报销", "学历提升学费报销申请表", REWARD, own, list(REWARD), habit, lines=(f"填报单位：{name}", "金额单位：元"), total={"tuition": sum(r["tuition"] for r in own)}, notes=["注：附毕业证书复印件。"], extra=typed.get((name, "rewards")))
        whole = {0: "xlsx", 4: "xlsx", 3: "xls"}.get(habit)
        if whole:
            path = f"{unit[2]}/{name}培养材料.{whole}"
            b.inbox(path, (batch.xlsx if whole == "xlsx" else batch.xls)([s for s, _ in drawn.values()]))
        for k, (form, (sheet, cells)) in enumerate(drawn.items()):
            cells_of[(name, form)] = cells
            if whole:
                where[(name, form)] = (path, sheet.name)
                continue
            kind = ["html", "gbk", "utf8", "xlsx"][(k + habit) % 4]
            own_path = f"{unit[2]}/{name}/{name}{sheet.name}.{ {'html': 'xls', 'gbk': 'csv', 'utf8': 'csv', 'xlsx': 'xlsx'}[kind]}"
            b.inbox(own_path, {"html": batch.page, "gbk": lambda s: batch.text(s, "gb18030"), "utf8": batch.text, "xlsx": lambda s: batch.xlsx([s])}[kind](sheet))
            where[(name, form)] = (own_path, sheet.name if kind in ("xlsx", "html") else own_path.split("/")[-1].rsplit(".", 1)[0])
        b.unlikely(mine(roster, name), drawn["roster"][1], where[(name, "roster")], CUT, typed.get((name, "roster")))
    # The finance office: all groups in one table.
    heads = {"school": "单位", "name": "报销人姓名", "id_number": "身份证号", "project": "报销事由", "expense_type": "费用类别", "invoice_no": "发票号码", "invoice_date": "开票日期", "amount": "发票金额（元）", "claimed": "报销金额（元）"}
    total = {"amount": sum(r["amount"] for r in claims), "claimed": sum(r["claimed"] or 0 for r in claims)}
    sheet, cells = table("费用报销", "2024—2025年教师外出学习及资料费用报销登记表", heads, claims, list(heads), 1, lines=("填报单位：财务室", "金额单位：元"), total=total, sign="会计：            出纳：", extra=typed.get((None, "claims")))
    b.inbox("财务室/外出学习费用报销登记.xlsx", batch.xlsx([sheet]))
    where[(None, "claims")], cells_of[(None, "claims")] = ("财务室/外出学习费用报销登记.xlsx", sheet.name), cells
    for rule, at, form, key in said:
        b.finding(rule, *where[(at, form)], cells_of[(at, form)][key])
    reckon(b, roster, allowances, assessments, claims, study, rewards)
    return b


def reckon(b, roster, allowances, assessments, claims, study, rewards):
    town = {s[1]: s[2] for s in SCHOOLS}
    order = [s[1] for s in SCHOOLS]
    place = lambda r: (town[r["school"]], r["school"])
    groups = lambda rows: list(places(SCHOOLS, rows))
    by_unit = lambda rows: sorted(rows, key=lambda r: order.index(r["school"]))
    of_person = {p["person"]: p for p in roster}
    tier = lambda r: of_person.get(r["person"], {}).get("tier")
    least = lambda scale, value, low: None if value is None else scale.index(value) >= scale.index(low)
    work = lambda p: years(p["work_start"], CUT)

    fit = [("years", lambda p: work(p) >= 5), ("education", lambda p: least(EDUCATION, p["education"], "专科")), ("title", lambda p: least(TITLE, p["title"], "一级教师"))]
    young = lambda p: 1 <= work(p) <= 4
    holders = [p for p in roster if p["tier"] == "骨干教师"]
    rookies = [p for p in roster if p["tier"] == "教坛新秀"]
    for group, rows in groups(roster):
        have = sum(p["tier"] == "骨干教师" for p in rows)
        b.count("team.staff", group, len(rows))
        b.count("team", group, have)
        b.rate("team.backbone_share", group, have, len(rows))
        b.count("team.backbone_pool", group, sum(p["tier"] is None and all(test(p) for _, test in fit) for p in rows))
        b.count("team.rookies", group, sum(p["tier"] == "教坛新秀" for p in rows))
        b.count("team.rookie_pool", group, sum(p["tier"] is None and young(p) for p in rows))
    f.eligibility(b, "backbone", groups(holders), fit)
    f.eligibility(b, "rookies", groups(rookies), [("years", young)])

    # Allowances of this year.
    money = lambda n: f"{Decimal(n):.2f}"
    current = by_unit([r for r in allowances if r["year"] in (2025, None)])
    seen = set()
    for r in current:
        r["again"] = (r["person"], r["kind"]) in seen
        seen.add((r["person"], r["kind"]))
        r["owed"] = {}
        if r["again"] or r["grade"] == "不合格" or tier(r) != r["kind"]:
            continue
        if r["kind"] == "骨干教师":
            r["owed"]["monthly"] = None if r["months"] is None else 20 * min(12, r["months"])
        elif not r["paid_before"]:
            r["owed"]["award"] = 200
    whole = lambda r: sum(v or 0 for v in r["owed"].values())
    for group, rows in groups(current):
        once = [r for r in rows if not r["again"]]
        b.count("allowance.records", group, len(once))
        b.count("allowance.repeated", group, len(rows) - len(once))
        for item in ("monthly", "award"):
            b.count(f"allowance.{item}.n", group, sum(item in r["owed"] for r in rows))
            b.money(f"allowance.{item}", group, sum(r["owed"].get(item) or 0 for r in rows))
        b.money("allowance", group, sum(whole(r) for r in rows))
    f.listing(b, "allowance_list", current, lambda r: [(i, None if r["owed"].get(i) is None else money(r["owed"][i])) for i in ("monthly", "award")] + [("owed", money(whole(r)))], place)

    # Visits of the two years.
    visits = [r for r in claims if r["expense_type"] in VISITS and date(2024, 1, 1) <= r["invoice_date"] <= CUT]
    times = defaultdict(int)
    for r in visits:
        times[r["person"]] += 1
    f.requirement(b, "visits", groups(holders), [("visited", times, lambda n: n >= 1, False)])
    f.unmet(b, "visits_unmet", by_unit(holders), [("visited", times, 1, False)], place)
    for group, rows in groups(visits):
        asked = [r["amount"] if r["claimed"] is None else r["claimed"] for r in rows]
        allowed = [min(a, r["amount"]) for a, r in zip(asked, rows)]
        b.count("visit_costs.persons", group, len({r["person"] for r in rows}))
        b.count("visit_costs.claims", group, len(rows))
        b.money("visit_costs.claimed", group, sum(asked))
        b.money("visit_costs", group, sum(allowed))
        b.money("visit_costs.cut", group, sum(asked) - sum(allowed))

    f.composition(b, "study", groups(study), [("status", lambda r: r["status"], ["在读", "已毕业", "中止"]), ("target_education", lambda r: r["target_education"], LEVELS)])
    certified = by_unit([r for r in rewards if r["certificate_no"]])
    seen = set()
    for r in sorted(certified, key=lambda r: r["graduated"]):
        r["again"] = (r["person"], r["target_education"]) in seen
        seen.add((r["person"], r["target_education"]))
        r["bureau"] = Decimal(0) if r["again"] else min(fen(Fraction(r["tuition"]) * RATES[r["target_education"]]), Decimal(20000))
    for group, rows in groups(certified):
        once = [r for r in rows if not r["again"]]
        b.count("tuition.records", group, len(once))
        b.count("tuition.repeated", group, len(rows) - len(once))
        # The school adds nothing, to each of them.
        for item, amount in (("bureau", sum(r["bureau"] for r in once)), ("school_part", 0)):
            b.count(f"tuition.{item}.n", group, len(once))
            b.money(f"tuition.{item}", group, amount)
        b.money("tuition", group, sum(r["bureau"] for r in once))
    f.listing(b, "tuition_list", certified, lambda r: [("bureau", None if r["again"] else money(r["bureau"])), ("school_part", None if r["again"] else money(0)), ("owed", money(r["bureau"]))], place)
    f.listing(b, "tuition_missing", by_unit([r for r in rewards if not r["certificate_no"]]), lambda r: [("tuition", money(r["tuition"]))], place)

    # Duties and titles.
    def summed(rows, key, test=lambda r: True):
        out = defaultdict(int)
        for r in rows:
            if test(r):
                out[r["person"]] += r[key] or 0
        return out
    judged = [r for r in assessments if r["year"] == 2025]
    district = lambda r: r["paper_level"] in ("县区级", "市级", "省级", "国家级")
    done = [("reading_notes", summed(current, "reading_notes"), 12), ("books", summed(current, "books"), 2), ("open_lessons", summed(judged, "open_lessons"), 1), ("papers", summed(judged, "papers", district), 1)]
    f.requirement(b, "duties", groups(holders), [(name, amounts, lambda n, low=low: n >= low, False) for name, amounts, low in done])
    f.unmet(b, "duties_unmet", by_unit(holders), [(name, amounts, low, False) for name, amounts, low in done], place)
    f.composition(b, "grades", groups(judged), [("grade", lambda r: r["grade"] or "未填", GRADE + ["未填"])])
    f.eligibility(b, "kept", groups([r for r in judged if tier(r) in ("骨干教师", "教坛新秀")]), [("passed", lambda r: None if r["grade"] is None else r["grade"] != "不合格")])


if __name__ == "__main__":
    batch.main(make)
