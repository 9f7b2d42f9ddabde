//! Layouts as schools send them, drawn as text: which line is what, which column is which field.

use super::testing::{draw, read, read_sheets};
use super::{How, Role};

const ID1: &str = "110101199003078515";
const ID2: &str = "110101198512120027";
const ID3: &str = "110101197801010014";

/// `#1` … are id numbers.
fn ids(drawing: &str) -> String {
    drawing
        .replace("#1", ID1)
        .replace("#2", ID2)
        .replace("#3", ID3)
}

#[test]
fn plain_roster() {
    let r = read(&ids("\
序号|姓名|性别|身份证号|学科|职称|最高学历
1|张三|男|#1|语文|一级教师|本科
2|李四|女|#2|数学|高级教师|本科"));
    assert_eq!(r.roles(), "hdd");
    assert_eq!(r.forms(), "roster");
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=gender D=id_number E=subject F=title G=education"
    );
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn official_head_with_attachment_title_and_three_pairs() {
    let r = read(&ids("\
附件2
第一小学教师花名册|<|<|<|<
填报单位（盖章）：第一小学   填报日期：2025年8月31日  单位：人|<|<|<|<
序号|姓名|性别|身份证号|职称
1|张三|男|#1|一级教师"));
    assert_eq!(r.roles(), "ttmhd");
    assert_eq!(
        r.remarks(0),
        [
            "Title 第一小学教师花名册",
            "Submitter 第一小学",
            "Date 2025年8月31日",
            "Unit 人"
        ]
    );
}

#[test]
fn title_in_c1_and_several_lines_in_one_cell() {
    let r = read(&ids("\
||骨干教师名册\\n（2025年度）
姓名|身份证号|性别|学科
张三|#1|男|语文"));
    assert_eq!(r.roles(), "thd");
    assert_eq!(r.remarks(0), ["Title 骨干教师名册", "Title (2025年度)"]);
}

#[test]
fn submitter_label_and_value_in_two_cells() {
    let r = read(&ids("\
教师花名册
填报单位|第一小学||填报日期|@45900
序号|姓名|性别|身份证号|职称
1|张三|男|#1|一级教师"));
    assert_eq!(r.roles(), "tmhd");
    assert_eq!(
        r.remarks(0),
        ["Title 教师花名册", "Submitter 第一小学", "Date 2025-08-31"]
    );
}

#[test]
fn two_header_rows_merged() {
    let r = read(&ids("\
序号|姓名|身份证号|全日制教育|<|在职教育|<|职称
^|^|^|学历|毕业院校|学历|毕业院校|^
1|张三|#1|专科|甲大学|本科|乙大学|一级教师"));
    assert_eq!(r.roles(), "hhd");
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=id_number D=first_education E=- F=education G=institution H=title"
    );
}

#[test]
fn two_header_rows_unmerged() {
    let r = read(&ids("\
序号|姓名|身份证号|全日制教育||在职教育||职称
|||学历|毕业院校|学历|毕业院校|
1|张三|#1|专科|甲大学|本科|乙大学|一级教师"));
    assert_eq!(r.roles(), "hhd");
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=id_number D=first_education E=- F=education G=institution H=title"
    );
}

#[test]
fn three_header_rows_merged_and_unmerged() {
    let merged = "\
序号|基本情况|<|<|学历情况|<|<|<|职称
^|姓名|性别|身份证号|第一学历|<|最高学历|<|^
^|^|^|^|学历|毕业院校|学历|毕业院校|^
1|张三|男|#1|专科|甲大学|本科|乙大学|一级教师
2|李四|女|#2|专科|甲大学|本科|乙大学|一级教师";
    let unmerged = merged.replace(['<', '^'], "");
    for drawing in [merged, unmerged.as_str()] {
        let r = read(&ids(drawing));
        assert_eq!(r.roles(), "hhhdd", "{drawing}");
        assert_eq!(
            r.fields(0),
            "A=serial B=name C=gender D=id_number E=first_education F=- G=education H=institution I=title"
        );
    }
}

#[test]
fn groups_above_a_complete_label_row() {
    let r = read(&ids("\
教师培训登记表|<|<|<|<|<
教师信息|<|<|培训情况|<|<
姓名|身份证号|学校|培训项目|学时|学分
张三|#1|第一小学|新课标培训|24|2.4"));
    assert_eq!(r.roles(), "thhd");
    assert_eq!(
        r.fields(0),
        "A=name B=id_number C=school D=project E=hours F=credits"
    );
    assert_eq!(
        r.recognised.tables[0].columns[3].path,
        ["培训情况", "培训项目"]
    );
}

#[test]
fn column_numbers_below_the_header() {
    for numbers in ["甲|乙|丙|1|2", "1|2|3|4|5", "(1)|(2)|(3)|(4)|(5)"] {
        let r = read(&ids(&format!(
            "序号|姓名|身份证号|培训项目|学时\n{numbers}\n1|张三|#1|研修|8"
        )));
        assert_eq!(r.roles(), "hhd", "{numbers}");
        assert_eq!(r.body(0), [3]);
    }
}

#[test]
fn totals_before_and_after_with_spaced_labels() {
    let r = read(&ids("\
序号|姓名|身份证号|培训项目|学时
合  计||||16
1|张三|#1|研修|8
2|李四|#2|研修|8
|小　计|||16
3|王五|#3|研修|8
平均||||8
||总计||24"));
    assert_eq!(r.roles(), "h+dd+d++");
    let t = &r.recognised.tables[0];
    let totals: Vec<_> = t
        .totals
        .iter()
        .map(|t| (t.row + 1, t.over.clone()))
        .collect();
    assert_eq!(totals, [(2, 0..3), (5, 0..2), (8, 0..3)]);
}

#[test]
fn data_after_a_total_is_data() {
    let r = read(&ids("\
序号|姓名|身份证号|培训项目|学时
1|张三|#1|研修|8
合计|<|<|<|8

2|李四|#2|研修|8"));
    assert_eq!(r.roles(), "hd+.d");
    assert_eq!(r.body(0), [2, 5]);
    assert_eq!(r.recognised.tables[0].totals[0].over, 0..1);
}

#[test]
fn an_unlabelled_row_is_not_dropped() {
    let r = read(&ids("\
序号|姓名|身份证号|培训项目|学时
1|张三|#1|研修|8
||||8"));
    assert_eq!(r.roles(), "hd?");
    assert_eq!(r.findings(), ["cell-unexplained E3"]);
}

#[test]
fn sections_and_their_rows() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
一、小学部|<|<|<|<
1|张三|#1|男|一级教师
北京市（92所）|<|<|<|<
2|李四|#2|女|一级教师
3|王五|#3|男|一级教师"));
    assert_eq!(r.roles(), "hsdsdd");
    let t = &r.recognised.tables[0];
    assert_eq!(
        t.sections,
        [(1, "一、小学部".into()), (3, "北京市(92所)".into())]
    );
    assert_eq!(t.section_of, [Some(0), Some(1), Some(1)]);
}

#[test]
fn numbered_section_in_two_cells_and_submitter_as_section() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
一|小学部|||
1|张三|#1|男|一级教师
学校：第二小学
1|李四|#2|女|一级教师"));
    assert_eq!(r.roles(), "hsdsd");
    let t = &r.recognised.tables[0];
    assert_eq!(t.sections[1].1, "第二小学");
}

#[test]
fn headings_in_the_name_column() {
    let r = read(&ids("\
姓名|性别|身份证号|职称|学科
第一部分||||
王丽|女|#1|一级教师|语文
（二）语文组||||
陈静||||
城关小学||||"));
    assert_eq!(r.roles(), "hsdsdn");
}

#[test]
fn a_line_of_labels_with_values_is_no_header() {
    let r = read(&ids("\
花名册|||
填报单位：青石镇中心小学||填报日期：2025年10月9日|
序号|姓名|性别|身份证号
合计|||2人
1|王丽|女|#1
2|李建国|男|#2"));
    assert_eq!(r.roles(), "tmh+dd");
    let r = read(&ids("\
填报单位：||填报日期：|
序号|姓名|性别|身份证号
1|王丽|女|#1"));
    assert_eq!(r.roles(), "mhd");
    let r = read(&ids("\
序号|姓名|身份证号|培训项目|学时|学分
合计||||44.5学时|4.45学分
1|王丽|#1|师德|24.5学时|2.45学分"));
    assert_eq!(r.roles(), "h+d");
}

#[test]
fn pages_that_print_their_title_again_are_one_table() {
    let r = read(&ids("\
城关镇教师花名册
序号|姓名|身份证号|职称
1|张三|#1|一级教师
本页小计|1人||
城关镇教师花名册
序号|姓名|身份证号|职称
2|李四|#2|一级教师
本页小计|1人||
总计|2人||"));
    assert_eq!(r.roles(), "thd+trd++");
    assert_eq!(r.forms(), "roster");
    let totals = &r.recognised.tables[0].totals;
    let over: Vec<_> = totals.iter().map(|t| t.over.clone()).collect();
    assert_eq!(over, [0..1, 1..2, 0..2]);
    assert_eq!(r.recognised.tables[0].sections, []);
}

#[test]
fn groups_side_by_side_by_their_title_alone() {
    let r = read(&ids("\
教师名册
小学部||||中学部||
序号|姓名|身份证号||序号|姓名|身份证号
1|张三|#1||1|李四|#2
2|王五|#3||||"));
    assert_eq!(r.forms(), "roster roster");
    assert_eq!(r.body(1), [4]);
}

#[test]
fn many_columns_may_be_known_and_unused() {
    let r = read(&ids("\
教师培训费报销汇总表
报送单位：城关中学|报销时间：2025年9月|单位：元
姓名|身份证号|会务费|餐费|报名费|合计|发票号码|发票金额|报销事由|培训项目
张三|#1|100|20|30|150|'25332000000012345678|150|学习|研修"));
    assert_eq!(r.roles(), "tmhd");
    assert_eq!(
        r.fields(0),
        "A=name B=id_number C=- D=- E=- F=claimed G=invoice_no H=amount I=project_other J=project"
    );
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn years_below_a_group_that_is_not_used() {
    let r = read(&ids("\
姓名|身份证号|职称||近三年年度考核结果||
||名称|取得时间|2022|2023|2024
张三|#1|一级教师|2015.8|合格|优秀|合格"));
    assert_eq!(r.roles(), "hhd");
    assert_eq!(r.fields(0), "A=name B=id_number C=title D=- E=- F=- G=-");
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn a_header_half_misspelt_is_still_one() {
    let r = read(&ids("\
编号|教师姓名|姓别|公民身份证号码|出生年月日（格式：19800101）|最高学力|现任职称及时间|手机长号
1|张三|男|#1|19800101|本科|一级教师2015|13900000001"));
    assert_eq!(r.forms(), "roster");
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=? D=id_number E=birth_date F=? G=? H=?"
    );
}

#[test]
fn three_unmerged_rows_with_groups_of_groups() {
    let r = read(&ids("\
序号|姓名|身份证号|学历学位||||职称|任教情况||电话
|||全日制教育||在职教育|||学段|学科|
|||学历|毕业院校系及专业|学历|毕业院校系及专业||||
1|张三|#1|大专|甲师专|本科|乙大学|一级教师|小学|语文|13900000001"));
    assert_eq!(r.roles(), "hhhd");
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=id_number D=first_education E=- F=education G=institution H=title I=stage J=subject K=phone"
    );
}

#[test]
fn notes_between_header_and_records() {
    let r = read(&ids("\
序号|姓名|身份证号|出生年月|学历|职称
（填写说明：出生年月格式1980.01；学历填最高学历）|||||
|（必填）|（18位）|（年.月）||
1|张三|#1|1970.01|本科|一级教师"));
    assert_eq!(r.roles(), "hnnd");
}

#[test]
fn head_counts_are_no_submitter() {
    let r = read(
        "\
各校人数统计表
序号|学校|教师总数|骨干教师|学科带头人|名师
1|一小|50|10|5|1",
    );
    assert_eq!(r.forms(), "");
    assert!(
        r.recognised.accounts[0]
            .remarks
            .iter()
            .all(|m| m.kind == super::RemarkKind::Title)
    );
}

#[test]
fn signature_lines_are_no_teachers() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
|填表人：李四|||
单位负责人：王五|||审核人：赵六|
|填表人|钱七||
校长签字："));
    assert_eq!(r.roles(), "hdgggg");
    assert_eq!(r.body(0), [2]);
}

#[test]
fn notes_above_below_and_instructions() {
    let r = read(&ids("\
骨干教师花名册
说明：1.请如实填写；2.身份证号为文本格式。
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
注：1.数据截至2025年8月31日。
2.表内人员为在岗教师。"));
    assert_eq!(r.roles(), "tnhdnn");
}

#[test]
fn example_rows() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称|备注
例|张三|#1|男|一级教师|
示例1|张三|#1|男|一级教师|
|王五（示例）|#1|男|一级教师|
1|赵六|#3|男|一级教师|示例
2|李四|#2|女|一级教师|"));
    assert_eq!(r.roles(), "heeeed");
}

#[test]
fn hints_below_the_header() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
必填|必填|文本格式|下拉选择|选填
1|张三|#1|男|一级教师"));
    assert_eq!(r.roles(), "hnd");
}

#[test]
fn repeated_headers() {
    let r = read(&ids("\
序号|姓名|身份证号|学历|<|职称
^|^|^|第一学历|最高学历|^
1|张三|#1|专科|本科|一级教师
序号|姓名|身份证号|学历|<|职称
^|^|^|第一学历|最高学历|^
2|李四|#2|专科|本科|一级教师"));
    assert_eq!(r.roles(), "hhdrrd");
    assert_eq!(r.forms(), "roster");
    assert_eq!(r.body(0), [3, 6]);
}

#[test]
fn a_title_before_a_repeated_header_begins_a_new_table() {
    let r = read(&ids("\
教师花名册
填报单位：第一小学
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师

教师花名册
填报单位：第二小学
序号|姓名|身份证号|性别|职称
1|李四|#2|女|一级教师"));
    assert_eq!(r.roles(), "tmhd.tmhd");
    assert_eq!(r.forms(), "roster roster");
    assert_eq!(r.remarks(1), ["Title 教师花名册", "Submitter 第二小学"]);
}

#[test]
fn stacked_tables_with_and_without_blank_rows() {
    for gap in ["", "\n"] {
        let r = read(&ids(&format!(
            "\
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
{gap}姓名|身份证号|培训项目|学时|学分
张三|#1|研修|8|1"
        )));
        assert_eq!(r.forms(), "roster training", "gap {gap:?}");
        assert_eq!(r.findings(), [""; 0]);
        assert_eq!(r.recognised.tables[0].body.len(), 1);
        assert_eq!(r.recognised.tables[1].body.len(), 1);
    }
}

#[test]
fn stacked_tables_keep_their_own_titles_and_inherit_the_submitter() {
    let r = read(&ids("\
填报单位：第一小学
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
填表人：李四
附件3
培训学分登记表|<|<|<|<
姓名|身份证号|培训项目|学时|学分
张三|#1|研修|8|1"));
    assert_eq!(r.roles(), "mhdgtthd");
    assert_eq!(r.remarks(0), ["Submitter 第一小学"]);
    assert_eq!(r.remarks(1), ["Title 培训学分登记表", "Submitter 第一小学"]);
}

#[test]
fn side_by_side_same_form() {
    for drawing in [
        "\
序号|姓名|身份证号|职称||序号|姓名|身份证号|职称
1|张三|#1|一级教师||2|李四|#2|二级教师
3|王五|#3|一级教师|||||",
        "\
序号|姓名|身份证号|职称|序号|姓名|身份证号|职称
1|张三|#1|一级教师|2|李四|#2|二级教师
3|王五|#3|一级教师||||",
    ] {
        let r = read(&ids(drawing));
        assert_eq!(r.roles(), "hdd");
        assert_eq!(r.forms(), "roster roster");
        assert_eq!(r.body(0), [2, 3]);
        assert_eq!(r.body(1), [2]);
        assert_eq!(r.findings(), [""; 0]);
    }
}

#[test]
fn side_by_side_of_two_forms_with_headers_in_different_rows() {
    let r = read(&ids("\
教师花名册|||||||
序号|姓名|身份证号|职称||||
1|张三|#1|一级教师||姓名|身份证号|培训项目|学时
2|李四|#2|二级教师||张三|#1|研修|8
3|王五|#3|二级教师||李四|#2|研修|8"));
    assert_eq!(r.forms(), "roster training");
    assert_eq!(r.body(0), [3, 4, 5]);
    assert_eq!(r.body(1), [4, 5]);
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn blank_spacer_rows_and_columns() {
    let r = read(&ids("\
序号|姓名||身份证号|性别|职称

1|张三||#1|男|一级教师

2|李四||#2|女|一级教师"));
    assert_eq!(r.roles(), "h.d.d");
    assert_eq!(r.fields(0), "A=serial B=name D=id_number E=gender F=title");
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn prefilled_serial_numbers_are_blank() {
    let r = read(&ids("\
序号|学校|姓名|身份证号|性别|年龄
1|第一小学|张三|#1|男|0
2|第一小学|||
3|||||0
4|||||"));
    assert_eq!(r.roles(), "hd...");
    assert_eq!(r.body(0), [2]);
}

#[test]
fn a_record_without_id_number_stays_a_record() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
2|李四|||
|王五|||
4||#3|男|一级教师"));
    assert_eq!(r.roles(), "hdddd");
}

#[test]
fn vertical_merges_in_the_body() {
    let r = read(&ids("\
序号|学校|姓名|身份证号|培训项目|学时
1|第一小学|张三|#1|研修一|8
^|^|^|^|研修二|4
2|^|李四|#2|研修一|8
|||||6"));
    assert_eq!(r.roles(), "hddd?");
    assert_eq!(r.body(0), [2, 3, 4]);
}

#[test]
fn left_blank_below_instead_of_merged() {
    let r = read(&ids("\
姓名|身份证号|培训项目|学时
张三|#1|研修一|8
||研修二|4
李四|#2|研修一|8"));
    assert_eq!(r.roles(), "hddd");
}

#[test]
fn column_without_header_and_id_numbers_found_by_content() {
    let r = read(&ids("\
序号|姓名||性别|职称|
1|张三|#1|男|一级教师|x
2|李四|#2|女|一级教师|y"));
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=id_number D=gender E=title F=?"
    );
    assert_eq!(r.recognised.tables[0].columns[2].how, How::Content);
    assert_eq!(r.findings(), ["column-unknown F1"]);
}

#[test]
fn numbers_of_other_people_are_never_taken() {
    let r = read(&ids("\
序号|姓名|配偶身份证|性别|职称|出生年月
1|张三|#1|男|一级教师|1990.03
2|李四|#2|女|一级教师|1985.12"));
    assert_eq!(
        r.fields(0),
        "A=serial B=name C=? D=gender E=title F=birth_date"
    );
    assert_eq!(r.findings(), ["column-missing 1", "column-unknown C1"]);
}

#[test]
fn unknown_columns_are_named_once_with_near_fields() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称|任教科学|血压
1|张三|#1|男|一级教师|语文|80
2|李四|#2|女|一级教师|数学|"));
    assert_eq!(r.findings(), ["column-unknown F1", "column-unknown G1"]);
    let near = |i: usize| {
        let d = &r.diagnostics[i];
        d.args.iter().find(|a| a.0 == "near").map(|a| a.1.clone())
    };
    assert_eq!(near(0).map(|n| n.contains("任教学科")), Some(true));
    assert_eq!(near(1), None);
}

#[test]
fn unknown_columns_without_data_are_no_finding() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称|血压
1|张三|#1|男|一级教师|"));
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn duplicate_columns() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|身份证号码
1|张三|#1|男|#1"));
    assert_eq!(r.findings(), ["column-duplicate E1"]);
    assert_eq!(r.fields(0), "A=serial B=name C=id_number D=gender E=?");
}

#[test]
fn duplicates_resolved_by_group_neighbour_or_better_name() {
    let r = read(&ids("\
姓名|身份证号|第一学历|毕业院校|所学专业|最高学历|毕业院校|所学专业
张三|#1|专科|甲大学|语文|本科|乙大学|中文"));
    assert_eq!(
        r.fields(0),
        "A=name B=id_number C=first_education D=- E=- F=education G=institution H=major"
    );
    let r = read(&ids("\
姓名|身份证号|性别|全日制学历|在职学历|最高学历
张三|#1|男|专科|本科|本科"));
    assert_eq!(
        r.fields(0),
        "A=name B=id_number C=gender D=first_education E=in_service_education F=education"
    );
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn required_columns_and_fields_fed_by_others() {
    let r = read(
        "\
序号|姓名|培训时间|学时|学分
1|张三|2025.7.5-7.12|8|1",
    );
    assert_eq!(r.forms(), "training");
    assert_eq!(r.findings(), ["column-missing 1", "column-missing 1"]);
    assert_eq!(r.fields(0), "A=serial B=name C=period D=hours E=credits");
}

#[test]
fn a_period_over_two_columns_is_start_and_end() {
    for header in [
        "姓名|身份证号|培训项目|培训时间|<|学时\n^|^|^|起|止|^",
        "姓名|身份证号|培训项目|培训时间|<|学时",
        "姓名|身份证号|培训项目|培训时间||学时",
    ] {
        let r = read(&ids(&format!("{header}\n张三|#1|研修|@45900|@45901|8")));
        assert_eq!(
            r.fields(0),
            "A=name B=id_number C=project D=start_date E=end_date F=hours",
            "{header}"
        );
        assert_eq!(r.findings(), [""; 0], "{header}");
    }
}

#[test]
fn money_units_in_header_and_unit_line() {
    let r = read(&ids("\
单位：万元
姓名|身份证号|发票号码|发票金额|报销金额（元）
张三|#1|'00012345|0.12|1200"));
    let factors: Vec<f64> = r.recognised.tables[0]
        .columns
        .iter()
        .map(|c| c.factor)
        .collect();
    assert_eq!(r.forms(), "claims");
    assert_eq!(factors, [1.0, 1.0, 1.0, 10000.0, 1.0]);
}

#[test]
fn each_form_by_its_columns() {
    for (header, form) in [
        ("姓名|性别|出生年月|身份证号|学历|职称", "roster"),
        (
            "姓名|性别|职称|身份证号|学科|学历|培训项目|培训类别|学时|学分",
            "training",
        ),
        (
            "姓名|身份证号|学校|现有学历|拟提升学历|就读院校|入学时间",
            "study",
        ),
        (
            "姓名|身份证号|培训项目|费用类别|发票号码|开票日期|发票金额|报销金额",
            "claims",
        ),
        (
            "姓名|身份证号|年度|公开课|听课节数|论文|课题|考核等次",
            "assessment",
        ),
        (
            "学校|姓名|性别|身份证号|学段|学科|骨干类别|级别|认定时间",
            "roster",
        ),
    ] {
        let body = "|".to_owned() + ID1;
        let r = read(&format!("{header}\n张三{body}"));
        assert_eq!(r.forms(), form, "{header}");
    }
}

#[test]
fn the_directory_only_when_asked_for() {
    let drawing = "\
学校标识码|学校名称|乡镇|城乡类别|学校类型
'3399000001|第一小学|城关镇|镇区|小学
'3399000002|第二小学|城关镇|乡村|小学";
    let r = read(drawing);
    assert_eq!(r.forms(), "");
    let r = read_sheets(vec![draw("名录", drawing)], Some(&["directory"]));
    assert_eq!(r.forms(), "directory");
    assert_eq!(r.fields(0), "A=code B=name C=district D=area E=kind");
    assert_eq!(r.roles(), "hdd");
}

#[test]
fn two_forms_that_fit_alike_are_not_guessed() {
    let drawing = ids("\
序号|学校|姓名|身份证号|备注
1|第一小学|张三|#1|
2|第一小学|李四|#2|");
    let r = read(&drawing);
    assert_eq!(r.forms(), "");
    assert_eq!(r.findings(), ["sheet-unrecognised"]);
    assert_eq!(r.roles(), "???");
}

#[test]
fn instruction_sheets_are_a_note_and_data_without_header_an_error() {
    let cover = draw("填表说明", "填表说明\n1.请按要求填写。\n2.不要改动表头。");
    let lost = draw(
        "数据",
        "甲|3|2025年1月1日|7\n乙|4|2025年1月1日|7\n丙|5|2025年1月1日|7\n丁|6|2025年1月1日|7\n戊|6|2025年1月1日|7",
    );
    let r = read_sheets(vec![cover], None);
    assert_eq!(r.diagnostics[0].severity, crate::diagnostic::Severity::Note);
    assert!(!r.roles().contains('?') || r.findings().len() == 1);
    let r = read_sheets(vec![lost], None);
    assert_eq!(r.findings(), ["sheet-unrecognised"]);
    assert_eq!(
        r.diagnostics[0].severity,
        crate::diagnostic::Severity::Error
    );
}

#[test]
fn a_sheet_without_header_goes_on_from_the_one_before() {
    let first = draw(
        "1",
        &ids("\
教师花名册
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师"),
    );
    let second = draw(
        "2",
        &ids("\
2|李四|#2|女|一级教师
3|王五|#3|男|一级教师
合计||||"),
    );
    let other = draw("3", "事项|金额|日期\n开会|3|5\n吃饭|4|5");
    let r = read_sheets(vec![first, second, other], None);
    assert_eq!(r.forms(), "roster roster");
    assert_eq!(r.roles_of(1), "dd+");
    assert_eq!(r.recognised.tables[1].header, [0u32; 0]);
    assert_eq!(r.body(1), [1, 2]);
    assert_eq!(r.findings(), ["sheet-unrecognised"]);
}

#[test]
fn stray_cells_beside_the_table() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称|||
1|张三|#1|男|一级教师||核对|
2|李四|#2|女|一级教师||已核|ok
3|王五|#3|男|一级教师|||"));
    assert_eq!(r.findings(), ["cell-unexplained G2"]);
    assert_eq!(r.roles(), "hddd");
}

#[test]
fn hidden_things_are_read_and_named() {
    let text = ids("\
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
2|李四|#2|女|一级教师");
    let mut sheet = draw("s", &text);
    sheet.hidden_rows = std::iter::once(2..3).collect();
    sheet.hidden_columns = std::iter::once(3..4).collect();
    sheet.hidden = true;
    let r = read_sheets(vec![sheet], None);
    assert_eq!(r.body(0), [2, 3]);
    assert_eq!(
        r.findings(),
        ["hidden-content", "hidden-content 3", "hidden-content D1"]
    );
}

#[test]
fn a_table_of_its_own_making_below_is_not_read_as_records() {
    let r = read(&ids("\
序号|姓名|身份证号|性别|职称
1|张三|#1|男|一级教师
2|李四|#2|女|一级教师
3|王五|#3|男|一级教师

学段|人数|占比
小学|2|67%
初中|1|33%"));
    assert_eq!(r.roles(), "hddd.???");
    assert_eq!(r.findings(), ["cell-unexplained A6"]);
}

#[test]
fn header_labels_with_line_breaks_one_character_a_line() {
    let r = read(&ids("\
序\\n号|姓\\n名|性\\n别|身份证号\\n(18位)|*职 称
1|张三|男|#1|一级教师"));
    assert_eq!(r.fields(0), "A=serial B=name C=gender D=id_number E=title");
}

#[test]
fn a_leading_spacer_and_an_unlabelled_serial() {
    let r = read(&ids("\
|
||姓名|身份证号|性别|职称
|1|张三|#1|男|一级教师
|2|李四|#2|女|一级教师"));
    assert_eq!(r.body(0), [3, 4]);
    assert_eq!(r.fields(0), "B=? C=name D=id_number E=gender F=title");
}

#[test]
fn a_label_merged_over_an_empty_column() {
    let r = read(&ids("\
序号|姓名|<|身份证号|性别|职称
1|张三||#1|男|一级教师
2|李四||#2|女|一级教师"));
    assert_eq!(r.fields(0), "A=serial B=name D=id_number E=gender F=title");
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn every_filled_line_has_a_role_and_no_record_is_lost() {
    let r = read(&ids("\
附件1
教师花名册|<|<|<
填报单位：一小
序号|姓名|身份证号|职称
例|某某|#1|一级教师
1|张三|#1|一级教师

小计|||
一、中学
2|李四|#2|二级教师
序号|姓名|身份证号|职称
3|王五|#3|二级教师
合计|3人||
备注：无
填表人：甲"));
    assert_eq!(r.roles(), "ttmhed.+sdrd+ng");
    assert!(
        r.workbook.sheets[0]
            .rows()
            .all(|(row, _)| r.recognised.accounts[0].lines[row as usize] != Role::Blank)
    );
}
