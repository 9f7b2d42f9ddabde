#!/usr/bin/env python3
"""The sample of `kindergarten-staff` and the figures it must give; see batch.py."""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import batch
import figures as f
from batch import EDUCATION, ROSTER_HEADS, TITLE, Batch, People, person, places, table, years

FIRST, CUT = date(2024, 8, 1), date(2025, 7, 31)
SCHOOLS = [
    ("1133990411", "青禾镇中心幼儿园", "青禾镇", "镇区", "中心幼儿园", "青禾中心园"),
    ("1133990412", "青禾镇南街幼儿园", "青禾镇", "镇区", "幼儿园", "南街幼儿园"),
    ("1133990421", "白石镇中心幼儿园", "白石镇", "镇区", "中心幼儿园", "白石中心园"),
    ("1133990422", "白石镇柳溪幼儿园", "白石镇", "乡村", "幼儿园", "柳溪幼儿园"),
    ("1133990431", "城关第一幼儿园", "城关街道", "城区", "幼儿园", "城关一幼"),
    ("1133990432", "城关实验幼儿园", "城关街道", "城区", "幼儿园", "实验幼儿园"),
]
TEACHERS = [17, 9, 14, 6, 24, 19]
WORKERS = [7, 4, 6, 3, 10, 8]
PRESCHOOL = ["学前教育", "幼儿教育", "幼师", "学前教育（师范）"]
OTHERS = ["音乐教育", "小学教育", "美术学", "汉语言文学", "舞蹈表演", None]
PLACES = [("市第一幼儿园", "区域活动观摩"), ("市机关幼儿园", "户外自主游戏观摩"), ("省实验幼儿园", "幼小衔接研讨"), ("县教师进修学校", "保教质量评估培训"), ("邻县蓝天幼儿园", "园本课程交流")]
EXPERTS = [("周教授", "市师范学院"), ("钱园长", "市机关幼儿园"), ("教研员老孙", "市教科院"), ("沈教授", "省学前教育研究中心")]
TALKS = ["儿童观察与记录", "区域环境创设", "自主游戏的支持策略", "幼小衔接", "保教质量自评"]
# Visits of experts in the autumn and in the spring: one to two a term are asked for.
VISITS = [(1, 2), (2, 0), (1, 1), (0, 0), (3, 2), (2, 1)]


