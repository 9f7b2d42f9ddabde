#!/usr/bin/env python3
"""What a sample batch must come to, computed without the program.

    python3 tests/oracle/summary.py SAMPLE SCHEME YYYY-MM > SAMPLE/expected.json

Reads `truth/records/*.csv` (what the generator meant) and `truth/schools.csv`, and writes every
figure of the measures below with plain loops. Standard library only, and nothing of the program:
the rules come from the scheme tables, not from the engine.

Who is who: a valid id number names a person; otherwise the name does, within its school, if only
one person there has it.
"""

import csv
import json
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

EDUCATION = ["高中及以下", "中专", "专科", "本科", "硕士研究生", "博士研究生"]
TITLE = ["未定级", "三级教师", "二级教师", "一级教师", "高级教师", "正高级教师"]
GRADE = ["不合格", "基本合格", "合格", "优秀"]
STAGE = ["幼儿园", "小学", "初中", "高中", "中职", "特殊教育"]
CATEGORY = ["集中培训", "校本研修", "网络研修", "学历进修", "其他"]
TIERS = ["骨干教师", "学科带头人", "名师", "特级教师"]


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def day(text):
    return date.fromisoformat(text) if text else None


def valid(number):
    if len(number) != 18 or not number[:17].isdigit():
        return False
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(d) * w for d, w in zip(number, weights))
    return number[17] == "10X98765432"[total % 11]


def years(since, until):
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


