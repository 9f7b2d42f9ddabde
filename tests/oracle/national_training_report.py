#!/usr/bin/env python3
"""Six national programmes as nine provincial offices report them: trainees, satisfaction, pairs.

See batch.py. The figures of the source: 369,000 trained, more than 300,000 of them rural (81.3 %);
head teachers 7,607 rural of 10,000 (76.1 %); satisfaction 90 %, 98.7 %, 87.15 %, 94 %, 96.9 %, 95 %.
"""

import random
from fractions import Fraction

import batch
from batch import Batch, Formula, Sheet, cell, page, text, xls, xlsx

OFFICES = [
    ("GP01", "东江省教育厅", "东部", "", "省级项目办", "东江省"),
    ("GP02", "临海省教育厅", "东部", "", "省级项目办", "临海省"),
    ("GP03", "南浦省教育厅", "东部", "", "省级项目办", "南浦省"),
    ("GP04", "云梦省教育厅", "中部", "", "省级项目办", "云梦省"),
    ("GP05", "淮川省教育厅", "中部", "", "省级项目办", "淮川省"),
    ("GP06", "岳麓省教育厅", "中部", "", "省级项目办", "岳麓省"),
    ("GP07", "西岭省教育厅", "西部", "", "省级项目办", "西岭省"),
    ("GP08", "雪原省教育厅", "西部", "", "省级项目办", "雪原省"),
    ("GP09", "河曲省教育厅", "西部", "", "省级项目办", "河曲省"),
]
NAMES = [o[1] for o in OFFICES]
REGION = {o[1]: o[2] for o in OFFICES}
WEST, EAST = NAMES[6:], NAMES[:3]
MODES = ["集中培训", "远程培训", "送教培训"]

# programme: {mode: (trainees, rural, offices)}, satisfied and valid answers of the survey
PROGRAMMES = {
    "西部边远地区骨干教师培训": ({"集中培训": (1500, 1300, WEST), "送教培训": (2500, 2300, WEST)}, (3600, 4000)),
    "普通高中课改教师远程培训": ({"远程培训": (100000, 40000, NAMES)}, (29610, 30000)),
    "中小学班主任培训": ({"集中培训": (200, 120, EAST), "远程培训": (9800, 7487, NAMES)}, (6972, 8000)),
    "中小学体育教师培训": ({"集中培训": (5000, 3500, NAMES)}, (4230, 4500)),
    "中西部农村教师远程培训": ({"远程培训": (232000, 229400, NAMES[3:]), "送教培训": (8000, 7600, WEST)}, (48450, 50000)),
    "援助灾区教师培训": ({"集中培训": (1000, 700, WEST[:2]), "远程培训": (5000, 4208, WEST[:2]), "送教培训": (4000, 3400, WEST[:2])}, (7600, 8000)),
}
SPELLINGS = {
    "西部边远地区骨干教师培训": ["支持西部边远地区骨干教师培训专项计划", "西部边远地区骨干教师培训"],
    "普通高中课改教师远程培训": ["普通高中课改实验省教师远程培训项目", "高中课改远程培训", "普通高中课改教师远程培训"],
    "中小学班主任培训": ["中小学班主任专项培训项目", "班主任培训", "中小学班主任国家级远程培训"],
    "中小学体育教师培训": ["中小学体育教师国家级培训项目", "体育教师培训"],
    "中西部农村教师远程培训": ["中西部农村义务教育学校教师远程培训计划", "农村教师远程培训"],
    "援助灾区教师培训": ["援助地震灾区中小学教师培训计划", "灾区教师培训"],
}
MODE_WORDS = {"集中培训": ["集中培训", "集中", "集中面授"], "远程培训": ["远程培训", "网络远程", "远程"], "送教培训": ["送教上门", "送培到省", "送教"]}