def world(rng, people):
    roster, study, posts, outings, visits = [], [], [], [], []
    for k, (school, n, workers) in enumerate(zip(SCHOOLS, TEACHERS, WORKERS)):
        name, mine = school[1], []
        for i in range(n):
            gender = "男" if rng.random() < 0.06 else "女"
            born = people.day(1968, 2002)
            p = person(people, gender=gender, born=born, school=name, work_start=date(born.year + rng.choice([19, 20, 22]), 9, 1), full_time=True, post="园长" if i == 0 else "教师")
            if k == 0:
                # The source's kindergarten.
                p["major"] = "音乐教育" if i == 5 else "小学教育" if i == 11 else PRESCHOOL[i % 3]
                p["education"] = "专科" if i < 8 else "中专"
            else:
                p["major"] = rng.choice(PRESCHOOL) if rng.random() < 0.75 else rng.choice(OTHERS)
                p["education"] = rng.choice(["中专", "专科", "专科", "专科", "本科"]) if rng.random() < 0.97 else "高中及以下"
            old = years(born, CUT)
            p["title"] = "未定级" if old < 25 else rng.choice(["二级教师", "一级教师", "二级教师"] if old < 45 else ["一级教师", "高级教师"])
            mine.append(p)
        if k == 4:
            mine[3].update(education="高中及以下", major=None)
        # Those who are studying; at the source's kindergarten five of the nine with 中专.
        if k == 0:
            learning = [p for p in mine if p["education"] == "中专"][:5]
        elif k == 3:
            learning = []
        else:
            learning = rng.sample([p for p in mine if p["education"] in ("中专", "专科")], 3)
        for i, p in enumerate(learning):
            goal = "专科" if p["education"] == "中专" else "本科"
            begun = date(rng.choice([2022, 2023, 2024]), 9, 1)
            study.append({
                **p, "current_education": p["education"], "target_education": goal, "institution": rng.choice(["国家开放大学", "市师范学院", "省幼儿师范高等专科学校"]), "major": "学前教育",
                "enrolled": begun, "expected_graduation": date(begun.year + 3, 1, 15) if begun.year > 2022 else date(2025, 12, 30), "status": "在读", "of": p,
            })
        if k in (2, 4):
            p = next(p for p in mine if p["education"] == "本科")
            study.append({**p, "current_education": "专科", "target_education": "本科", "institution": "市师范学院", "major": "学前教育", "enrolled": date(2021, 9, 1), "expected_graduation": date(2024, 6, 30), "status": "已毕业", "of": p})
        # Child-care workers and cooks; some kindergartens list them in the roster too.
        staff = []
        for i in range(workers):
            post = "保育员" if i < workers - workers // 3 else "炊事员"
            p = person(people, gender="女" if post == "保育员" or rng.random() < 0.4 else "男", school=name, born=people.day(1967, 1998), full_time=False, post=post, education=rng.choice(["高中及以下", "中专", "高中及以下"]))
            p["major"] = None
            has = rng.random() < 0.72
            p.update(care_post=post, certificate=("保育师（五级）" if post == "保育员" else "中式烹调师（五级）") if has else None, certificate_no=f"{rng.randrange(10**15, 10**16)}" if has else None, issued=people.day(2015, 2023) if has else None, certified=has)
            staff.append(p)
        if k in (2, 5):
            staff[-1].update(care_post="保安员", post="保安", certificate=None, certificate_no=None, issued=None, certified=False)
        # A cook without a certificate; others say that there is one and give no number.
        if k == 0:
            staff[-1].update(certified=False, certificate=None, certificate_no=None, issued=None)
        if k in (1, 4):
            staff[0].update(certified=True, certificate="保育师（五级）", certificate_no=None, issued=None)
        posts += staff
        if k in (0, 3, 5):
            mine += staff
        roster += mine
        # Journeys: nearly all of the small ones, two of three elsewhere; some of the year before.
        teachers = [p for p in mine if p["full_time"]]
        for i, p in enumerate(teachers):
            for _ in range(rng.choice([0, 1, 1, 2]) if k != 3 else 1):
                day = date(2024, rng.choice([9, 10, 11]), rng.randint(1, 28)) if rng.random() < 0.5 else date(2025, rng.choice([3, 4, 5, 6]), rng.randint(1, 28))
                place = rng.choice(PLACES)
                outings.append({**p, "date": day, "destination": place[0], "topic": place[1], "days": rng.choice([1, 2, 1, Decimal("0.5")])})
            if i % 6 == 5:
                outings.append({**p, "date": date(2024, 5, 16), "destination": PLACES[0][0], "topic": PLACES[0][1], "days": 1})
        for term, many in zip((1, 2), VISITS[k]):
            for v in range(many):
                expert = EXPERTS[(k + v + term) % len(EXPERTS)]
                visits.append({"school": name, "date": date(2024, 9 + v, 12 + k) if term == 1 else date(2025, 3 + v, 6 + k), "term": term, "expert": expert[0], "expert_unit": expert[1], "topic": TALKS[(k + v + 2 * term) % len(TALKS)], "attended": n - rng.randint(0, 3)})
        if k == 2:
            visits.append({"school": name, "date": date(2024, 4, 18), "term": 0, "expert": EXPERTS[0][0], "expert_unit": EXPERTS[0][1], "topic": TALKS[0], "attended": n})
    for rows in (roster, study, posts, outings):
        for p in rows:
            p["person"] = p["id_number"]
    return roster, study, posts, outings, visits


