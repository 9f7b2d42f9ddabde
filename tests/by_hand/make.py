"""Writes the workbooks of this folder and their truth.

Each is laid out as one school once thought best, in a way that the generator of batches does not
know. The truth in `truth.json` is what a clerk reads from the sheet, typed here beside the cells and
never taken from the program. Needs openpyxl: `python3 tests/by_hand/make.py`.
"""

import json
import os
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.datavalidation import DataValidation

HERE = os.path.dirname(os.path.abspath(__file__))
TRUTH = {}


def person_id(birth, order):
    """An id number of the unassigned region 3399 with the right check character."""
    head = "339901" + birth + "%03d" % order
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return head + "10X98765432"[sum(int(d) * w for d, w in zip(head, weights)) % 11]


def man(birth, order):
    return person_id(birth, order * 2 + 1)


def woman(birth, order):
    return person_id(birth, order * 2)


def keep(name, book, form, records, findings=()):
    """Saves a workbook; `records` are dicts of field to text, in the order of the sheet."""
    book.properties.creator = ""
    book.properties.created = book.properties.modified = datetime(2025, 10, 20)
    book.save(os.path.join(HERE, name))
    TRUTH.setdefault(name, {})[form] = records
    if findings:
        TRUTH[name]["findings"] = list(findings)


def put(sheet, at, *rows):
    """Rows of values from a cell on."""
    first = sheet[at]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                cell = sheet.cell(first.row + r, first.column + c, value)
                if isinstance(value, str) and len(value) >= 15:
                    cell.number_format = "@"


def one():
    """Two halves of one list under one title, each with a header of two rows."""
    book = Workbook()
    s = book.active
    s.title = "教师"
    s.merge_cells("A1:L1")
    s["A1"] = "青溪镇中心小学教师基本情况一览表"
    s["A2"] = "填报单位：青溪镇中心小学"
    s["I2"] = "2025年10月"
    for left in ("A", "G"):
        c = s[left + "3"].column
        for k, label in ((0, "序号"), (1, "姓名"), (2, "身份证号")):
            s.merge_cells(start_row=3, end_row=4, start_column=c + k, end_column=c + k)
            s.cell(3, c + k, label)
        s.merge_cells(start_row=3, end_row=3, start_column=c + 3, end_column=c + 4)
        s.cell(3, c + 3, "学历")
        s.cell(4, c + 3, "第一学历")
        s.cell(4, c + 4, "最高学历")
        s.merge_cells(start_row=3, end_row=4, start_column=c + 5, end_column=c + 5)
        s.cell(3, c + 5, "职称")
    people = [
        ("王建国", man("19680312", 1), "中师", "大专", "小学高级"),
        ("李秀英", woman("19720825", 2), "中师", "本科", "一级教师"),
        ("张志强", man("19790101", 3), "大专", "本科", "一级教师"),
        ("刘芳", woman("19851130", 4), "本科", "本科", "二级教师"),
        ("陈磊", man("19900607", 5), "本科", "本科", "二级教师"),
        ("杨倩", woman("19961212", 6), "本科", "硕士研究生", "三级教师"),
        ("赵欣怡", woman("20010203", 7), "本科", "本科", "未定级"),
    ]
    for n, (name, number, first, high, title) in enumerate(people):
        left = 1 if n < 4 else 7
        put(s, s.cell(5 + n % 4, left).coordinate, [n + 1, name, number, first, high, title])
    s["A10"] = "填表人：孙莉    审核人：周校长"
    level = {"中师": "中专", "大专": "专科"}
    mid = {"小学高级": "一级教师"}
    records = [
        dict(name=n, id_number=i, first_education=level.get(f, f), education=level.get(h, h), title=mid.get(t, t))
        for n, i, f, h, t in people
    ]
    # A side-by-side list is read line by line.
    order = [0, 4, 1, 5, 2, 6, 3]
    keep("01 左右两半的名册.xlsx", book, "roster", [records[k] for k in order])


