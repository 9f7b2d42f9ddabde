//! Lists of records: fields of the person's roster as columns, and years that stay years.

use super::*;
use crate::message::Lang;
use crate::statistics::Quantity;

const LIST: &str =
    "[[measure]]\nid = \"m\"\nkind = \"list\"\ntitle = \"x\"\nform = \"assessment\"\n";

fn listed(columns: &str) -> Tabulation {
    let body = format!("{LIST}columns = {columns}");
    let fields = ["name", "subject", "education", "work_start"];
    let roster = [
        ["张三", "语文", "本科", "2001-08-01"],
        ["李四", "数学", "", "2012-08-01"],
    ];
    let roster: Vec<&[&str]> = roster.iter().map(|r| r.as_slice()).collect();
    let rows: [&[&str]; 3] = [
        &["张三", "2025", "1200", "合格"],
        &["李四", "2024", "300", "优秀"],
        &["王五", "2025", "", "优秀"],
    ];
    let sheets = [
        sheet("roster", "甲校", &fields, &roster),
        sheet(
            "assessment",
            "甲校",
            &["name", "year", "papers", "grade"],
            &rows,
        ),
    ];
    run(&body, &sheets).0
}

#[test]
fn fields_of_the_roster_stand_beside_those_of_the_record() {
    let t = listed("[\"grade\", \"roster.subject\", \"roster.education\", \"roster.work_start\"]");
    let parts: Vec<&str> = t.columns.iter().map(|c| c.part.as_str()).collect();
    assert_eq!(
        parts,
        [
            "grade",
            "roster.subject",
            "roster.education",
            "roster.work_start"
        ]
    );
    assert_eq!(t.columns[2].title, ["最高学历"]);
    let row = |i: usize| parts.iter().map(|p| text(&t, p, i)).collect::<Vec<_>>();
    assert_eq!(row(0), ["合格", "语文", "本科", "2001-08-01"]);
    assert_eq!(row(1), ["优秀", "数学", "", "2012-08-01"]);
    // Nobody of that name is in the roster.
    assert_eq!(row(2), ["优秀", "", "", ""]);
}

#[test]
fn a_column_of_the_roster_is_written_once_and_exists() {
    let problems = |columns: &str| -> Vec<String> {
        let text = format!(
            "id = \"t\"\ntitle = \"试\"\nforms = [\"roster\", \"assessment\"]\n{LIST}columns = {columns}"
        );
        let read = scheme(&text, "t.toml", &Templates::builtin());
        let all = read.err().unwrap_or_default();
        all.iter().map(|p| p.text(Lang::En)).collect()
    };
    assert_eq!(
        problems("[\"grade\", \"roster.subject\"]"),
        Vec::<String>::new()
    );
    let twice = problems("[\"roster.subject\", \"roster.subject\"]");
    assert!(
        twice.len() == 1 && twice[0].contains("roster.subject"),
        "{twice:?}"
    );
    let unknown = problems("[\"roster.educaton\"]");
    assert!(
        unknown.len() == 1 && unknown[0].contains("education"),
        "{unknown:?}"
    );
    // A part that the engine gives itself stays refused.
    assert_eq!(problems("[\"rate\"]").len(), 2);
}

#[test]
fn years_are_no_counts() {
    let t = listed("[\"year\", \"papers\"]");
    assert_eq!(t.columns[0].quantity, Quantity::Plain);
    assert_eq!(t.columns[1].quantity, Quantity::Count(String::new()));
    assert_eq!(int(&t, "year", &["东镇", "甲校", "张三"]), 2025);
    assert_eq!(int(&t, "papers", &["东镇", "甲校", "张三"]), 1200);
}