ROSTER = {**ROSTER_HEADS, "major": ["所学专业", "专业"]}
FIELDS = {
    "roster": ["name", "gender", "id_number", "birth_date", "work_start", "education", "major", "title", "post", "full_time"],
    "study": ["name", "id_number", "current_education", "target_education", "institution", "major", "enrolled", "expected_graduation", "status"],
    "posts": ["name", "gender", "id_number", "care_post", "certified", "certificate", "certificate_no", "issued"],
    "outings": ["name", "id_number", "date", "destination", "topic", "days"],
    "visits": ["date", "expert", "expert_unit", "topic", "attended"],
}
HEADS = {
    "roster": ROSTER,
    "study": {
        "name": ["姓名", "教师姓名"], "id_number": ["身份证号", "身份证号码"], "current_education": ["现有学历", "原学历"], "target_education": ["拟提升学历", "在读学历"], "institution": ["就读院校", "就读学校"],
        "major": ["就读专业"], "enrolled": ["入学时间", "入学日期"], "expected_graduation": ["预计毕业时间", "毕业（预计）时间"], "status": ["学习状态", "就读状态"],
    },
    "posts": {
        "name": ["姓名", "从业人员姓名"], "gender": ["性别"], "id_number": ["身份证号", "身份证号码"], "care_post": ["工种", "岗位", "从事岗位"], "certified": ["上岗证/有无", "是否持证", "有无上岗证"],
        "certificate": ["上岗证/名称", "证书名称", "持何证书"], "certificate_no": ["上岗证/编号", "证书编号", "上岗证编号"], "issued": ["上岗证/发证日期", "发证日期", "取证时间"], "school": ["所在幼儿园"],
    },
    "outings": {
        "name": ["姓名", "外出教师"], "id_number": ["身份证号", "身份证号码"], "date": ["外出时间", "外出日期", "学习时间"], "destination": ["外出地点", "参观单位", "学习地点"], "topic": ["学习内容", "观摩内容", "外出事由"],
        "days": ["天数", "学习天数"],
    },
    "visits": {
        "date": ["来园时间", "指导日期", "活动时间"], "expert": ["专家姓名", "指导专家", "专家"], "expert_unit": ["专家单位", "专家所在单位"], "topic": ["指导内容", "讲座题目"], "attended": ["参加人数", "参加教师数"], "school": ["幼儿园名称"],
    },
}
TITLES = {"roster": "教职工花名册", "study": "教师学历提升情况登记表", "posts": "保育员、炊事员持证上岗情况登记表", "outings": "教师外出学习登记表", "visits": "专家入园指导登记表"}
TABS = {"roster": "花名册", "study": "学历提升", "posts": "持证上岗", "outings": "外出学习", "visits": "专家入园"}