def two():
    """Registration forms, one teacher a sheet: labels left, values right, a photo, an inner list."""
    book = Workbook()
    book.remove(book.active)
    people = [
        ("周海波", "男", man("19750419", 11), "1975年4月", "1996年8月", "本科", "高级教师", "语文", "县级学科带头人",
         [("2025.7.5-7.9", "县小学语文骨干教师集中培训", 40, "合格"), ("2025.9.1-9.30", "国家智慧平台暑期研修", 10, "合格")]),
        ("吴婷", "女", woman("19881003", 12), "1988年10月", "2010年9月", "本科", "一级教师", "数学", "校级骨干教师",
         [("2025.7.12-7.16", "县小学数学骨干教师集中培训", 40, "优秀")]),
    ]
    roster, training = [], []
    for name, sex, number, born, work, high, title, subject, tier, courses in people:
        s = book.create_sheet(name)
        s.merge_cells("A1:G1")
        s["A1"] = "骨干教师个人登记表"
        s["A2"] = "学校：石桥镇第二小学"
        s["F2"] = "2025年10月15日"
        put(s, "A3", ["姓名", name, "性别", sex, "出生年月", born])
        put(s, "A4", ["身份证号", number], ["参加工作时间", work, None, "最高学历", high])
        s.merge_cells("B4:F4")
        s.merge_cells("B5:C5")
        s.merge_cells("E5:F5")
        put(s, "A6", ["职称", title, None, "任教学科", subject])
        s.merge_cells("B6:C6")
        s.merge_cells("E6:F6")
        put(s, "A7", ["骨干称号", tier])
        s.merge_cells("B7:F7")
        s.merge_cells("G3:G7")
        s["G3"] = "照片"
        s.merge_cells("A8:A11")
        s["A8"] = "培训经历"
        s["A8"].alignment = Alignment(textRotation=255, vertical="center")
        put(s, "B8", ["起止时间", None, "培训项目", None, "学时", "考核结果"])
        s.merge_cells("B8:C8")
        s.merge_cells("D8:E8")
        for k, (when, project, hours, result) in enumerate(courses):
            put(s, "B%d" % (9 + k), [when, None, project, None, hours, result])
            s.merge_cells("B%d:C%d" % (9 + k, 9 + k))
            s.merge_cells("D%d:E%d" % (9 + k, 9 + k))
            start, end = when.split("-")
            y, m, d = start.split(".")
            m2, d2 = end.split(".")
            training.append(dict(name=name, id_number=number, project=project, hours=str(hours), result=result,
                                 start_date="%s-%02d-%02d" % (y, int(m), int(d)), end_date="%s-%02d-%02d" % (y, int(m2), int(d2))))
        s["A12"] = "个人总结"
        s.merge_cells("B12:G12")
        s["B12"] = "本年度认真完成教学任务，积极参加培训，承担校级公开课两次。"
        s["A13"] = "学校意见"
        s.merge_cells("B13:G13")
        s["B13"] = "情况属实，同意上报。\n                    （盖章）  2025年10月15日"
        ymd = number[6:10] + "-" + number[10:12] + "-" + number[12:14]
        y, m = work.rstrip("月").split("年")
        roster.append(dict(name=name, gender=sex, id_number=number, birth_date=ymd, work_start="%s-%02d-01" % (y, int(m)),
                           education=high, title=title, subject=subject,
                           tier="学科带头人" if "学科带头人" in tier else "骨干教师",
                           tier_level="县区级" if "县级" in tier else "校级"))
    keep("02 一人一表的登记表.xlsx", book, "roster", roster)
    TRUTH["02 一人一表的登记表.xlsx"]["training"] = training


def three():
    """Hours per kind of training side by side, under a diagonal head: one person a line."""
    book = Workbook()
    s = book.active
    s.title = "学时统计"
    s.merge_cells("A1:I1")
    s["A1"] = "石桥镇初级中学2025年教师继续教育学时登记表"
    s.merge_cells("A2:A3")
    s["A2"] = "序号"
    s.merge_cells("B2:B3")
    s["B2"] = "      类别\n姓名"
    s["B2"].border = Border(diagonal=Side(style="thin"), diagonalDown=True)
    s.merge_cells("C2:C3")
    s["C2"] = "身份证号码"
    for k, group in enumerate(["集中培训", "校本研修", "网络研修"]):
        s.merge_cells(start_row=2, end_row=2, start_column=4 + 2 * k, end_column=5 + 2 * k)
        s.cell(2, 4 + 2 * k, group)
        s.cell(3, 4 + 2 * k, "学时")
        s.cell(3, 5 + 2 * k, "学分")
    people = [
        ("胡超", man("19830721", 21), [(40, 4), (30, 3), (20, 2)]),
        ("郭静", woman("19801116", 22), [(24, 2.4), (36, 3.6), (None, None)]),
        ("何俊杰", man("19940228", 23), [(None, None), (30, 3), (20, 2)]),
    ]
    records = []
    for k, (name, number, hours) in enumerate(people):
        flat = [x for pair in hours for x in pair]
        put(s, "A%d" % (4 + k), [k + 1, name, number] + flat)
        for group, (h, c) in zip(["集中培训", "校本研修", "网络研修"], hours):
            if h is not None:
                records.append(dict(name=name, id_number=number, category=group, hours=str(h), credits=str(c)))
    put(s, "A7", ["合计", None, None, 64, 6.4, 96, 9.6, 40, 4])
    keep("03 各类学时并列.xlsx", book, "training", records)


