"""Makes the two official forms under templates/ anew: `python3 tests/tools/official_forms.py` (needs openpyxl).

They look like what a superior bureau sends out: annex number, merged title, unit line, headers of two rows, signature
line, notes, print set-up. Marks in braces are what huizong fills; see docs/writing-a-scheme.md.
"""

import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

ROOT = Path(__file__).resolve().parents[2] / "templates"
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
TITLE = Font(name="方正小标宋简体", size=20)
ANNEX = Font(name="黑体", size=14)
HEAD = Font(name="黑体", size=11)
BODY = Font(name="仿宋", size=11)
BOLD = Font(name="仿宋", size=11, bold=True)
SMALL = Font(name="宋体", size=10)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
PLAIN = Alignment(horizontal="left", vertical="center")
RIGHT = Alignment(horizontal="right", vertical="center")


class Form:
    """One sheet being drawn."""

    def __init__(self, name, widths):
        self.book = Workbook()
        self.sheet = self.book.active
        self.sheet.title = name
        self.width = len(widths)
        for i, width in enumerate(widths):
            self.sheet.column_dimensions[chr(65 + i)].width = width

    def put(self, at, value, font=BODY, align=CENTRE, form=None, box=True, to=None):
        """A value in a cell, merged up to another where asked."""
        if to:
            self.sheet.merge_cells(f"{at}:{to}")
        for row in self.sheet[f"{at}:{to or at}"]:
            for cell in row:
                cell.font, cell.alignment = font, align
                if box:
                    cell.border = BOX
                if form:
                    cell.number_format = form
        self.sheet[at] = value

    def line(self, row, values, forms=None, font=BODY, height=20, left=()):
        """Values in one row from the first column."""
        self.sheet.row_dimensions[row].height = height
        for i, value in enumerate(values):
            align = LEFT if i in left else CENTRE
            self.put(f"{chr(65 + i)}{row}", value, font, align, (forms or {}).get(i))

    def top(self, annex, title, unit):
        """Annex number, title and the line under it."""
        last = chr(64 + self.width)
        self.put("A1", annex, ANNEX, LEFT, box=False, to="C1")
        self.put("A2", title, TITLE, CENTRE, box=False, to=f"{last}2")
        self.sheet.row_dimensions[2].height = 38
        middle = chr(64 + self.width // 2)
        after = chr(65 + self.width // 2)
        self.put("A3", "填报单位（盖章）：{{bureau}}", BODY, LEFT, box=False, to=f"{middle}3")
        self.put(f"{after}3", unit, BODY, RIGHT, box=False, to=f"{last}3")
        self.sheet.row_dimensions[3].height = 24

    def foot(self, row, notes):
        """Signature line, date and notes."""
        last = chr(64 + self.width)
        third = self.width // 3
        for i, label in enumerate(["单位负责人（签字）：", "审核人：", "填表人："]):
            start = chr(65 + i * third)
            self.put(f"{start}{row}", label, BODY, PLAIN, box=False)
        self.sheet.row_dimensions[row].height = 30
        self.put(f"A{row + 1}", "填报日期：", BODY, PLAIN, box=False)
        self.put(f"C{row + 1}", "{{date}}", BODY, LEFT, 'yyyy"年"m"月"d"日"', box=False)
        self.put(f"A{row + 2}", notes, SMALL, LEFT, box=False, to=f"{last}{row + 2}")
        self.sheet.row_dimensions[row + 2].height = 14 * (notes.count("\n") + 1) + 6

    def save(self, path, print_to, titles):
        """Print set-up and properties, then the file."""
        sheet = self.sheet
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = titles
        sheet.print_area = f"A1:{print_to}"
        sheet.print_options.horizontalCentered = True
        sheet.oddFooter.center.text = "第 &P 页　共 &N 页"
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.75, 0.35
        day = datetime.datetime(2025, 1, 1)
        self.book.properties.creator = "市教育局"
        self.book.properties.created = self.book.properties.modified = day
        self.book.save(path)


def hours(path):
    """学时完成情况统计表: a list of schools, a total below it, a fixed block by stage."""
    form = Form("学时完成情况", [6, 12, 26, 9, 9, 10, 11, 9, 10, 11, 9, 10, 12])
    form.top("附件1", "{{year}}年农村中小学教师培训学时完成情况统计表", "数据截至{{cut_off}}　　单位：人、学时、%")
    put, sheet = form.put, form.sheet
    for at, label, to in [
        ("A4", "序号", "A5"), ("B4", "乡镇", "B5"), ("C4", "学校", "C5"), ("D4", "应完成\n人数", "D5"),
        ("E4", "集中培训（{{param.full_time_hours}}学时）", "G4"), ("H4", "校本研修（{{param.school_based_hours}}学时）", "J4"),
        ("K4", "两项均达标", "L4"), ("M4", "备注", "M5"),
    ]:
        put(at, label, HEAD, to=to)
    for at, label in zip("EFGHIJKL", ["达标人数", "达标率", "学时合计", "达标人数", "达标率", "学时合计", "人数", "达标率"]):
        put(f"{at}5", label, HEAD)
    sheet.row_dimensions[4].height = sheet.row_dimensions[5].height = 26
    rate, whole, tenth = "0.00%", "#,##0", "#,##0.0"
    forms = {0: "0", 3: whole, 4: whole, 5: rate, 6: tenth, 7: whole, 8: rate, 9: tenth, 10: whole, 11: rate}
    form.line(6, [
        "{{each hours by school}}{{n}}", "{{district}}", "{{school}}", "{{hours.base}}",
        "{{hours.full_time}}", "{{hours.full_time.rate}}", "{{hours.full_time.total}}",
        "{{hours.school_based}}", "{{hours.school_based.rate}}", "{{hours.school_based.total}}",
        "{{hours.met}}", '=IF(D6=0,"—",K6/D6)', None,
    ], forms, left=(2,))
    ratio = '=IF($D7=0,"—",{}7/$D7)'.format
    form.line(7, [
        "合计", None, None, "=SUM(D6:D6)", "=SUM(E6:E6)", ratio("E"), "=SUM(G6:G6)", "=SUM(H6:H6)", ratio("H"), "=SUM(J6:J6)",
        "=SUM(K6:K6)", ratio("K"), None,
    ], forms, BOLD, 24)
    sheet.merge_cells("A7:C7")
    put("A9", "其中：分学段", HEAD, to="C9")
    for at, label in zip("DEFGHIJKL", ["应完成", "集中达标", "达标率", "学时", "校本达标", "达标率", "学时", "均达标", "达标率"]):
        put(f"{at}9", label, HEAD)
    sheet.row_dimensions[9].height = 22
    for row, stage in zip(range(10, 13), ["小学", "初中", "高中"]):
        mark = lambda part: f"{{{{hours_stage{part}/{stage}}}}}"
        form.line(row, [stage, None, None] + [mark(p) for p in [
            ".base", ".full_time", ".full_time.rate", ".full_time.total", ".school_based", ".school_based.rate",
            ".school_based.total", ".met", "",
        ]], forms)
        sheet.merge_cells(f"A{row}:C{row}")
    form.foot(14, "说明：1. 学校按学校名录顺序填列，应完成人数为在岗专任教师数；没有培训记录的按未达标统计。\n"
                  "　　　2. 集中培训、校本研修两项学时均达到规定的方为达标；达标率低于90%的以红色标示。")
    sheet.conditional_formatting.add("L6:L7", FormulaRule(
        formula=['AND(ISNUMBER($L6),$L6<0.9)'], font=Font(color="C00000", bold=True)))
    remark = DataValidation(type="list", formula1='"已督办,整改中,已整改"', allow_blank=True)
    remark.prompt, remark.promptTitle = "达标率低于90%的，选填整改情况。", "备注"
    sheet.add_data_validation(remark)
    remark.add("M6:M6")
    sheet["D4"].comment = Comment("名册中在岗的专任教师。", "市教育局", height=60, width=160)
    sheet["K7"].comment = Comment("与汇总工作簿“学时完成情况”一致。", "市教育局", height=60, width=200)
    sheet.freeze_panes = "D6"
    form.book.defined_names["应完成人数"] = DefinedName("应完成人数", attr_text="学时完成情况!$D$6:$D$6")
    form.book.defined_names["达标率"] = DefinedName("达标率", attr_text="学时完成情况!$L$7")
    form.save(path, "M16", "4:5")


def settlement(path):
    """经费决算表: money in capitals, a list of schools between fixed blocks, a chart."""
    form = Form("经费决算", [6, 14, 28, 10, 10, 15, 15, 15, 10])
    form.top("附件2", "{{year}}年骨干教师培训经费决算表", "决算截止{{cut_off}}　　单位：元")
    put, sheet = form.put, form.sheet
    money, whole = "#,##0.00", "#,##0"
    forms = {0: "0", 3: whole, 4: whole, 5: money, 6: money, 7: money}
    put("A4", "一、经费支出", HEAD, LEFT, to="I4")
    form.line(5, ["序号", "资金来源", "支出项目", "人数", "笔数", "申报金额", "核减金额", "核定金额", "已结清"], font=HEAD, height=24)
    for row, (source, title, measure) in enumerate([
        ("局预算", "图书资料费", "books"), ("学校公用经费", "期刊订阅费", "journal"), ("学校公用经费", "外出学习费用", "visits"),
    ], 6):
        mark = lambda part: f"{{{{{measure}{part}}}}}"
        form.line(row, [row - 5, source, title, mark(".persons"), mark(".claims"), mark(".claimed"), mark(".cut"), mark(""), None],
                  forms, left=(2,))
    form.line(9, ["合计", None, None, None, "=SUM(E6:E8)", "=SUM(F6:F8)", "=SUM(G6:G8)", "=SUM(H6:H8)", None], forms, BOLD, 24)
    sheet.merge_cells("A9:D9")
    put("A10", "局预算支出人民币（大写）：{{books|rmb}}", BOLD, LEFT, to="I10")
    sheet.row_dimensions[10].height = 26
    put("A11", "图书资料费每人每年上限（元）", BODY, to="C11")
    put("D11", "{{param.books_cap}}", BODY, CENTRE, money, to="E11")
    put("F11", "人均核定（元）", BODY)
    put("G11", '=IF(D6=0,"—",ROUND(H6/D6,2))', BODY, CENTRE, money)
    put("H11", "核减率", BODY)
    sheet.row_dimensions[4].height = sheet.row_dimensions[11].height = sheet.row_dimensions[13].height = 22
    put("I11", '=IF(F6=0,"—",ROUND(G6/F6,4))', BODY, CENTRE, "0.00%")
    put("A13", "二、图书资料费分校明细", HEAD, LEFT, to="I13")
    form.line(14, ["序号", "乡镇", "学校", "人数", "笔数", "申报金额", "核减金额", "核定金额", "占比"], font=HEAD, height=24)
    shares = {**forms, 8: "0.0%"}
    form.line(15, [
        "{{each books by school}}{{n}}", "{{district}}", "{{school}}", "{{books.persons}}", "{{books.claims}}",
        "{{books.claimed}}", "{{books.cut}}", "{{books}}", '=IF(H$16=0,"—",H15/H$16)',
    ], shares, left=(2,))
    form.line(16, ["小计", None, None, "=SUM(D15:D15)", "=SUM(E15:E15)", "=SUM(F15:F15)", "=SUM(G15:G15)", "=SUM(H15:H15)", "=SUM(I15:I15)"],
              shares, BOLD, 24)
    sheet.merge_cells("A16:C16")
    form.foot(18, "说明：1. 核定金额不超过发票金额，每人每年不超过规定上限。\n　　　2. 期刊订阅费、外出学习费用由学校列支，不占局预算。")
    chart = BarChart()
    chart.type, chart.style, chart.height, chart.width = "col", 10, 7, 22
    chart.title = "各项经费申报与核定"
    for column in (6, 8):
        chart.add_data(Reference(sheet, min_col=column, min_row=5, max_row=8), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=3, min_row=6, max_row=8))
    for series, colour in zip(chart.series, ("404040", "A6A6A6")):
        series.graphicalProperties.solidFill = colour
    chart.legend.position = "b"
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, "A22")
    settled = DataValidation(type="list", formula1='"是,否"', allow_blank=True)
    sheet.add_data_validation(settled)
    settled.add("I6:I8")
    sheet.conditional_formatting.add("I11", FormulaRule(formula=["AND(ISNUMBER($I$11),$I$11>0.1)"], font=Font(color="C00000", bold=True)))
    form.book.defined_names["核定合计"] = DefinedName("核定合计", attr_text="经费决算!$H$9")
    form.book.defined_names["分校核定"] = DefinedName("分校核定", attr_text="经费决算!$H$15:$H$15")
    sheet["H9"].comment = Comment("含学校列支部分。", "市教育局", height=50, width=140)
    form.save(path, "I37", "14:14")


if __name__ == "__main__":
    hours(ROOT / "rural-uplift" / "hours.xlsx")
    settlement(ROOT / "county-backbone" / "settlement.xlsx")
