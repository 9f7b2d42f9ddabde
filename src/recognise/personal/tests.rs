//! Forms of one person, drawn as text.

use super::super::testing::{Read, draw, read, read_sheets};
use crate::grid::{Value, a1};
use proptest::prelude::*;

const ID1: &str = "110101199003078515";
const ID2: &str = "110101198512120027";

fn ids(drawing: &str) -> String {
    drawing.replace("#1", ID1).replace("#2", ID2)
}

/// `cell=field` of all stored fields of a table.
fn cells(r: &Read, table: usize) -> String {
    let table = &r.recognised.tables[table];
    let form = &r.scheme.forms[table.form];
    let columns = table.columns.iter().filter_map(|c| {
        let cell = c.cell.as_ref()?;
        let field = &form.fields[c.field?];
        let listed = field.stored || field.kind == crate::scheme::Kind::School;
        listed.then(|| format!("{}={}", a1(cell.row, c.col), field.id))
    });
    columns.collect::<Vec<_>>().join(" ")
}

const PLAIN: &str = "\
教师个人登记表|<|<|<|<|<|<
姓名|张三|性别|男|出生年月|1990.03|照片
民族|汉族|政治面貌|党员|参加工作时间|2012.09|^
身份证号|#1|<|<|联系电话|13800000000|^
学历|本科|毕业院校|甲大学|专业|汉语言文学|^
职称|一级教师|任教学科|语文|职务|教师|<
个人总结|热爱教育事业，教学认真负责，三年来承担公开课若干节，指导青年教师两名。|<|<|<|<|<
学校意见|同意。\\n（盖章）\\n年 月 日|<|<|<|<|<
填表人：李四   填表日期：2025年8月31日|<|<|<|<|<|<";