def four():
    """A roster on its side: one column a person."""
    book = Workbook()
    s = book.active
    s.title = "Sheet1"
    s.merge_cells("A1:E1")
    s["A1"] = "柳林幼儿园骨干教师名册"
    people = [
        ("林丽华", "女", woman("19770909", 31), "1998-09", "专科", "一级教师"),
        ("罗雪", "女", woman("19910514", 32), "2012-08", "本科", "二级教师"),
        ("梁浩", "男", man("19951222", 33), "2017-09", "本科", "三级教师"),
        ("宋雨桐", "女", woman("20000406", 34), "2022-09", "本科", "未定级"),
    ]
    labels = ["姓名", "性别", "身份证号", "参加工作时间", "最高学历", "职称"]
    for r, label in enumerate(labels):
        put(s, "A%d" % (2 + r), [label] + [p[r] for p in people])
    s["A9"] = "填报人：林丽华  联系电话：13900000001"
    keep("04 横过来的名册.xlsx", book, "roster", [
        dict(name=n, gender=g, id_number=i, work_start=w + "-01", education=e, title=t) for n, g, i, w, e, t in people
    ])


def five():
    """One list over three sheets: the header stands on the first only, the others say 续表."""
    book = Workbook()
    s = book.active
    groups = [
        ("语文组", [("郑红霞", woman("19730117", 41), "1994.08", "大学", "中学高级"), ("谢勇", man("19820630", 42), "2004.09", "大学", "中学一级")]),
        ("数学组", [("韩敏", woman("19860908", 43), "2008.09", "大学", "中学一级"), ("唐涛", man("19911019", 44), "2013.09", "大学", "中学二级"),
                 ("冯艳", woman("19690425", 45), "1990.08", "大专", "中学高级")]),
        ("英语组", [("曹娟", woman("19980131", 46), "2020.10", "研究生", "二级教师")]),
    ]
    title = {"中学高级": "高级教师", "中学一级": "一级教师", "中学二级": "二级教师"}
    level = {"大学": "本科", "大专": "专科", "研究生": "硕士研究生"}
    records, n = [], 0
    for k, (group, people) in enumerate(groups):
        if k > 0:
            s = book.create_sheet()
        s.title = group
        row = 1
        if k == 0:
            s["A1"] = "石桥镇初级中学教师花名册"
            put(s, "A2", ["序号", "姓名", "公民身份号码", "参工时间", "学历", "职称", "备注"])
            row = 3
        else:
            s["A1"] = "教师花名册（续表）"
            row = 2
        for name, number, work, high, rank in people:
            n += 1
            put(s, "A%d" % row, [n, name, number, work, high, rank])
            y, m = work.split(".")
            records.append(dict(name=name, id_number=number, work_start="%s-%s-01" % (y, m), education=level[high], title=title.get(rank, rank)))
            row += 1
    keep("05 分组续表.xlsx", book, "roster", records)


