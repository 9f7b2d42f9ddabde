#!/usr/bin/env python3
"""A province's yearly plan for vocational schools: planned, registered, attended, completed.

See batch.py. The figures of the source: 2,000 backbone teachers in ten specialities by base, 8,000 in
educational technology by city, two bases in each city; numerical control in two classes.
"""

import random

import batch
from batch import Batch, Formula, Sheet, cell, page, text, xls, xlsx

CITIES = ["临澜市", "北渚市", "云水市", "东岫市", "南岚市"]
# Two bases a city; 南岚市 has one only. Each city has a centre of its own for educational technology.
BASES = [
    ("3633990101", "临澜职业技术学院", "临澜市", "城区", "培训基地", "临澜职院"),
    ("3633990102", "临澜机电工程学校", "临澜市", "城区", "培训基地", ""),
    ("3633990201", "北渚师范学院", "北渚市", "城区", "培训基地", "北渚师院"),
    ("3633990202", "北渚卫生学校", "北渚市", "城区", "培训基地", ""),
    ("3633990301", "云水商贸旅游学校", "云水市", "城区", "培训基地", ""),
    ("3633990302", "云水工业学校", "云水市", "城区", "培训基地", ""),
    ("3633990401", "东岫建设工程学校", "东岫市", "城区", "培训基地", ""),
    ("3633990402", "东岫信息工程学校", "东岫市", "城区", "培训基地", ""),
    ("3633990501", "南岚职业技术学院", "南岚市", "城区", "培训基地", "南岚职院"),
]
CENTRES = [(f"9933990{i + 1}09", f"{city}电教馆", city, "城区", "电教馆", "") for i, city in enumerate(CITIES)]
UNITS = [u for city in CITIES for u in BASES + CENTRES if u[2] == city]
KIND = {u[1]: u[4] for u in UNITS}
CITY = {u[1]: u[2] for u in UNITS}

SPECIALITIES = ["计算机及应用", "计算机网络", "电子", "数控", "汽车", "护理", "旅游", "酒店", "会计", "土建"]
TECHNOLOGY = "教育技术"
CLASSES = ["基础班", "提高班"]
# base: (speciality, class, planned); the plans add up to 2,000
PLANS = {
    "临澜职业技术学院": [("数控", "基础班", 120), ("数控", "提高班", 80), ("电子", None, 100)],
    "临澜机电工程学校": [("汽车", None, 150), ("数控", "基础班", 60)],
    "北渚师范学院": [("计算机及应用", None, 200), ("计算机网络", None, 120)],
    "北渚卫生学校": [("护理", None, 180)],
    "云水商贸旅游学校": [("旅游", None, 120), ("酒店", None, 100), ("会计", None, 90)],
    "云水工业学校": [("数控", "提高班", 70), ("数控", None, 30), ("电子", None, 60)],
    "东岫建设工程学校": [("土建", None, 160)],
    "东岫信息工程学校": [("计算机网络", None, 100), ("计算机及应用", None, 60)],
    "南岚职业技术学院": [("会计", None, 110), ("旅游", None, 90)],
}
CITY_PLANS = {"临澜市": 2400, "北渚市": 1800, "云水市": 1500, "东岫市": 1300, "南岚市": 1000}
DONE = {"临澜市": 0.93, "北渚市": 0.88, "云水市": 0.97, "东岫市": 0.71, "南岚市": 0.55}
SPELLINGS = {
    "计算机及应用": ["计算机应用", "计算机及应用专业"], "计算机网络": ["计算机网络技术", "网络技术"], "电子": ["电子技术应用", "应用电子"],
    "数控": ["数控技术", "数控加工"], "汽车": ["汽车运用与维修", "汽修"], "护理": ["护理专业", "护理"], "旅游": ["旅游服务与管理", "导游"],
    "酒店": ["饭店服务与管理", "酒店管理"], "会计": ["会计电算化", "财会"], "土建": ["工民建", "建筑施工"],
}