def make():
    rng = random.Random(15)
    people = People(15)
    roster, study, posts, outings, visits = world(rng, people)
    b = Batch("kindergarten-staff", "2025-07")
    b.directory(SCHOOLS)
    rows = {"roster": roster, "study": study, "posts": posts, "outings": outings, "visits": visits}
    typed, said = defaultdict(dict), []
    mine = lambda form, name: [r for r in rows[form] if r["school"] == name]

    def plant(form, name, test, field, value, rule):
        n, row = next((i, r) for i, r in enumerate(mine(form, name)) if test(r))
        typed[(name, form)][(n, field)] = value(row)
        said.append((rule, name, form, (n, field)))
        return row

    used = {r["id_number"] for form in ("study", "outings", "posts") for r in rows[form]}
    # A wrong check digit of somebody who is in no other table; a gender that the number does not have.
    row = plant("roster", "城关实验幼儿园", lambda r: r["id_number"] not in used, "id_number", lambda r: batch.wrong_check_digit(r["id_number"]), "id-checksum")
    row["id_number"] = batch.wrong_check_digit(row["id_number"])
    row = plant("roster", "青禾镇南街幼儿园", lambda r: r["gender"] == "女", "gender", lambda r: "男", "id-gender-mismatch")
    row["gender"] = "男"
    # Somebody went out whom the roster does not have.
    row = plant("outings", "城关第一幼儿园", lambda r: r["date"] > FIRST, "id_number", lambda r: People(51).number(date(1993, 7, 8), "女"), "person-not-in-roster")
    row.update(name="欧阳若溪", id_number=typed[("城关第一幼儿园", "outings")].popitem()[1])
    row["person"] = row["id_number"]
    # Days that are no number; a study's state and a person's number of hearers that nobody can tell.
    row = plant("outings", "白石镇中心幼儿园", lambda r: r["date"] > FIRST, "days", lambda r: "半天左右", "number-unreadable")
    row["days"] = None
    row = plant("study", "青禾镇南街幼儿园", lambda r: True, "status", lambda r: "延期", "vocabulary-unknown")
    row["status"] = None
    row = plant("visits", "城关第一幼儿园", lambda r: True, "attended", lambda r: "全体教师", "number-unreadable")
    row["attended"] = None
    # No higher than before.
    row = plant("study", "城关实验幼儿园", lambda r: r["target_education"] == "本科", "target_education", lambda r: "专科", "education-order")
    row["target_education"] = "专科"
    # The same cook twice.
    row = mine("posts", "城关第一幼儿园")[-1]
    posts.insert(posts.index(row) + 1, dict(row))
    n = len(mine("posts", "城关第一幼儿园"))
    said += [("record-duplicate", "城关第一幼儿园", "posts", (k, "care_post")) for k in (n - 2, n - 1)]

    def draw(form, name, own, habit, lines, marks, fields=None):
        shown = []
        for r in own:
            r = dict(r)
            if form == "posts":
                r["certified"] = [("有", "无"), ("是", "否"), ("√", "×")][habit % 3][0 if r["certified"] else 1]
            shown.append(r)
        kwargs = {"sign": "园长：            填表人：", "extra": marks}
        if form == "visits":
            kwargs["total"] = {"attended": sum(r["attended"] or 0 for r in own)}
        if form == "outings":
            kwargs["notes"] = ["注：每名教师每学年外出学习不少于1次。"]
        return table(TABS[form], f"{name}{TITLES[form]}", HEADS[form], shown, fields or FIELDS[form], habit, lines=lines, **kwargs)

    where, drawn = {}, {}
    for habit, school in enumerate(SCHOOLS):
        name = school[1]
        lines = (f"填报单位：{name}", "填报日期：2025年7月10日")
        sheets = {}
        for form in rows:
            own = mine(form, name)
            # Both kindergartens of this town stand in one table of workers.
            if own and not (form == "posts" and school[2] == "白石镇"):
                sheets[form] = drawn[(name, form)] = draw(form, name, own, habit, lines, typed.get((name, form)))
        if habit in (0, 1, 4):
            file = {0: f"{name}.xlsx", 1: f"青禾镇/{name}.xls", 4: f"{name}2025年报表.xlsx"}[habit]
            b.inbox(file, (batch.xls if habit == 1 else batch.xlsx)([s for s, _ in sheets.values()]))
            for form in sheets:
                where[(name, form)] = (file, TABS[form])
            continue
        for k, (form, (sheet, _)) in enumerate(sheets.items()):
            way = (k + habit) % 4
            path = f"{name}/{TABS[form]}.{['csv', 'xls', 'xlsx', 'csv'][way]}"
            b.inbox(path, [lambda: batch.text(sheet, "gb18030"), lambda: batch.page(sheet), lambda: batch.xlsx([sheet]), lambda: batch.text(sheet, dates="%Y/%m/%d")][way]())
            where[(name, form)] = (path, TABS[form])
    both = [r for name in ("白石镇中心幼儿园", "白石镇柳溪幼儿园") for r in mine("posts", name)]
    sheet, _ = draw("posts", "白石镇", both, 0, ("单位：人", "填报日期：2025年7月8日"), None, ["school"] + FIELDS["posts"])
    b.inbox("白石镇保育员炊事员持证情况.xlsx", batch.xlsx([sheet]))
    for rule, name, form, key in said:
        b.finding(rule, *where[(name, form)], drawn[(name, form)][1][key])
    reckon(b, rows)
    return b