def six():
    """Claims as vouchers one below the other: the person stands above each small table."""
    book = Workbook()
    s = book.active
    s.title = "报销单"
    s["A1"] = "培训费用报销单"
    s["A2"] = "单位：青溪镇中心小学"
    vouchers = [
        ("王建国", man("19680312", 1), [("2025-07-12", "暑期骨干培训", "住宿费", "25332000000000000101", 560, 560), ("2025-07-12", "暑期骨干培训", "差旅费", "25332000000000000102", 128.5, 128.5)]),
        ("刘芳", woman("19851130", 4), [("2025-08-20", "课堂教学研修", "培训费", "25332000000000000203", 1200, 1000)]),
    ]
    row, records = 3, []
    for name, number, items in vouchers:
        s.cell(row, 1, "报销人：" + name + "    身份证号：" + number)
        s.merge_cells(start_row=row, end_row=row, start_column=1, end_column=6)
        put(s, "A%d" % (row + 1), ["开票日期", "培训项目", "费用类别", "发票号码", "发票金额", "报销金额"])
        row += 2
        for item in items:
            put(s, "A%d" % row, item)
            day, project, kind, invoice, amount, claimed = item
            records.append(dict(name=name, id_number=number, project=project, expense_type=kind, invoice_no=invoice, invoice_date=day,
                                amount="%.2f" % amount, claimed="%.2f" % claimed))
            row += 1
        put(s, "A%d" % row, ["合计", None, None, None, sum(i[4] for i in items), sum(i[5] for i in items)])
        row += 1
        s.cell(row, 1, "领款人签字：            审核：")
        row += 2
    keep("06 一张一张的报销单.xlsx", book, "claims", records)


def seven():
    """Labels written downwards, English below them, a numbering line, a line of units, teams merged down."""
    book = Workbook()
    s = book.active
    s.title = "名单"
    s.merge_cells("B2:I2")
    s["B2"] = "白鹭镇实验小学教师队伍情况表"
    put(s, "B3", ["教\n研\n组", "姓\n名", "性\n别", "身\n份\n证\n号", "教\n龄", "最\n高\n学\n历", "职\n称", "联\n系\n电\n话"])
    put(s, "B4", ["Team", "Name", "Sex", "ID No.", "Years", "Education", "Title", "Tel"])
    put(s, "B5", ["甲", "乙", 1, 2, 3, 4, 5, 6])
    put(s, "B6", [None, None, None, None, "（年）", None, None, None])
    people = [
        ("语文组", "徐桂兰", "女", woman("19700220", 51), 33, "专科", "高级教师", 13900000011),
        (None, "孙杰", "男", man("19840815", 52), 18, "本科", "一级教师", 13900000012),
        ("数学组", "马娜", "女", woman("19891124", 53), 13, "本科", "一级教师", 13900000013),
        (None, "朱伟", "男", man("19780605", 54), 26, "本科", "高级教师", 13900000014),
    ]
    records = []
    for k, (team, name, sex, number, years, high, rank, phone) in enumerate(people):
        put(s, "B%d" % (7 + k), [team, name, sex, number, years, high, rank, phone])
        records.append(dict(name=name, gender=sex, id_number=number, education=high, title=rank, phone=str(phone)))
    s.merge_cells("B7:B8")
    s.merge_cells("B9:B10")
    s.column_dimensions["I"].hidden = True
    keep("07 竖写的表头.xlsx", book, "roster", records)


def eight():
    """An assessment sheet: three header rows with notes in brackets and a line of full marks."""
    book = Workbook()
    s = book.active
    s.title = "考核"
    s.merge_cells("A1:J1")
    s["A1"] = "2025年度骨干教师履职考核汇总表（白鹭镇实验小学）"
    for at, label in (("A2:A4", "序号"), ("B2:B4", "教师姓名"), ("C2:C4", "身份证号"), ("J2:J4", "考核等次\n（优秀、合格、\n基本合格、不合格）")):
        s.merge_cells(at)
        s[at.split(":")[0]] = label
    s.merge_cells("D2:I2")
    s["D2"] = "履职情况（由学校考核小组据实填写）"
    s.merge_cells("D3:F3")
    s["D3"] = "教学（次）"
    s.merge_cells("G3:I3")
    s["G3"] = "教研与引领"
    put(s, "D4", ["公开课\n（节）", "听课\n（节）", "专题讲座\n（场）", "论文\n（篇）", "课题\n（项）", "指导青年教师\n（人）"])
    people = [
        ("徐桂兰", woman("19700220", 51), 3, 42, 2, 1, 1, 2, "优秀"),
        ("孙杰", man("19840815", 52), 2, 30, 1, 0, 1, 1, "合格"),
        ("马娜", woman("19891124", 53), 1, 25, 0, 2, 0, 1, "称职"),
    ]
    records = []
    for k, (name, number, a, b, c, d, e, f, grade) in enumerate(people):
        put(s, "A%d" % (5 + k), [k + 1, name, number, a, b, c, d, e, f, grade])
        records.append(dict(name=name, id_number=number, open_lessons=str(a), lessons_observed=str(b), lectures=str(c), papers=str(d),
                            research_projects=str(e), mentees=str(f), grade="合格" if grade == "称职" else grade))
    keep("08 三行表头带括注.xlsx", book, "assessment", records)