def world():
    rng = random.Random(2000)
    rows = []
    for base, plans in PLANS.items():
        for speciality, level, planned in plans:
            rows.append({"unit": base, "speciality": speciality, "class": level, "planned": planned})
    for city, planned in CITY_PLANS.items():
        rows.append({"unit": f"{city}电教馆", "speciality": TECHNOLOGY, "class": None, "planned": planned})
    for r in rows:
        done = DONE[CITY[r["unit"]]] + rng.uniform(-0.08, 0.05)
        r["registered"] = int(r["planned"] * (done + rng.uniform(0.03, 0.12)))
        r["attended"] = int(r["planned"] * (done + 0.01))
        r["completed"] = min(r["attended"], int(r["planned"] * done))
    return rows


def percent(n, d, places):
    scaled = n * 100 * 10**places * 2 // d
    whole = (scaled + 1) // 2
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}" if places else str(whole)


def make():
    b = Batch("vocational-training-plan", "2025-12")
    b.directory(UNITS)
    rows = world()
    own = lambda unit: [r for r in rows if r["unit"] == unit]

    def table(unit, style, plants=None, total=True):
        s = Sheet("计划完成情况", 10)
        s.title(f"{unit}2025年培训计划完成情况统计表")
        s.line(f"填报单位：{unit}", "单位：人", "2025年12月25日")
        if style == "merged":
            s.header(["序号", "专业", "班次", ("培训人数", ["计划", "报名", "参训", "结业"]), "完成率", "培训时间", "备注"])
        elif style == "plain":
            s.header(["序号", "培训专业", "班别", "下达计划数", "报名人数", "报到人数", "结业人数", "计划完成率（%）", "培训时间", "备注"])
        else:
            s.header(["序号", "培训项目（专业）", "培训层次", "任务数", "报名学员数", "实到人数", "培训合格人数", "完成任务率", "培训日期", "备注"])
        first = len(s.rows) + 1
        for i, r in enumerate(own(unit)):
            places = 1 if style == "merged" else 2
            share = percent(r["completed"], r["planned"], places)
            spelled = SPELLINGS.get(r["speciality"], ["教育技术能力建设"])
            level = {None: None, "基础班": ["基础班", "基础"], "提高班": ["提高班", "高级班"]}[r["class"]]
            cells = [i + 1, spelled[i % len(spelled)], level and level[i % 2], r["planned"], r["registered"], r["attended"], r["completed"],
                     share + "%" if style == "merged" else float(share) if style == "plain" else None, "2025年7—8月", None]
            s.row(plants(s, i, r, cells) if plants else cells)
        if total:
            last = len(s.rows)
            sums = [Formula(f"=SUM({c}{first}:{c}{last})", sum(r[k] or 0 for r in own(unit))) for c, k in zip("DEFG", ("planned", "registered", "attended", "completed"))]
            s.total([None, "合计", None, *sums, None, None, None])
        s.note("说明：结业人数指考核合格、取得结业证书的人数。")
        s.sign("负责人：孙院长    填表人：周老师")
        return s

    b.inbox("培训基地/临澜职业技术学院计划完成情况.xlsx", xlsx([table(BASES[0][1], "merged")]))
    file_2 = "培训基地/临澜机电工程学校.xlsx"

    def wrong_rate(s, i, r, cells):
        if i == 0:
            cells[7] = 98.75
            b.finding("stated-mismatch", file_2, s.name, cell(len(s.rows) + 1, 8))
        return cells
    b.inbox(file_2, xlsx([table(BASES[1][1], "plain", plants=wrong_rate)]))
    b.inbox("培训基地/北渚师院计划完成情况.csv", text(table(BASES[2][1], "plain", total=False), "gb18030"))
    b.inbox("培训基地/北渚卫生学校计划完成情况.xls", page(table(BASES[3][1], "merged"), "gb18030"))
    file_5 = "云水商贸旅游学校2025年培训计划完成情况.xlsx"

    def unknown(s, i, r, cells):
        # 计算机 could be two of the ten; the row is no longer a backbone speciality's.
        if i == 2:
            cells[1] = "计算机类"
            b.finding("vocabulary-unknown", file_5, s.name, cell(len(s.rows) + 1, 2))
            r["speciality"] = None
        return cells
    b.inbox(file_5, xlsx([table(BASES[4][1], "other", plants=unknown)]))
    b.inbox("云水市/云水工业学校.xls", xls([table(BASES[5][1], "plain")]))
    b.inbox("东岫市/东岫建设工程学校培训计划.xlsx", xlsx([table(BASES[6][1], "other", total=False)]))
    file_8 = "东岫市/东岫信息工程学校培训计划.csv"

    def worded(s, i, r, cells):
        if i == 1:
            cells[6] = "四十余人"
            cells[7] = None
            b.finding("number-unreadable", file_8, "东岫信息工程学校培训计划", cell(len(s.rows) + 1, 7))
            r["completed"] = None
        return cells
    b.inbox(file_8, text(table(BASES[7][1], "plain", plants=worded, total=False)))
    b.inbox("南岚职院/培训计划完成情况统计表.xls", page(table(BASES[8][1], "plain")))

    # The cities' centres: one table each; the last has none.
    for i, city in enumerate(CITIES[:4]):
        unit = f"{city}电教馆"
        drawn = table(unit, ["merged", "plain", "other", "plain"][i], total=False)
        data = [xlsx([drawn]), xlsx([drawn]), text(drawn, "gb18030"), xls([drawn])][i]
        b.inbox(f"教育技术/{unit}教育技术培训计划完成情况.{['xlsx', 'xlsx', 'csv', 'xls'][i]}", data)
    rows[:] = [r for r in rows if r["unit"] != "南岚市电教馆"]
    b.finding("submission-missing", None)
    figures(b, rows)
    return b