def split(rng, total, n):
    """A number in n parts, none empty."""
    weights = [rng.randint(60, 140) for _ in range(n)]
    parts = [total * w // sum(weights) for w in weights]
    parts[0] += total - sum(parts)
    return parts


def world():
    rng = random.Random(369000)
    trained, surveyed = [], []
    for programme, (modes, (satisfied, valid)) in PROGRAMMES.items():
        takes_part = []
        for mode, (trainees, rural, offices) in modes.items():
            # The same shares of both, so that rural never exceeds all.
            weights = [rng.randint(60, 140) for _ in offices]
            whole = lambda total: [total * w // sum(weights) for w in weights]
            t, r = whole(trainees), whole(rural)
            t[-1] += trainees - sum(t)
            r[-1] += rural - sum(r)
            for office, a, b in zip(offices, t, r):
                trained.append({"office": office, "programme": programme, "mode": mode, "trainees": a, "rural": b})
            takes_part += [o for o in offices if o not in takes_part]
        v = split(rng, valid, len(takes_part))
        s = [n * satisfied // valid for n in v]
        i = 0
        while sum(s) < satisfied:
            if s[i % len(s)] < v[i % len(s)]:
                s[i % len(s)] += 1
            i += 1
        for office, a, b in zip(takes_part, v, s):
            back = a + rng.randint(0, 40)
            surveyed.append({"office": office, "programme": programme, "valid": a, "satisfied": b, "returned": back, "issued": back + rng.randint(5, 90)})
    pairs = []
    for donor, to in [(EAST[0], ["西岭省", "云梦省"]), (EAST[1], ["雪原省", "西岭省", "淮川省"]), (EAST[2], ["河曲省", "岳麓省", "雪原省"])]:
        for recipient in to:
            pairs.append({"office": donor, "recipient": recipient, "heads": rng.randint(40, 120), "days": rng.choice([10, 15, 20])})
    return trained, surveyed, pairs


def percent(n, d, places=1):
    """Half up, as typed."""
    scaled = Fraction(n, d) * 100 * 10**places
    whole = int(scaled + Fraction(1, 2))
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}" if places else str(whole)


def make():
    b = Batch("national-training-report", "2025-12")
    b.directory(OFFICES)
    trained, surveyed, pairs = world()
    own = lambda rows, office: [r for r in rows if r["office"] == office]
    unreadable = {"office": NAMES[5], "programme": "中小学体育教师培训", "mode": "送教培训", "trainees": None, "rural": None}

    def programmes(office, style, total=True, plants=None, extra=()):
        s = Sheet("项目实施情况", 7)
        s.title(f"{office[:3]}2025年国家级教师培训项目实施情况统计表")
        s.line(f"填报单位：{office}", "填报日期：2025年12月20日")
        if style == "merged":
            s.header(["序号", "培训项目", "培训方式", ("培训人数", ["合计", "其中农村", "农村占比"]), "备注"])
        elif style == "plain":
            s.header(["序号", "项目名称", "培训形式", "参训教师人数", "其中：县及以下", "所占比例（%）", "备注"])
        else:
            s.header(["序号", "计划名称", "方式", "培训人数（人）", "农村教师人数", "农村教师占比", "备注"])
        rows = own(trained, office) + list(extra)
        first = len(s.rows) + 1
        for i, r in enumerate(rows):
            share = None
            if r["trainees"]:
                share = {"merged": Fraction(r["rural"], r["trainees"]), "plain": float(percent(r["rural"], r["trainees"])),
                         "text": percent(r["rural"], r["trainees"]) + "%"}[style]
            words = SPELLINGS[r["programme"]]
            cells = [i + 1, words[(i + len(office) + ord(office[0])) % len(words)], MODE_WORDS[r["mode"]][i % 3], r["trainees"], r["rural"], share, None]
            s.row(plants(s, i, r, cells) if plants else cells)
        if total:
            last = len(s.rows)
            a, c = sum(r["trainees"] or 0 for r in rows), sum(r["rural"] or 0 for r in rows)
            cells = [None, "合计", None, Formula(f"=SUM(D{first}:D{last})", a), Formula(f"=SUM(E{first}:E{last})", c), None, None]
            s.total(plants(s, None, None, cells) if plants else cells)
        s.note("注：农村教师指县及县以下学校教师。")
        s.sign("单位负责人：张处长      填表人：刘老师")
        return s

    def survey(office, places, title=True, plants=None):
        s = Sheet("满意度调查", 9)
        if title:
            s.title("国家级教师培训项目学员满意度调查情况表")
            s.line(f"单位：{office}", "2025年12月")
        s.header(["序号", "培训项目", ("问卷份数", ["发放", "回收", "有效"]), ("评价", ["满意", "不满意", "满意率"]), "备注"]
                 if places == 1 else ["序号", "项目名称", "发放问卷", "回收问卷", "有效问卷", "满意人数", "不满意", "满意率（%）", "备注"])
        for i, r in enumerate(own(surveyed, office)):
            typed = percent(r["satisfied"], r["valid"], places)
            words = SPELLINGS[r["programme"]]
            cells = [i + 1, words[(i + 1) % len(words)], r["issued"], r["returned"], r["valid"], r["satisfied"], r["valid"] - r["satisfied"],
                     typed + "%" if places == 1 else float(typed), None]
            s.row(plants(s, i, r, cells) if plants else cells)
        s.sign("填表人：刘老师")
        return s

    def pairing(office):
        s = Sheet("对口支援", 5)
        s.title("对口支援省中小学校长培训情况表")
        s.line(f"单位：{office}", "2025年12月")
        s.header(["序号", "支援省", "受援省", "培训校长人数", "培训天数"])
        for i, r in enumerate(own(pairs, office)):
            s.row([i + 1, office[:3], r["recipient"], r["heads"], r["days"]])
        s.total([None, "合计", None, sum(r["heads"] for r in own(pairs, office)), None])
        return s

    # East: all three tables in one workbook; a typed share that does not follow from the numbers.
    b.inbox("东部/东江省教育厅国培总结.xlsx", xlsx([programmes(NAMES[0], "merged"), survey(NAMES[0], 1), pairing(NAMES[0])]))
    file = "东部/临海省教育厅2025年国家级培训总结报表.xlsx"

    def wrong_share(s, i, r, cells):
        if i == 1:
            cells[5] = cells[5] + 12.4
            b.finding("stated-mismatch", file, s.name, cell(len(s.rows) + 1, 6))
        return cells
    b.inbox(file, xlsx([programmes(NAMES[1], "plain", plants=wrong_share), survey(NAMES[1], 2), pairing(NAMES[1])]))
    b.inbox("东部/南浦省/国培项目实施情况.csv", text(programmes(NAMES[2], "text"), "gb18030"))
    b.inbox("东部/南浦省/学员满意度调查.csv", text(survey(NAMES[2], 1)))
    b.inbox("东部/南浦省/对口支援培训.xls", page(pairing(NAMES[2])))

    # Middle: a typed total that is not the sum; a typed satisfaction that does not follow; a number in words.
    file_4 = "云梦省教育厅-国培项目.xls"

    def wrong_total(s, i, r, cells):
        if i is None:
            cells[3] = cells[3].value + 1000
            b.finding("total-mismatch", file_4, s.name, cell(len(s.rows) + 1, 4))
        return cells

    def wrong_satisfaction(s, i, r, cells):
        if i == 0:
            cells[7] = 99.99
            b.finding("stated-mismatch", file_4, s.name, cell(len(s.rows) + 1, 8))
        return cells
    b.inbox(file_4, xls([programmes(NAMES[3], "plain", plants=wrong_total), survey(NAMES[3], 2, plants=wrong_satisfaction)]))
    b.inbox("淮川省教育厅国家级培训报表.xlsx", xlsx([programmes(NAMES[4], "merged", total=False), survey(NAMES[4], 1)]))
    file_6 = "岳麓省教育厅国家级培训报表.xlsx"

    def about(s, i, r, cells):
        if r is unreadable:
            cells[3] = "约三百人"
            b.finding("number-unreadable", file_6, s.name, cell(len(s.rows) + 1, 4))
        return cells
    b.inbox(file_6, xlsx([programmes(NAMES[5], "text", plants=about, extra=[unreadable]), survey(NAMES[5], 2)]))

    # West.
    b.inbox("西部/西岭省教育厅/国家级教师培训项目实施情况统计表.xls", page(programmes(NAMES[6], "text"), "gb18030"))
    b.inbox("西部/西岭省教育厅/满意度.xlsx", xlsx([survey(NAMES[6], 2)]))
    b.inbox("西部/雪原省教育厅报送材料.xlsx", xlsx([programmes(NAMES[7], "merged"), survey(NAMES[7], 1)]))
    b.inbox("西部/河曲省教育厅报送材料.xls", xls([programmes(NAMES[8], "plain"), survey(NAMES[8], 2)]))

    figures(b, trained + [unreadable], surveyed, pairs)
    return b


def figures(b, trained, surveyed, pairs):
    total = lambda rows, key: sum(r[key] or 0 for r in rows)

    def people(measure, group, rows):
        t, r = total(rows, "trainees"), total(rows, "rural")
        b.count(measure, group, t)
        b.count(f"{measure}.rural", group, r)
        b.count(f"{measure}.urban", group, t - r)
        b.rate(f"{measure}.rural_share", group, r, t)

    for programme in PROGRAMMES:
        rows = [r for r in trained if r["programme"] == programme]
        for mode in MODES:
            some = [r for r in rows if r["mode"] == mode]
            if some:
                people("trainees", {"programme": programme, "mode": mode}, some)
        people("trainees", {"programme": programme}, rows)
    people("trainees", {}, trained)
    for mode in MODES:
        people("modes", {"mode": mode}, [r for r in trained if r["mode"] == mode])
    people("modes", {}, trained)
    for group, rows in batch.places(OFFICES, trained, lambda r: r["office"]):
        people("provinces", group, rows)

    def answers(measure, group, rows):
        for key in ("issued", "returned", "valid", "satisfied"):
            b.count(f"{measure}.{key}", group, total(rows, key))
        b.rate(f"{measure}.valid_share", group, total(rows, "valid"), total(rows, "issued"))
        b.rate(measure, group, total(rows, "satisfied"), total(rows, "valid"))

    for programme in PROGRAMMES:
        answers("satisfaction", {"programme": programme}, [r for r in surveyed if r["programme"] == programme])
    answers("satisfaction", {}, surveyed)
    for group, rows in batch.places(OFFICES, surveyed, lambda r: r["office"]):
        answers("satisfaction_provinces", group, rows)

    def heads(group, rows):
        b.count("pairing", group, total(rows, "heads"))
        b.count("pairing.recipients", group, len({r["recipient"] for r in rows}))

    for donor in EAST:
        rows = [r for r in pairs if r["office"] == donor]
        for r in rows:
            heads({"school": donor, "recipient": r["recipient"]}, [r])
        heads({"school": donor}, rows)
    heads({}, pairs)
    for recipient in sorted({r["recipient"] for r in pairs}) + [None]:
        rows = [r for r in pairs if recipient in (None, r["recipient"])]
        group = {"recipient": recipient} if recipient else {}
        b.count("recipients", group, total(rows, "heads"))
        b.count("recipients.donors", group, len({r["office"] for r in rows}))


if __name__ == "__main__":
    batch.main(make)