def nine():
    """Two lines a person, as on narrow paper: the header has the same two lines."""
    book = Workbook()
    s = book.active
    s.title = "名册"
    s["A1"] = "双溪教学点教师名册"
    put(s, "A2", ["姓名", "性别", "出生年月", "任教学科"], ["身份证号", "最高学历", "职称", "联系电话"])
    people = [
        ("董志强", "男", "1966.05", "语文", man("19660508", 61), "中专", "一级教师", "13900000021"),
        ("袁梦瑶", "女", "1999.11", "数学", woman("19991102", 62), "本科", "未定级", "13900000022"),
        ("蒋国庆", "男", "1971.10", "体育", man("19711001", 63), "专科", "一级教师", "13900000023"),
    ]
    for k, p in enumerate(people):
        put(s, "A%d" % (4 + 2 * k), p[:4], p[4:])
    records = [
        dict(name=n, gender=g, subject=x, id_number=i, education=e, title=t, phone=p, birth_date="%s-%s-%s" % (i[6:10], i[10:12], i[12:14]))
        for n, g, b, x, i, e, t, p in people
    ]
    # Nobody can blame a program that says it cannot read this; it must not read it wrongly.
    keep("09 一人两行.xlsx", book, "roster", records)
    TRUTH["09 一人两行.xlsx"]["may_refuse"] = True


def ten():
    """A letter, an example, columns named by example far from the corner, options beside the table."""
    book = Workbook()
    s = book.active
    s.title = "附件2"
    put(s, "A1", ["附件2"], ["关于报送骨干教师学历提升情况的说明"], ["各校请于10月25日前报送。身份证号一律用文本格式。"],
        ["1. 现学历填已取得的最高学历；"], ["2. 状态从下拉菜单中选。"])
    s["D8"] = "学校名称：柳林镇九年一贯制学校"
    put(s, "D10", ["姓名\n（与身份证一致）", None, "身份证号（如：339901199001011234）", "现学历（如：专科）", "提升学历（如：本科）", None,
                   "就读院校（填全称）", "入学时间（如2023.09）", "预计毕业时间（如2026.06）", "状态（在读/已毕业/中止）"])
    put(s, "D11", ["（例）李雷", None, "339901199001011234", "专科", "本科", None, "某某大学", "2023.09", "2026.06", "在读"])
    people = [
        ("彭静", woman("19870303", 71), "专科", "本科", "省广播电视大学", "2023.09", "2026.07", "在读"),
        ("曾勇", man("19810918", 72), "大专", "大学", "南江师范学院", "2022.03", "2025.01", "已毕业"),
        ("萧红梅", woman("19920606", 73), "本科", "研究生", "南江师范大学", "2024.09", "2027.06", "在读"),
    ]
    level = {"大专": "专科", "大学": "本科", "研究生": "硕士研究生"}
    records = []
    for k, (name, number, now, then, where, begin, end, status) in enumerate(people):
        put(s, "D%d" % (12 + k), [name, None, number, now, then, None, where, begin, end, status])
        records.append(dict(name=name, id_number=number, current_education=level.get(now, now), target_education=level.get(then, then), institution=where,
                            enrolled=begin.replace(".", "-") + "-01", expected_graduation=end.replace(".", "-") + "-01", status=status))
    put(s, "O10", ["选项"], ["在读"], ["已毕业"], ["中止"])
    rule = DataValidation(type="list", formula1="$O$11:$O$13")
    s.add_data_validation(rule)
    rule.add("M12:M60")
    s["D16"] = "注：入学时间以录取通知书为准。"
    s["D17"] = "校长（签字）："
    keep("10 带说明和选项的附件.xlsx", book, "study", records)


for make in (one, two, three, four, five, six, seven, eight, nine, ten):
    make()
with open(os.path.join(HERE, "truth.json"), "w", encoding="utf-8") as file:
    json.dump(TRUTH, file, ensure_ascii=False, indent=1, sort_keys=True)
    file.write("\n")