def figures(b, rows):
    total = lambda rs, key: sum(r[key] or 0 for r in rs)
    backbone = [r for r in rows if r["speciality"] in SPECIALITIES]
    technology = [r for r in rows if r["speciality"] == TECHNOLOGY]

    for measure, rs, target in (("province_backbone", backbone, 2000), ("province_technology", technology, 8000)):
        planned, completed = total(rs, "planned"), total(rs, "completed")
        b.count(f"{measure}.target", {}, target)
        b.count(measure, {}, planned)
        b.count(f"{measure}.unassigned", {}, planned - target)
        for key in ("registered", "attended", "completed"):
            b.count(f"{measure}.{key}", {}, total(rs, key))
        b.count(f"{measure}.to_go", {}, completed - target)
        b.rate(f"{measure}.completion", {}, completed, target)

    def row(measure, group, rs):
        for key in ("planned", "registered", "attended", "completed"):
            b.count(f"{measure}.{key}", group, total(rs, key))
        b.count(f"{measure}.shortfall", group, total(rs, "completed") - total(rs, "planned"))
        b.rate(measure, group, total(rs, "completed"), total(rs, "planned"))
        b.rate(f"{measure}.attended_share", group, total(rs, "attended"), total(rs, "registered"))
        b.rate(f"{measure}.completed_share", group, total(rs, "completed"), total(rs, "attended"))

    for speciality in SPECIALITIES:
        row("specialities", {"speciality": speciality}, [r for r in backbone if r["speciality"] == speciality])
    row("specialities", {}, backbone)
    for group, rs in batch.places(BASES, backbone, lambda r: r["unit"]):
        row("bases", group, rs)
    for city in CITIES:
        here = lambda rs: [r for r in rs if CITY[r["unit"]] == city]
        row("cities", {"district": city}, here(backbone))
        row("technology", {"district": city}, here(technology))
        bases(b, {"district": city}, here(backbone), leaf=True)
    row("cities", {}, backbone)
    row("technology", {}, technology)
    bases(b, {}, backbone, leaf=False)
    for unit in (u[1] for u in BASES):
        rs = [r for r in backbone if r["unit"] == unit]
        for speciality in SPECIALITIES:
            some = [r for r in rs if r["speciality"] == speciality]
            if some:
                row("base_specialities", {"school": unit, "speciality": speciality}, some)
        row("base_specialities", {"school": unit}, rs)
    row("base_specialities", {}, backbone)
    control = [r for r in backbone if r["speciality"] == "数控"]
    for level in CLASSES + [None]:
        row("classes", {"class": level or "未填"}, [r for r in control if r["class"] == level])
    row("classes", {}, control)


def bases(b, group, rs, leaf):
    n = len({r["unit"] for r in rs})
    b.count("city_bases", group, n)
    # Two in each city: wanted of the cities, not of the whole.
    b.count("city_bases.bases.target", group, 2 if leaf else None)
    b.count("city_bases.bases.gap", group, n - 2 if leaf else None)
    b.count("city_bases.specialities", group, len({r["speciality"] for r in rs}))


if __name__ == "__main__":
    batch.main(make)