def reckon(b, rows):
    groups = lambda all_: list(places(SCHOOLS, all_))
    town = {s[1]: s[2] for s in SCHOOLS}
    at = lambda r: (town[r["school"]], r["school"])
    roster, study, posts = rows["roster"], rows["study"], rows["posts"]
    known = {p["person"]: p for p in roster}

    def band(p):
        age = years(p["birth_date"], CUT)
        return "30岁及以下" if age < 31 else "31—40岁" if age < 41 else "41—50岁" if age < 51 else "51岁及以上"

    f.composition(b, "staff", groups(roster), [
        ("gender", lambda p: p["gender"], ["男", "女"]), ("age_band", band, ["30岁及以下", "31—40岁", "41—50岁", "51岁及以上"]),
        ("education", lambda p: p["education"], EDUCATION), ("title", lambda p: p["title"] or "未填", TITLE + ["未填"]),
    ])
    teachers = [p for p in roster if p["full_time"]]

    def speciality(p):
        text = p["major"]
        if text is None:
            return "blank"
        for kind, words in [("preschool", ("学前", "幼儿", "幼教", "幼师")), ("music", ("音乐", "声乐")), ("primary", ("小学教育", "小教"))]:
            if any(w in text for w in words):
                return kind
        return "other"

    for group, own in groups(teachers):
        n = len(own)
        b.count("speciality.teachers", group, n)
        for kind in ("preschool", "music", "primary", "other", "blank"):
            b.count(f"speciality.{kind}", group, sum(speciality(p) == kind for p in own))
        b.rate("speciality", group, sum(speciality(p) == "preschool" for p in own), n)
    strange = [p for p in teachers if speciality(p) != "preschool"]
    f.listing(b, "speciality_other", strange, lambda p: [("age", years(p["birth_date"], CUT))], at)

    learning = [r for r in study if r["status"] == "在读" and known[r["person"]]["full_time"]]
    for (group, own), (_, now) in zip(groups(teachers), groups(learning)):
        level = lambda e: sum(p["education"] == e for p in own)
        b.count("education.teachers", group, len(own))
        up = level("本科") + level("硕士研究生")
        for key, n in [("bachelor", up), ("college", level("专科")), ("secondary", level("中专")), ("below", level("高中及以下")), ("qualified", up + level("专科"))]:
            b.count(f"education.{key}", group, n)
        b.rate("education", group, up + level("专科"), len(own))
        persons = {r["person"] for r in now}
        low = {who for who in persons if known[who]["education"] == "中专"}
        b.count("education.upgrading", group, len(persons))
        b.count("education.secondary_upgrading", group, len(low))
        b.rate("education.upgrading_share", group, len(low), level("中专"))

    workers = [r for r in posts if r["care_post"] in ("保育员", "炊事员")]
    for group, own in groups(workers):
        n, has = len(own), sum(r["certificate_no"] is not None for r in own)
        b.count("certified.workers", group, n)
        b.count("certified.holders", group, has)
        b.count("certified.lacking", group, n - has)
        b.count("certified.claimed", group, sum(r["certificate_no"] is None and r["certified"] for r in own))
        b.rate("certified", group, has, n)
        b.figure("certified.rate.target", group, Fraction(1))
        f.points(b, "certified.rate.gap", group, has, n, Fraction(1))
        b.count("certified.rate.more", group, n - has)
    kinds = [({"care_post": k}, [r for r in workers if r["care_post"] == k]) for k in ("保育员", "炊事员")]
    f.rate(b, "certified_post", kinds + [({}, workers)], lambda r: r["certificate_no"] is not None, Fraction(1))

    gone = [r for r in rows["outings"] if FIRST <= r["date"] <= CUT]
    times = defaultdict(int)
    for r in gone:
        times[r["person"]] += 1
    f.requirement(b, "outings", groups(teachers), [("journeys", times, lambda n: n >= 1, False)])
    f.unmet(b, "outings_unmet", teachers, [("journeys", times, 1, False)], at)
    f.persons(b, "outing_days", groups(gone), [("days", lambda r: r["days"])])

    came = [r for r in rows["visits"] if FIRST <= r["date"] <= CUT]
    for group, own in groups(came):
        below = [s[1] for s in SCHOOLS if all(v == (s[2] if k == "district" else s[1]) for k, v in group.items())]
        leaf = lambda name, term: (sum(r["school"] == name and r["term"] == term for r in own), (1, 2))
        lines = [(group, [leaf(name, t) for name in below for t in (1, 2)])]
        if "school" in group:
            lines += [({**group, "item": title}, [leaf(group["school"], t)]) for t, title in ((1, "秋季学期"), (2, "春季学期"))]
        f.plan(b, "visits", lines, False)
        n, heard = len(own), sum(r["attended"] or 0 for r in own)
        b.count("visit_people", group, n)
        b.count("visit_people.experts", group, len({r["expert"] for r in own}))
        b.count("visit_people.attended", group, heard)
        b.figure("visit_people.average", group, Fraction(heard, n) if n else None)
    seen = defaultdict(int)
    for r in came:
        key = (r["school"], r["expert"])
        seen[key] += 1
        label = r["expert"] if seen[key] == 1 else f"{r['expert']} ({seen[key]})"
        b.figure("visit_register.attended", {"district": town[r["school"]], "school": r["school"], "expert": label}, r["attended"])


if __name__ == "__main__":
    batch.main(make)