class Sample:
    def __init__(self, folder, period):
        self.schools = read(folder / "truth/schools.csv")
        self.town = {s["school"]: s["town"] for s in self.schools}
        self.area = {s["school"]: s["area"] for s in self.schools}
        self.kind = {s["school"]: s["kind"] for s in self.schools}
        year, month = map(int, period.split("-"))
        following = date(year + month // 12, month % 12 + 1, 1)
        self.cut = date.fromordinal(following.toordinal() - 1)
        self.forms = {p.stem: read(p) for p in sorted((folder / "truth/records").glob("*.csv"))}
        # What the contract leaves open does not count as known.
        for rows in self.forms.values():
            for row in rows:
                row.update({k: "" for k, v in row.items() if v == "~"})
        self.identify()
        self.out = []

    def identify(self):
        """Gives every record its person."""
        names = defaultdict(set)
        listed = defaultdict(set)
        for form in ["roster"] + [f for f in self.forms if f != "roster"]:
            for row in self.forms.get(form, []):
                own = (row["school"], row["name"])
                if valid(row["id_number"]):
                    row["person"] = row["id_number"]
                elif form == "roster":
                    row["person"] = row["id_number"] or own
                else:
                    continue
                if row["name"]:
                    names[own].add(row["person"])
                    if form == "roster":
                        listed[own].add(row["person"])
        for form, rows in self.forms.items():
            for row in rows:
                if "person" not in row:
                    own = (row["school"], row["name"])
                    found = listed.get(own) or names.get(own) or set()
                    if row["name"] and len(found) == 1:
                        row["person"] = next(iter(found))
                    else:
                        row["person"] = row["id_number"] or own
        self.of_person = {}
        for row in self.forms["roster"]:
            self.of_person.setdefault(row["person"], row)

    # Derived values

    def age(self, row):
        born = day(row["birth_date"])
        if born is None and len(row["id_number"]) == 18:
            try:
                text = row["id_number"][6:14]
                born = date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError:
                born = None
        return None if born is None else years(born, self.cut)

    def service(self, row):
        start = day(row["work_start"])
        return None if start is None else years(start, self.cut)

    def area_of(self, row):
        return row["area"] or self.area[row["school"]]

    # Output

    def figure(self, measure, group, value, numerator=None, denominator=None):
        self.out.append({
            "measure": measure,
            "group": group,
            "value": value,
            "numerator": numerator,
            "denominator": denominator,
        })

    def count(self, measure, group, n):
        self.figure(measure, group, n)

    def rate(self, measure, group, n, d):
        if d == 0:
            self.figure(measure, group, None)
        else:
            self.figure(measure, group, float(Fraction(n, d)), n, d)

    def money(self, measure, group, amount):
        self.figure(measure, group, f"{amount:.2f}")

    def decimal(self, measure, group, amount):
        self.figure(measure, group, float(amount))

    def places(self, rows, key=lambda r: r["school"]):
        """Every school, every town and the whole, each with its rows."""
        for school in self.schools:
            name, town = school["school"], school["town"]
            yield {"district": town, "school": name}, [r for r in rows if key(r) == name]
        for town in dict.fromkeys(s["town"] for s in self.schools):
            yield {"district": town}, [r for r in rows if self.town[key(r)] == town]
        yield {}, list(rows)

    def stages(self, rows):
        for stage in dict.fromkeys(r["stage"] for r in rows if r["stage"]):
            yield {"stage": stage}, [r for r in rows if r["stage"] == stage]
        yield {}, list(rows)

    # Families of measures

    def composition(self, measure, rows, columns):
        for group, mine in self.places(rows):
            self.count(measure, group, len(mine))
            for field, terms in columns:
                for term in terms:
                    n = sum(r[field] == term for r in mine)
                    self.count(f"{measure}.{field}.{term}", group, n)
                    self.rate(f"{measure}.{field}.{term}.share", group, n, len(mine))

    def hits(self, measure, groups, hit, target=None):
        for group, mine in groups:
            n = sum(map(hit, mine))
            self.count(f"{measure}.base", group, len(mine))
            self.count(f"{measure}.hits", group, n)
            self.rate(measure, group, n, len(mine))
            if target is not None:
                wanted = target * len(mine)
                least = -(-wanted.numerator // wanted.denominator)
                self.count(f"{measure}.more", group, max(0, least - n))

    def requirement(self, measure, groups, needs):
        """needs: id, amount of a person, test, decimal or not; None instead skips a need."""
        for group, mine in groups:
            self.count(f"{measure}.base", group, len(mine))
            everything = [True] * len(mine)
            for name, amounts, test, is_decimal in needs:
                has = [amounts.get(r["person"], 0) for r in mine]
                met = [test(a) for a in has]
                everything = [a and b for a, b in zip(everything, met)]
                self.count(f"{measure}.{name}", group, sum(met))
                self.rate(f"{measure}.{name}.rate", group, sum(met), len(mine))
                total = sum(has)
                if is_decimal:
                    self.decimal(f"{measure}.{name}.total", group, total)
                else:
                    self.count(f"{measure}.{name}.total", group, total)
            n = sum(everything)
            self.count(f"{measure}.met", group, n)
            self.count(f"{measure}.unmet", group, len(mine) - n)
            self.rate(measure, group, n, len(mine))

    def eligibility(self, measure, rows, conditions):
        """conditions: id and a verdict True, False or None for not known."""
        for group, mine in self.places(rows):
            verdicts = [[c(r) for _, c in conditions] for r in mine]
            good = sum(all(v is True for v in vs) for vs in verdicts)
            open_ = sum(False not in vs and None in vs for vs in verdicts)
            self.count(f"{measure}.base", group, len(mine))
            self.count(f"{measure}.eligible", group, good)
            self.rate(measure, group, good, len(mine))
            self.count(f"{measure}.rejected", group, len(mine) - good)
            self.count(f"{measure}.incomplete", group, open_)
            for i, (name, _) in enumerate(conditions):
                self.count(f"{measure}.{name}", group, sum(vs[i] is not True for vs in verdicts))

    def persons(self, measure, rows):
        for group, mine in self.places(rows):
            people = len({r["person"] for r in mine})
            self.count(measure, group, people)
            self.count(f"{measure}.times", group, len(mine))
            self.decimal(f"{measure}.hours", group, sum((Decimal(r["hours"] or 0) for r in mine), Decimal(0)))

    def quota(self, measure, group, actual, quota):
        self.count(f"{measure}.quota", group, quota)
        self.count(measure, group, actual)
        if quota:
            self.rate(f"{measure}.rate", group, actual, quota)

    def reimbursement(self, measure, groups, claims, cap=None):
        """Caps a person and calendar year, used up in the order of the invoices."""
        order = sorted(
            range(len(claims)),
            key=lambda i: (claims[i]["invoice_date"] == "", claims[i]["invoice_date"], i),
        )
        used = defaultdict(Decimal)
        for i in order:
            c = claims[i]
            amount = Decimal(c["claimed"] or c["amount"] or 0)
            allowed = amount
            if cap is not None or measure != "expenses":
                if c["amount"]:
                    allowed = min(allowed, Decimal(c["amount"]))
            c["asked"] = amount
            if cap is not None:
                year = (day(c["invoice_date"]) or self.cut).year
                key = (c["person"], year)
                before = min(used[key], cap)
                used[key] += allowed
                allowed = min(used[key], cap) - before
            c["allowed"] = allowed
        for group, mine in groups(claims):
            self.count(f"{measure}.persons", group, len({c["person"] for c in mine}))
            self.count(f"{measure}.claims", group, len(mine))
            self.money(f"{measure}.claimed", group, sum((c["asked"] for c in mine), Decimal(0)))
            self.money(f"{measure}.cut", group, sum((c["asked"] - c["allowed"] for c in mine), Decimal(0)))
            self.money(measure, group, sum((c["allowed"] for c in mine), Decimal(0)))


def at_least(scale, value, bound):
    return value != "" and scale.index(value) >= scale.index(bound)


def per_person(rows, amount):
    out = defaultdict(Decimal)
    for r in rows:
        out[r["person"]] += amount(r)
    return out


def rural_uplift(s):
    roster = s.forms["roster"]
    full_time = [r for r in roster if r["full_time"] != "false"]
    cycle = date(2024, 9, 1)

    def within(rows, start, blank):
        for r in rows:
            end = day(r["end_date"])
            if end is None and blank or end is not None and start <= end <= s.cut:
                yield r

    training = s.forms["training"]
    passed = [r for r in training if r["result"] != "不合格"]
    counted = list(within(passed, cycle, True))
    hours = lambda r: Decimal(r["hours"] or 0)
    full = per_person([r for r in counted if r["category"] == "集中培训"], hours)
    own = per_person([r for r in counted if r["category"] == "校本研修"], hours)
    needs = [
        ("full_time", full, lambda a: a >= 60, True),
        ("school_based", own, lambda a: a >= 84, True),
    ]
    s.composition("staff", roster, [("gender", ["男", "女"]), ("education", EDUCATION), ("title", TITLE)])
    s.requirement("hours", s.places(full_time), needs)
    s.requirement("hours_stage", s.stages(full_time), needs)
    # The year of the cycle that the cut-off lies in: from 1 September.
    start = date(s.cut.year if s.cut >= date(s.cut.year, 9, 1) else s.cut.year - 1, 9, 1)

    def length(r):
        a, b = day(r["start_date"]), day(r["end_date"])
        return (b - a).days + 1 if a and b and b >= a else 0

    weeks = [r for r in within(passed, start, False) if r["category"] == "集中培训"]
    s.requirement("full_time_year", s.places(full_time), [("days", per_person(weeks, length), lambda a: a >= 14, False)])
    in_cycle = list(within(training, cycle, True))
    s.persons("attendance", in_cycle)
    s.composition("training_category", in_cycle, [("category", CATEGORY)])

    chosen = [r for r in roster if r["tier"] in TIERS and r["tier_level"] in ("省级", "市级")]

    def young(r):
        age = s.age(r)
        if r["gender"] == "" or age is None:
            return None
        return age <= (45 if r["gender"] == "男" else 40)

    s.eligibility("backbone_age", chosen, [("age", young)])
    head = lambda r: any(w in r["post"] for w in ("校长", "园长"))
    for measure, level, quotas in [
        ("provincial_plan", "省级", {"初中教师": 22, "小学教师": 34, "校长": 14}),
        ("city_plan", "市级", {"小学教师": 550, "初中教师": 350, "校长": 100}),
    ]:
        mine = [r for r in chosen if r["tier_level"] == level]
        kinds = {
            "校长": [r for r in mine if head(r)],
            "小学教师": [r for r in mine if r["stage"] == "小学" and r["post"] and not head(r)],
            "初中教师": [r for r in mine if r["stage"] == "初中" and r["post"] and not head(r)],
        }
        if all(r["post"] for r in mine):
            for title, quota in quotas.items():
                s.quota(measure, {"item": title}, len(kinds[title]), quota)
    least = {"幼儿园": "中专", "小学": "中专", "特殊教育": "中专", "初中": "专科", "高中": "本科", "中职": "本科"}
    qualified = lambda r: r["stage"] != "" and at_least(EDUCATION, r["education"], least[r["stage"]])
    s.hits("qualified", s.places(full_time), qualified, Fraction(1))
    s.hits("qualified_stage", s.stages(full_time), qualified, Fraction(1))
    rural = [r for r in full_time if s.area_of(r) in ("镇区", "乡村")]
    primary = [r for r in rural if r["stage"] == "小学"]
    middle = [r for r in rural if r["stage"] == "初中"]
    s.hits("primary_degree", s.places(primary), lambda r: at_least(EDUCATION, r["education"], "专科"), Fraction(3, 5))
    s.hits("middle_degree", s.places(middle), lambda r: at_least(EDUCATION, r["education"], "本科"), Fraction(1, 2))
    s.composition("study", s.forms["study"], [("status", ["在读", "已毕业", "中止"]), ("target_education", EDUCATION)])
    certified = [r for r in in_cycle if r["category"] == "集中培训" and at_least(GRADE, r["result"], "合格")]
    s.hits("certificate", s.places(certified), lambda r: r["certificate_no"] != "", Fraction(1))


def county_backbone(s):
    roster = s.forms["roster"]
    holder = lambda r: r["tier"] in ("骨干教师", "名师") and r["tier_level"] != "校级"
    holders = [r for r in roster if holder(r)]
    s.composition("holders", holders, [("stage", STAGE), ("title", TITLE)])

    def education(r):
        if r["stage"] == "" or r["education"] == "":
            return None
        if r["stage"] in ("小学", "初中"):
            return at_least(EDUCATION, r["education"], "专科")
        if r["stage"] == "高中":
            return at_least(EDUCATION, r["education"], "本科")
        return False

    def service(r):
        n = s.service(r)
        return None if n is None else n >= 5

    def age(r):
        n = s.age(r)
        if r["gender"] == "" or n is None:
            return None
        return n < (50 if r["gender"] == "男" else 45)

    def title(r):
        return None if r["title"] == "" else at_least(TITLE, r["title"], "一级教师")

    conditions = [("education", education), ("teaching_years", service), ("age", age), ("title", title)]
    candidates = [
        r for r in roster
        if r["stage"] not in ("幼儿园", "中职", "特殊教育") and r["full_time"] != "false"
    ]
    s.eligibility("candidates", candidates, conditions)
    s.eligibility("nominees", holders, conditions)

    def kind(school, *words):
        return any(w in s.kind[school] for w in words)

    middle = lambda school: kind(school, "中学", "初中", "一贯制")
    central = lambda school: not middle(school) and (kind(school, "中心") or "中心小学" in school)
    terms = ["语文", "数学", "英语"]
    for school in (x["school"] for x in s.schools):
        if central(school):
            for subject in terms:
                n = sum(r["school"] == school and r["subject"] == subject for r in holders)
                s.quota("quota_primary", {"district": s.town[school], "school": school, "subject": subject}, n, 2)
    s.count("plan", {"item": "骨干教师（含名师）"}, len(holders))
    famous = [r for r in holders if r["tier"] == "名师"]
    s.count("plan", {"item": "名师"}, len(famous))

    assessment = s.forms["assessment"]
    known = [int(r["year"]) for r in assessment if r["year"] and int(r["year"]) <= s.cut.year]
    latest = max(known)
    recent = [r for r in assessment if r["year"] == "" or int(r["year"]) == latest]
    number = lambda field: (lambda r: Decimal(r[field] or 0))
    needs = []
    for field, least in [("open_lessons", 2), ("research_projects", 1), ("lectures", 2), ("reading_notes", 4), ("papers", 1)]:
        needs.append((field, per_person(recent, number(field)), lambda a, least=least: a >= least, False))
    for measure, tier in [("duties_backbone", "骨干教师"), ("duties_famous", "名师")]:
        mine = [r for r in holders if r["tier"] == tier]
        s.requirement(measure, s.places(mine), needs)
    s.composition("grades", recent, [("grade", GRADE)])
    graded = [r for r in recent if r["grade"]]
    s.hits("pass_rate", s.places(graded), lambda r: at_least(GRADE, r["grade"], "合格"))
    two = [r for r in assessment if r["year"] == "" or latest - 1 <= int(r["year"]) <= latest]
    good = per_person([r for r in two if at_least(GRADE, r["grade"], "合格")], lambda r: 1)
    bad = per_person([r for r in two if r["grade"] in ("不合格", "基本合格")], lambda r: 1)
    s.requirement("decision", s.places(holders), [
        ("passed", good, lambda a: a >= 1, False),
        ("failed", bad, lambda a: a <= 0, False),
    ])

    # Claims without a date count; those after the cut-off do too, they are only reported.
    claims = s.forms["claims"]
    journal = lambda c: any(w in c["project"] for w in ("期刊", "杂志", "刊物", "报刊"))
    material = [c for c in claims if c["expense_type"] == "资料费"]
    s.reimbursement("books", s.places, [c for c in material if not journal(c)], Decimal(100))
    s.reimbursement("journal", s.places, [c for c in material if journal(c)])
    s.reimbursement("visits", s.places, [c for c in claims if c["expense_type"] in ("差旅费", "住宿费", "培训费")])
    cycle = date(2024, 1, 1)
    in_cycle = [
        r for r in s.forms["training"]
        if r["end_date"] == "" or cycle <= day(r["end_date"]) <= s.cut
    ]
    s.persons("attendance", in_cycle)


def main():
    folder, scheme, period = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    sample = Sample(folder, period)
    {"rural-uplift": rural_uplift, "county-backbone": county_backbone}[scheme](sample)
    for f in sample.out:
        # Counts are whole numbers whatever they were added up from.
        if isinstance(f["value"], Decimal):
            assert f["value"] == int(f["value"])
            f["value"] = int(f["value"])
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in sample.out)
    print(f"[\n{lines}\n]")


main()