#[test]
fn pairs_of_label_and_value() {
    let r = read(&ids(PLAIN));
    assert_eq!(r.forms(), "roster");
    assert_eq!(r.roles(), "tdmmmmnmm");
    assert_eq!(
        cells(&r, 0),
        "B2=name D2=gender F2=birth_date F3=work_start B4=id_number F4=phone B5=education \
         D5=institution F5=major B6=title D6=subject F6=post"
    );
    assert_eq!(r.body(0), [2]);
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn an_empty_form_and_a_list_are_none() {
    let blank = PLAIN
        .lines()
        .take(4)
        .map(|l| {
            let cells: Vec<&str> = l.split('|').collect();
            let keep =
                |(i, c): (usize, &&str)| if i % 2 == 1 && *c != "<" { "" } else { *c }.to_owned();
            cells
                .iter()
                .enumerate()
                .map(keep)
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect::<Vec<_>>()
        .join("\n");
    let r = read(&ids(&blank));
    assert_eq!(r.forms(), "");
    let list = "\
学校|第一小学|学科|语文|负责人|王五
姓名|性别|身份证号|职称|学历|学科
张三|男|#1|一级教师|本科|语文
李四|女|#2|一级教师|本科|语文";
    let r = read(&ids(list));
    assert_eq!((r.forms().as_str(), r.body(0)), ("roster", vec![3, 4]));
}

#[test]
fn labels_and_values_in_one_cell() {
    let r = read(&ids("\
姓名：张三    性别：男    出生年月：1990年3月
身份证号：#1   联系电话：13800000000
职称：一级教师|任教学科：语文
最高学历：本科|参加工作时间：2012.09"));
    assert_eq!(r.forms(), "roster");
    assert_eq!(
        cells(&r, 0),
        "A1=name A1=gender A1=birth_date A2=id_number A2=phone A3=title B3=subject \
         A4=education B4=work_start"
    );
    assert_eq!(r.roles(), "dmmm");
}

#[test]
fn groups_on_the_left_and_merged_values() {
    let r = read(&ids("\
骨干教师登记表|<|<|<|<
基\\n本\\n情\\n况|姓名|张三|性别|男
^|身份证号|#1|职称|一级教师
^|学校|第一小学|学科|语文
学历|全日制教育|专科|毕业院校|甲师专
^|在职教育|本科|毕业院校|乙大学"));
    assert_eq!(r.forms(), "roster");
    assert_eq!(
        cells(&r, 0),
        "C2=name E2=gender C3=id_number E3=title C4=school E4=subject \
         C5=first_education C6=education E6=institution"
    );
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn a_list_inside_is_a_table_of_its_own() {
    let r = read(&ids("\
教师培训登记表|<|<|<|<
姓名|张三|性别|男|照片
身份证号|#1|学科|语文|^
职称|一级教师|学历|本科|^
培训经历|起止时间|培训项目|学时|学分
^|2024.7.1-7.5|师德培训|30|3
^|2025.7.1-7.5|学科培训|40|4
^|||||
家庭成员|称谓|姓名|工作单位|职务
^|妻子|王五|乙厂|工人
学校意见|同意|<|<|<"));
    assert_eq!(r.forms(), "roster training");
    assert_eq!(r.body(1), [6, 7]);
    assert_eq!(cells(&r, 1), "B2=name B3=id_number");
    assert_eq!(r.roles(), "tdmmhdd.nnm");
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn several_forms_below_one_another() {
    let one = "\
教师登记表|<|<|<
学校|第一小学|学科|语文
姓名|张三|性别|男
身份证号|#1|职称|一级教师
最高学历|本科|参加工作时间|2012.09
";
    let two = one.replace("张三", "李四").replace("#1", "#2");
    let r = read(&ids(&format!("{one}|||\n{two}")));
    assert_eq!(r.forms(), "roster roster");
    assert_eq!((r.body(0), r.body(1)), (vec![3], vec![9]));
    assert_eq!(r.roles(), "tmdmm.tmdmm");
    assert!(cells(&r, 1).contains("B8=school"), "{}", cells(&r, 1));
}

#[test]
fn one_person_a_sheet() {
    let sheet =
        |name: &str, id: &str| draw(name, &ids(&PLAIN.replace("张三", name).replace("#1", id)));
    let r = read_sheets(vec![sheet("张三", "#1"), sheet("李四", "#2")], None);
    assert_eq!(r.forms(), "roster roster");
    assert_eq!(r.recognised.tables[1].sheet, 1);
}

#[test]
fn persons_side_by_side() {
    let r = read(&ids("\
教师基本情况表|<|<
序号|1|2
姓名|张三|李四
性别|男|女
身份证号|#1|#2
职称|一级教师|高级教师
任教学科|语文|数学
注：身份证号须与证件一致。|<|<"));
    assert_eq!(r.forms(), "roster roster");
    assert_eq!(
        cells(&r, 1),
        "C3=name C4=gender C5=id_number C6=title C7=subject"
    );
    assert_eq!(r.roles(), "tmdmmmmn");
    assert_eq!(r.findings(), [""; 0]);
}

#[test]
fn what_is_no_pair_is_named() {
    let r = read(&ids("\
姓名|张三|性别|男|
身份证号|#1|职称|一级教师|
最高学历|本科|血糖值|5.6|
||||2025"));
    assert_eq!(r.forms(), "roster");
    assert_eq!(r.findings(), ["column-unknown C3", "cell-unexplained E4"]);
}

#[test]
fn somebody_else_has_a_telephone_and_a_workplace_too() {
    let r = read(&ids("\
单位|第一小学|联系人|王五|联系电话|13800000001
姓名|张三|性别|男|出生年月|1990.03
身份证号|#1|职称|一级教师|学科|语文
配偶姓名|赵六|工作单位|乙厂|学历|本科
近三年考核结果|合格|优秀|优秀||
手机|13800000002|最高学历|本科||"));
    assert_eq!(
        cells(&r, 0),
        "B1=school B2=name D2=gender F2=birth_date B3=id_number D3=title F3=subject \
         B6=phone D6=education"
    );
    assert_eq!(r.findings(), ["column-unknown A4", "cell-unexplained E4"]);
}

#[test]
fn two_forms_side_by_side_are_refused() {
    let r = read(&ids("\
姓名|张三|性别|男||姓名|李四|性别|女
身份证号|#1|职称|一级教师||身份证号|#2|职称|高级教师
学历|本科|学科|语文||学历|专科|学科|数学"));
    assert_eq!(r.forms(), "");
    assert_eq!(r.findings().len(), 1);
}

/// Labels as forms write them, a value, and the field.
const FIELDS: [(&str, &str, &str); 12] = [
    ("性别", "男", "gender"),
    ("出生年月", "1990.03", "birth_date"),
    ("身份证号码", ID1, "id_number"),
    ("任教学科", "语文", "subject"),
    ("职　称", "一级教师", "title"),
    ("最高学历", "本科", "education"),
    ("毕业院校：", "乙大学", "institution"),
    ("所学专业", "汉语言文学", "major"),
    ("职务", "教师", "post"),
    ("联系电话", "13800000000", "phone"),
    ("参加工作时间", "2012.09", "work_start"),
    ("骨干称号", "骨干教师", "tier"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However the pairs of a form are ordered and set into lines, each value is its own field's.
    #[test]
    fn every_value_keeps_its_label(
        order in Just((0..FIELDS.len()).collect::<Vec<_>>()).prop_shuffle(),
        widths in proptest::collection::vec(1usize..4, 12),
        name_at in 0usize..6,
        wide in any::<bool>(),
        blank_lines in any::<bool>(),
        inline in any::<bool>(),
    ) {
        let mut pairs: Vec<(&str, &str, &str)> = order.iter().map(|i| FIELDS[*i]).collect();
        pairs.insert(name_at, ("姓 名", "张三", "name"));
        let mut lines = vec!["教师登记表".to_owned()];
        let mut rest = pairs.as_slice();
        for width in widths {
            let (now, later) = rest.split_at(width.min(rest.len()));
            rest = later;
            if now.is_empty() {
                break;
            }
            let cells = now.iter().map(|(label, value, _)| match (inline, wide) {
                (true, _) => format!("{}：{value}", label.trim_end_matches('：')),
                (false, true) => format!("{label}|'{value}|<"),
                (false, false) => format!("{label}|'{value}"),
            });
            lines.push(cells.collect::<Vec<_>>().join("|"));
            if blank_lines {
                lines.push(String::new());
            }
        }
        let taken = pairs.len() - rest.len();
        prop_assume!(taken == pairs.len());
        let r = read(&lines.join("\n"));
        prop_assert_eq!(r.forms(), "roster", "{}", lines.join("\n"));
        let table = &r.recognised.tables[0];
        let form = &r.scheme.forms[table.form];
        let sheet = &r.workbook.sheets[0];
        for column in &table.columns {
            let (Some(field), Some(cell)) = (column.field, &column.cell) else { continue };
            let Some(Value::Text(text)) = sheet.at(cell.row, column.col) else { continue };
            let value = cell.part.as_ref().map_or(text, |p| &text[p.clone()]);
            let own = pairs.iter().find(|p| p.2 == form.fields[field].id);
            prop_assert_eq!(own.map(|p| p.1), Some(value), "{}", lines.join("\n"));
        }
        let held = table.columns.iter().filter(|c| c.field.is_some()).count();
        prop_assert_eq!(held, pairs.len(), "{}", lines.join("\n"));
        prop_assert!(r.findings().is_empty(), "{:?}", r.findings());
    }
}
