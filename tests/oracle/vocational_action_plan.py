#!/usr/bin/env python3
"""A province's plan of action for vocational schools: aid, bases, specialities, teachers, results.

See batch.py. The world: six vocational schools of three cities and six counties, three of them less
developed; each sends statistics, aided students, projects, its roster and its trainings.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import batch
from batch import Batch, Formula, People, Sheet, cell, fen, padded, page, text, xls, xlsx

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("3633992101", "澜江职业教育中心", "澜江市", "城区", "职业学校", ""),
    ("3633992102", "青岚县职业中学", "澜江市", "镇区", "职业学校", "青岚职中"),
    ("3633992201", "渚北工业学校", "渚北市", "城区", "职业学校", ""),
    ("3633992202", "白塔县职业教育中心", "渚北市", "镇区", "职业学校", "白塔职教中心"),
    ("3633992301", "云门县农业学校", "岫东市", "镇区", "职业学校", ""),
    ("3633992302", "岫东商贸学校", "岫东市", "城区", "职业学校", ""),
]
NAMES = [s[1] for s in SCHOOLS]
COUNTY = dict(zip(NAMES, ["澜江区", "青岚县", "渚北区", "白塔县", "云门县", "岫东区"]))
CLASS = dict(zip(NAMES, ["其他地区", "一类地区", "其他地区", "二类地区", "一类地区", "其他地区"]))
CLASSES = ["一类地区", "二类地区", "其他地区"]
CATEGORIES = ["低保家庭", "福利机构孤儿", "烈士子女", "供养对象", "残疾学生", "低收入家庭"]
CATEGORY_WORDS = {"低保家庭": ["低保", "享受低保"], "福利机构孤儿": ["孤儿", "福利院孤儿"], "烈士子女": ["烈士子女", "烈属"],
                  "供养对象": ["五保供养", "特困供养"], "残疾学生": ["残疾学生", "残疾"], "低收入家庭": ["低收入家庭", "家庭经济困难"]}
HOUSEHOLDS = {"农村": ["农村", "农业"], "城镇": ["城镇", "非农业"]}
CLASS_WORDS = {"一类地区": ["一类地区", "一类"], "二类地区": ["二类地区", "二类"], "其他地区": ["其他地区", "其他"]}


def world():
    rng = random.Random(9600)
    people = People(9600, "339921")
    stats, aid, projects, roster, training = [], [], [], [], []
    sizes = dict(zip(NAMES, [160, 110, 140, 95, 70, 120]))
    for n, school in enumerate(NAMES):
        teachers = 9 if n % 2 else 8
        speciality = teachers - 3
        dual = [5, 4, 5, 4, 4, 4][n]
        stats.append({
            "school": school, "county": COUNTY[school], "class": CLASS[school], "enrolment": sizes[school], "teachers": teachers - 1,
            "speciality": speciality, "dual": dual, "dual_senior": [2, 1, 2, 2, 1, 3][n], "dual_trained": [620, 310, 540, 280, 190, 405][n],
            "masters": [24, 9, 18, 11, 6, 15][n], "heads": [52, 21, 44, 30, 17, 40][n],
            "junior": [420, 180, 350, 210, 260, 300][n], "middle": [510, 170, 420, 190, 200, 380][n], "senior": [190, 40, 130, 75, 30, 150][n]})
        for k in range([15, 14, 15, 9, 8, 12][n]):
            gender, born = rng.choice(["男", "女"]), people.day(2007, 2010)
            household = rng.choice(["农村", "农村", "城镇"])
            category = CATEGORIES[k % 6] if k % 3 else "低收入家庭"
            line = 1500 if household == "农村" else 3000
            income = rng.randint(line - 900, line) if k != 3 else line
            aid.append({"school": school, "name": people.name(gender), "id": people.number(born, gender), "kind": "助学金", "category": category,
                        "household": household, "income": Decimal(income), "class": CLASS[school], "year": 2025,
                        "amount": Decimal(rng.randint(60000, 150000)) / 100})
        # Two whose family earns too much: one is not covered, the other is.
        low = [a for a in aid if a["school"] == school and a["category"] == "低收入家庭"]
        low[0]["income"] = Decimal(3600)
        covered = [a for a in aid if a["school"] == school and a["category"] == "残疾学生"]
        if covered:
            covered[0]["income"] = Decimal(9000)
        for _ in range([6, 7, 5, 3, 3, 5][n]):
            gender, born = rng.choice(["男", "女"]), people.day(2007, 2010)
            aid.append({"school": school, "name": people.name(gender), "id": people.number(born, gender), "kind": "奖学金", "category": None,
                        "household": rng.choice(["农村", "城镇"]), "income": None, "class": CLASS[school], "year": 2025, "amount": Decimal(1000)})
        for k in range(teachers):
            gender, born = rng.choice(["男", "女"]), people.day(1970, 1998)
            t = {"school": school, "name": people.name(gender), "id": people.number(born, gender), "gender": gender, "born": born,
                 "start": date(born.year + 23, 7, 1), "full_time": k != teachers - 1}
            roster.append(t)
            for year, hours in ((2024, rng.choice([40, 48, 56])), (2025, rng.choice([32, 48, 56.5]))):
                if k == 2 and year == 2025:
                    continue
                end = date(year, 7, rng.randint(8, 28))
                training.append({"school": school, "name": t["name"], "id": t["id"], "project": f"{year}年职业学校教师暑期培训", "start": end - timedelta(6),
                                 "end": end, "hours": Decimal(str(hours)), "result": "不合格" if k == 3 and year == 2025 else rng.choice(["合格", "优秀"])})
            if k == 4:
                training.append({"school": school, "name": t["name"], "id": t["id"], "project": "双师型教师省级培训", "start": date(2023, 11, 6),
                                 "end": date(2023, 11, 24), "hours": Decimal(60), "result": "合格"})
    yuan = lambda wan: Decimal(str(wan)) * 10000
    base = lambda school, name, industry, level, wan, public=False: projects.append(
        {"school": school, "type": "实训基地", "name": name, "industry": industry, "level": level, "public": public, "approved": yuan(wan), "granted": None, "matched": None})
    base(NAMES[0], "数控加工实训基地", "制造业", "国家级", 520)
    base(NAMES[0], "综合性公共实训基地", "制造业", "省级", 386.55, True)
    base(NAMES[0], "现代物流实训基地", "服务业", "省级", 400)
    base(NAMES[1], "电工电子实训基地", "制造业", "省级", 211.37)
    base(NAMES[2], "焊接技术实训基地", "制造业", "国家级", 400)
    base(NAMES[2], "机电一体化实训基地", "制造业", "省级", 400.01)
    base(NAMES[2], "渚北公共实训基地", "服务业", "省级", 298.6, True)
    base(NAMES[3], "服装加工实训基地", "制造业", "市级", 150)
    base(NAMES[4], "设施农业实训基地", "农业", "省级", 123.4567)
    base(NAMES[4], "畜牧兽医实训基地", "农业", "市级", 310)
    base(NAMES[5], "电子商务实训基地", "服务业", "省级", 88.8)
    special = lambda school, name, granted, matched: projects.append(
        {"school": school, "type": "专业建设", "name": name, "industry": "服务业" if "商" in name else "制造业", "level": "省级", "public": None,
         "approved": None, "granted": yuan(granted), "matched": None if matched is None else yuan(matched)})
    special(NAMES[0], "数控技术应用示范专业", 60, 60)
    special(NAMES[1], "电子技术应用示范专业", 40.25, 15)
    special(NAMES[2], "机电技术应用示范专业", 50, 42.5)
    special(NAMES[3], "服装制作与生产管理示范专业", 30.3333, 25)
    special(NAMES[4], "现代农艺技术示范专业", 25.0001, None)
    special(NAMES[5], "电子商务示范专业", 35, 35)
    # Practice bases: cities name ten each, counties at least five.
    for school, levels in zip(NAMES, [
        {"省级": 2, "市级": 10, "县区级": 6}, {"县区级": 5}, {"省级": 1, "市级": 7, "县区级": 2}, {"市级": 1, "县区级": 3}, {"省级": 1, "县区级": 4}, {"国家级": 1, "市级": 2}]):
        for level, count in levels.items():
            for k in range(count):
                projects.append({"school": school, "type": "实习基地", "name": f"{COUNTY[school]}{level[:1]}{k + 1}号企业实习基地", "industry": ["制造业", "服务业", "农业"][k % 3],
                                 "level": level, "public": None, "approved": None, "granted": None, "matched": None})
    for p in projects:
        p["county"], p["class"] = COUNTY[p["school"]], CLASS[p["school"]]
    return stats, aid, projects, roster, training


def percent(n, d):
    return f"{(Fraction(n * 1000, d) + Fraction(1, 2)).__floor__() / 10:.1f}"


def make():
    b = Batch("vocational-action-plan", "2025-12")
    b.directory(SCHOOLS)
    stats, aid, projects, roster, training = world()
    own = lambda rows, school: [r for r in rows if r["school"] == school]
    level_words = {"国家级": "国家级", "省级": "省级", "市级": "市级", "县区级": "县级"}

    def head(s, school, title):
        s.title(f"{school}{title}")
        s.line(f"填报单位：{school}", "填报日期：2025年12月20日")

    def stat_sheet(school, plants=None):
        s = Sheet("基本情况统计", 17)
        head(s, school, "职业学校基本情况统计表")
        s.header(["学校名称", "所在县（市、区）", "地区类别", "在校生数", "专任教师数", ("专业课教师", ["合计", "双师型", "双师型比例", "高级工以上"]),
                  ("师资培训", ["双师型", "攻读硕士", "专业带头人"]), ("职工培训", ["合计", "初级工", "中级工", "高级工"]), "备注"])
        for r in own(stats, school):
            cells = [school, r["county"], r["class"], r["enrolment"], r["teachers"], r["speciality"], r["dual"], percent(r["dual"], r["speciality"]) + "%", r["dual_senior"],
                     r["dual_trained"], r["masters"], r["heads"], r["junior"] + r["middle"] + r["senior"], r["junior"], r["middle"], r["senior"], None]
            s.row(plants(s, r, cells) if plants else cells)
        s.sign("校长：        填表人：")
        return s

    def aid_sheet(school, plants=None, total=True):
        s = Sheet("学生资助", 11)
        head(s, school, "2025年学生资助名册")
        s.header(["序号", "学生姓名", "身份证号", "资助项目", "困难类别", "户口性质", "家庭人均年收入（元）", "地区类别", "年度", "资助金额（元）", "备注"])
        first = len(s.rows) + 1
        rows = own(aid, school)
        for i, r in enumerate(rows):
            cells = [i + 1, padded(r["name"]), r["id"], {"助学金": ["助学金", "困难助学金"], "奖学金": ["奖学金", "政府奖学金"]}[r["kind"]][i % 2],
                     r["category"] and CATEGORY_WORDS[r["category"]][i % 2], HOUSEHOLDS[r["household"]][i % 2], r["income"], CLASS_WORDS[r["class"]][i % 2], r["year"], r["amount"], None]
            s.row(plants(s, i, r, cells) if plants else cells)
        if total:
            s.total([None, "合计", *[None] * 7, Formula(f"=SUM(J{first}:J{len(s.rows)})", float(sum(r["amount"] for r in rows))), None])
        s.note("注：低保家庭、孤儿、烈士子女、供养对象、残疾学生一律资助。")
        s.sign("负责人：        经办人：")
        return s

    def project_sheet(school, plants=None, unit="万元"):
        s = Sheet("建设项目", 11)
        head(s, school, "职业教育建设项目情况表")
        money = lambda v: v if v is None else float(v / 10000) if unit == "万元" else v
        s.header(["序号", "项目类型", "项目名称", "产业类别", "是否公共基地", "项目级别", "所在县", "地区类别", (f"经费（{unit}）", ["核定", "省级", "配套"])]
                 if unit == "万元" else
                 ["序号", "建设类型", "建设项目名称", "面向产业", "综合性公共基地", "级别", "县（市、区）", "地区分类", "核定经费（元）", "省级补助资金（元）", "地方配套到位（元）"])
        for i, r in enumerate(own(projects, school)):
            cells = [i + 1, r["type"], r["name"], r["industry"], {True: "是", False: "否", None: None}[r["public"]], level_words[r["level"]], r["county"],
                     CLASS_WORDS[r["class"]][i % 2], money(r["approved"]), money(r["granted"]), money(r["matched"])]
            s.row(plants(s, i, r, cells) if plants else cells)
        s.sign("填表人：")
        return s

    def roster_sheet(school, plants=None):
        s = Sheet("教师名册", 10)
        head(s, school, "教师花名册")
        s.header(["序号", "姓名", "性别", "身份证号", "出生年月", "参加工作时间", "任教学段", "任教学科", "最高学历", "是否专任"])
        for i, r in enumerate(own(roster, school)):
            cells = [i + 1, padded(r["name"]), r["gender"], r["id"], r["born"].strftime("%Y.%m"), r["start"].strftime("%Y.%m"), "中职", "专业课", "本科", "是" if r["full_time"] else "否"]
            s.row(plants(s, i, r, cells) if plants else cells)
        s.sign("填表人：")
        return s

    def training_sheet(school, plants=None):
        s = Sheet("教师培训", 9)
        head(s, school, "教师培训学时登记表")
        s.header(["序号", "姓名", "身份证号", "培训项目", "培训类别", "开始日期", "结束日期", "学时", "考核结果"])
        for i, r in enumerate(own(training, school)):
            cells = [i + 1, padded(r["name"]), r["id"], r["project"], "集中培训", r["start"], r["end"], r["hours"], r["result"]]
            s.row(plants(s, i, r, cells) if plants else cells)
        s.sign("填表人：")
        return s

    # 1: everything in one workbook; a typed share of 双师型 that does not follow.
    file = "澜江市/澜江职业教育中心2025年报表.xlsx"

    def share(s, r, cells):
        cells[7] = "98.0%"
        b.finding("stated-mismatch", file, s.name, cell(len(s.rows) + 1, 8))
        return cells
    n = NAMES[0]
    b.inbox(file, xlsx([stat_sheet(n, share), aid_sheet(n), project_sheet(n), roster_sheet(n), training_sheet(n)]))

    # 2: a workbook of 1997 and text files; one student's scholarship twice: both are told, one is owed.
    n = NAMES[1]
    scholar = next(r for r in own(aid, n) if r["kind"] == "奖学金")
    aid.insert(aid.index(scholar) + 1, dict(scholar))
    file_2 = "澜江市/青岚县职业中学/学生资助名册.xlsx"

    def twice(s, i, r, cells):
        if r["id"] == scholar["id"]:
            b.finding("record-duplicate", file_2, s.name, cell(len(s.rows) + 1, 4))
        return cells
    b.inbox(file_2, xlsx([aid_sheet(n, twice)]))
    b.inbox("澜江市/青岚县职业中学/基本情况与项目.xls", xls([stat_sheet(n), project_sheet(n)]))
    b.inbox("澜江市/青岚县职业中学/教师花名册.csv", text(roster_sheet(n), "gb18030"))
    b.inbox("澜江市/青岚县职业中学/教师培训学时登记表.csv", text(training_sheet(n)))

    # 3: web pages.
    n = NAMES[2]
    for drawn, name in ((stat_sheet(n), "基本情况"), (aid_sheet(n), "学生资助"), (project_sheet(n, unit="元"), "建设项目"), (roster_sheet(n), "教师花名册"), (training_sheet(n), "教师培训")):
        b.inbox(f"渚北市/渚北工业学校{name}.xls", page(drawn, "gb18030" if name == "学生资助" else "utf-8"))

    # 4: an income in words, and an industry that nobody knows: neither capped nor owed.
    n = NAMES[3]
    file_4 = "渚北市/白塔职教中心.xlsx"
    poor = next(r for r in own(aid, n) if need(r) and r["category"] == "低收入家庭")

    def worded(s, i, r, cells):
        if r is poor:
            cells[6] = "很低"
            b.finding("number-unreadable", file_4, s.name, cell(len(s.rows) + 1, 7))
            r["income"] = None
        return cells

    def craft(s, i, r, cells):
        if i == 0:
            cells[3] = "传统工艺"
            b.finding("vocabulary-unknown", file_4, s.name, cell(len(s.rows) + 1, 4))
            r["industry"] = None
        return cells
    b.inbox(file_4, xlsx([stat_sheet(n), aid_sheet(n, worded), project_sheet(n, craft, "元"), roster_sheet(n), training_sheet(n)]))

    # 5: a teacher in the training table whom the roster does not have; a typed total of aid that is too high.
    n = NAMES[4]
    file_5 = "岫东市/云门县农业学校报送材料.xlsx"
    training.append({**own(training, n)[0], "name": "鲁佳怡", "id": People(5, "339922").number(date(1990, 4, 5), "女")})

    def guest(s, i, r, cells):
        if r["name"] == "鲁佳怡":
            b.finding("person-not-in-roster", file_5, s.name, cell(len(s.rows) + 1, 3))
        return cells
    drawn = aid_sheet(n)
    for i, cells in enumerate(drawn.rows):
        if cells[1] == "合计":
            cells[9] = round(cells[9].value + 500, 2)
            b.finding("total-mismatch", file_5, drawn.name, cell(i + 1, 10))
    b.inbox(file_5, xlsx([stat_sheet(n), drawn, project_sheet(n), roster_sheet(n), training_sheet(n, guest)]))

    # 6: no projects beyond its sheet of practice bases; workers whose typed total is not their sum; no trainings sent.
    n = NAMES[5]
    file_6 = "岫东市/岫东商贸学校.xlsx"

    def workers(s, r, cells):
        cells[12] += 30
        b.finding("stated-mismatch", file_6, s.name, cell(len(s.rows) + 1, 13))
        return cells
    b.inbox(file_6, xlsx([stat_sheet(n, workers), aid_sheet(n, total=False), project_sheet(n), roster_sheet(n)]))
    training[:] = [r for r in training if r["school"] != n]
    b.finding("submission-missing", None)
    figures(b, stats, aid, projects, roster, training)
    return b


def figures(b, stats, aid, projects, roster, training):
    at = lambda rows, group: [r for r in rows if all(r[k] == v for k, v in group.items())]
    for rows in (stats, aid, projects, roster, training):
        for r in rows:
            r["district"] = next(s[2] for s in SCHOOLS if s[1] == r["school"])
    groups = [g for g, _ in batch.places(SCHOOLS, [])]
    districts = [g for g in groups if "school" not in g]
    total = lambda rows, key: sum((r[key] or 0) for r in rows)
    aided = [r for r in aid if r["kind"] == "助学金"]
    scholars = [r for r in aid if r["kind"] == "奖学金"]

    def bound(name, group, n, d, low=None, high=None, of=None):
        """Target, gap and how many more, of a share."""
        t = low or high
        b.figure(f"{name}.{'target' if low else 'limit'}", group, t, t.numerator, t.denominator)
        gap(b, f"{name}.gap", group, n, d, t)
        if low:
            more = max(0, (t * d - n).__ceil__())
            b.count(f"{name}.more", group, more)

    for group in groups:
        s, a, c = at(stats, group), at(aided, group), at(scholars, group)
        enrolment = total(s, "enrolment")
        n = len({r["id"] for r in a})
        b.count("aid.enrolment", group, enrolment)
        b.count("aid.aided", group, n)
        b.rate("aid", group, n, enrolment)
        bound("aid.aided_share", group, n, enrolment, low=Fraction(1, 10))
        b.money("aid.aid_amount", group, total(a, "amount"))
        n = len({r["id"] for r in c})
        b.count("aid.scholars", group, n)
        b.rate("aid.scholar_share", group, n, enrolment)
        bound("aid.scholar_share", group, n, enrolment, high=Fraction(1, 20))

        b.count("aid_categories", group, len(a))
        for key, terms in (("category", CATEGORIES), ("household", ["农村", "城镇"])):
            for term in terms:
                n = sum(r[key] == term for r in a)
                b.count(f"aid_categories.{key}.{term}", group, n)
                b.rate(f"aid_categories.{key}.{term}.share", group, n, len(a))

        verdicts = [need(r) for r in a]
        good = verdicts.count(True)
        b.count("aid_review.base", group, len(a))
        b.count("aid_review.eligible", group, good)
        b.rate("aid_review", group, good, len(a))
        b.count("aid_review.rejected", group, len(a) - good)
        b.count("aid_review.incomplete", group, verdicts.count(None))
        b.count("aid_review.need", group, len(a) - good)

        # Each record is rounded once; sums are sums of what was rounded.
        owed = {"class1": ("一类地区", Fraction(7, 10)), "class2": ("二类地区", Fraction(1, 2)), "other": ("其他地区", Fraction(0))}
        parts = {k: [fen(r["amount"] * share.numerator / share.denominator) for r in a if r["class"] == c] for k, (c, share) in owed.items()}
        subsidy(b, "aid_province", group, len(a), parts)

        first = {}
        for r in c:
            first.setdefault((r["id"], r["year"]), r)
        subsidy(b, "scholarship", group, len(first), {"each": [Decimal(1000)] * len(first)}, repeated=len(c) - len(first))

        bases = [r for r in at(projects, group) if r["type"] == "实训基地"]
        half = lambda rows, cap: [min(fen(r["approved"] / 2), Decimal(cap)) for r in rows]
        subsidy(b, "base_subsidy", group, len(bases), {
            "manufacturing": half([r for r in bases if r["industry"] == "制造业"], 2000000),
            "services": half([r for r in bases if r["industry"] in ("服务业", "农业")], 1500000),
            "public": [Decimal(1000000) for r in bases if r["public"]],
        })
        special = [r for r in at(projects, group) if r["type"] == "专业建设"]
        local = {"一类地区": Decimal("0.5"), "二类地区": Decimal("0.7"), "其他地区": Decimal(1)}
        helped = {"一类地区": Decimal("0.5"), "二类地区": Decimal("0.3"), "其他地区": Decimal(0)}
        subsidy(b, "speciality_match", group, len(special), {
            "local": [fen(r["granted"] * local[r["class"]]) for r in special],
            "province": [fen(r["granted"] * helped[r["class"]]) for r in special],
        })

        hours(b, group, at(roster, group), training)
        full, spec, dual, senior = (total(s, k) for k in ("teachers", "speciality", "dual", "dual_senior"))
        b.count("teachers.full_time", group, full)
        b.count("teachers.speciality", group, spec)
        b.count("teachers.dual", group, dual)
        b.rate("teachers", group, dual, spec)
        bound("teachers.dual_share", group, dual, spec, low=Fraction(4, 5))
        b.count("teachers.dual_senior", group, senior)
        b.rate("teachers.senior_share", group, senior, spec)
        bound("teachers.senior_share", group, senior, spec, low=Fraction(3, 10))

        j, m, e = (total(s, k) for k in ("junior", "middle", "senior"))
        for key, n in (("junior", j), ("middle", m), ("senior", e), ("all", j + m + e)):
            b.count(f"workers.{key}", group, n)
        b.rate("workers.junior_share", group, j, j + m + e)
        bound("workers.junior_share", group, j, j + m + e, high=Fraction(2, 5))
        b.rate("workers.middle_share", group, m, j + m + e)
        bound("workers.middle_share", group, m, j + m + e, low=Fraction(9, 20))
        b.rate("workers", group, e, j + m + e)
        bound("workers.senior_share", group, e, j + m + e, low=Fraction(3, 20))

    training_bases = [r for r in projects if r["type"] == "实训基地"]
    practice = [r for r in projects if r["type"] == "实习基地"]
    for school in NAMES:
        for r in at(training_bases, {"school": school}):
            group = {"district": r["district"], "school": school, "project": r["name"]}
            made = r["industry"] == "制造业"
            half = min(fen(r["approved"] / 2), Decimal(2000000 if made else 1500000))
            owed = [half if made else None, half if r["industry"] in ("服务业", "农业") else None, Decimal(1000000) if r["public"] else None]
            for item, amount in zip(("manufacturing", "services", "public", "owed"), owed + [sum(a for a in owed if a)]):
                b.money(f"base_subsidy_list.{item}", group, amount)
    items = [("制造业", 50, [r for r in training_bases if r["industry"] == "制造业"]), ("服务业、农业", 20, [r for r in training_bases if r["industry"] in ("服务业", "农业")])]
    other = [r for r in training_bases if r["industry"] is None]
    plan(b, "base_plan", items, other=other, whole=True)
    upper = [r for r in training_bases if r["level"] in ("国家级", "省级")]
    public = [r for r in training_bases if r["public"]]
    plan(b, "base_kinds", [("综合性公共基地", 10, public), ("国家级、省级基地", 100, upper)])
    plan(b, "practice_plan", [("实习基地", 500, practice), ("其中省级", 50, [r for r in practice if r["level"] == "省级"])])
    accounts = []
    for group in districts[:-1]:
        n = len([r for r in at(practice, group) if r["level"] == "市级"])
        accounts.append((10, n))
        account(b, "practice_cities", group, [(10, n)])
    account(b, "practice_cities", {}, accounts)

    for county in sorted(set(COUNTY.values())) + [None]:
        group = {"county": county} if county else {}
        n = len([r for r in practice if r["level"] == "县区级" and county in (None, r["county"])])
        b.count("practice_counties.schools", group, len({r["school"] for r in stats if county in (None, r["county"])}))
        b.count("practice_counties", group, n)
        b.count("practice_counties.named.target", group, 5 if county else None)
        b.count("practice_counties.named.gap", group, n - 5 if county else None)

    special = [r for r in projects if r["type"] == "专业建设"]
    for c in CLASSES + [None]:
        rows = [r for r in special if c in (None, r["class"])]
        group = {"region_class": c} if c else {}
        granted, matched = total(rows, "granted"), total(rows, "matched")
        b.count("speciality_funds.projects", group, len(rows))
        b.money("speciality_funds.granted", group, granted)
        b.money("speciality_funds.matched", group, matched)
        cents = lambda v: int(v * 100)
        b.rate("speciality_funds", group, cents(matched), cents(granted))
        t = {"一类地区": Fraction(1, 2), "二类地区": Fraction(7, 10), "其他地区": Fraction(1)}.get(c)
        if t:
            b.figure("speciality_funds.match_share.target", group, t, t.numerator, t.denominator)
            gap(b, "speciality_funds.match_share.gap", group, cents(matched), cents(granted), t)
        else:
            b.figure("speciality_funds.match_share.target", group, None)
            b.figure("speciality_funds.match_share.gap", group, None)

    poor = {r["county"] for r in stats if r["class"] != "其他地区"}
    b.count("counties.schools", {}, len(stats))
    b.count("counties.counties", {}, len({r["county"] for r in stats}))
    b.count("counties", {}, len(poor))
    b.count("counties.listed", {}, 45)
    b.count("counties.unreported", {}, len(poor) - 45)

    for group in districts:
        s = at(stats, group)
        for key, target in (("dual", 3750), ("masters", 100), ("heads", 300)):
            column = "dual_trained" if key == "dual" else key
            n = total(s, column)
            # The plan is the province's.
            b.count(f"teacher_plan.{key}_target", group, None if group else target)
            b.count("teacher_plan" if key == "dual" else f"teacher_plan.{key}", group, n)
            b.count(f"teacher_plan.{key}_gap", group, None if group else n - target)


def gap(b, name, group, n, d, t):
    """In percentage points."""
    b.figure(name, group, (Fraction(n, d) - t) * 100 if d else None)


def need(r):
    """True, False, or None where a blank leaves it open."""
    if r["category"] in CATEGORIES[:5]:
        return True
    if r["income"] is None:
        return None
    return r["income"] <= (1500 if r["household"] == "农村" else 3000)


def subsidy(b, measure, group, records, parts, repeated=None):
    b.count(f"{measure}.records", group, records)
    for item, amounts in parts.items():
        b.money(f"{measure}.{item}", group, sum(amounts, Decimal(0)))
        b.count(f"{measure}.{item}.n", group, len(amounts))
    b.money(measure, group, sum((a for amounts in parts.values() for a in amounts), Decimal(0)))
    if repeated is not None:
        b.count(f"{measure}.repeated", group, repeated)


def hours(b, group, roster, training):
    base = [t for t in roster if t["full_time"]]
    done = {t["id"]: sum((r["hours"] for r in training if r["id"] == t["id"] and r["result"] != "不合格" and date(2024, 1, 1) <= r["end"] <= CUT), Decimal(0)) for t in base}
    met = sum(v >= 96 for v in done.values())
    b.count("teacher_hours.base", group, len(base))
    b.count("teacher_hours.hours", group, met)
    b.rate("teacher_hours.hours.rate", group, met, len(base))
    b.number("teacher_hours.hours.total", group, sum(done.values()))
    b.count("teacher_hours.met", group, met)
    b.rate("teacher_hours", group, met, len(base))
    b.count("teacher_hours.unmet", group, len(base) - met)
    if "school" in group:
        for t in base:
            if done[t["id"]] < 96:
                person = {**group, "person": f"{t['name']} {t['id'][:6]}********{t['id'][14:]}"}
                b.number("teacher_hours_unmet.hours", person, done[t["id"]])
                b.number("teacher_hours_unmet.hours.gap", person, 96 - done[t["id"]])


def account(b, measure, group, pairs):
    """Quotas and what there is: a surplus of one makes up for no gap of another."""
    quota, actual = sum(q for q, _ in pairs), sum(n for _, n in pairs)
    b.count(f"{measure}.quota", group, quota)
    b.count(measure, group, actual)
    b.rate(f"{measure}.rate", group, actual, quota)
    b.count(f"{measure}.gap", group, sum(max(0, q - n) for q, n in pairs))
    b.count(f"{measure}.over", group, sum(max(0, n - q) for q, n in pairs))


def plan(b, measure, items, other=(), whole=False):
    pairs = []
    for title, quota, rows in items:
        pairs.append((quota, len(rows)))
        account(b, measure, {"item": title}, pairs[-1:])
    if other:
        pairs.append((0, len(other)))
        account(b, measure, {"item": "其他"}, pairs[-1:])
    if whole:
        account(b, measure, {}, pairs)


if __name__ == "__main__":
    batch.main(make)
