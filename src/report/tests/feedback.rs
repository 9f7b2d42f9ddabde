//! What goes back to schools, and to which.

use super::*;
use crate::report::dump::dump;

fn found(file: &Arc<str>, rule: Rule, name: &str) -> Diagnostic {
    let sheet: Arc<str> = "名册".into();
    Diagnostic::new(rule, Place::sheet(file, &sheet).at(4, Some(1))).arg("name", name)
}

#[test]
fn a_school_gets_its_own_findings_and_nobody_elses() {
    let mut world = World::new();
    let [a, b, both]: [Arc<str>; 3] = ["a.xlsx".into(), "b.xlsx".into(), "ab.xlsx".into()];
    world.diagnostics = vec![
        found(&a, Rule::IdDuplicate, "王一"),
        found(&both, Rule::IdDuplicate, "赵两"),
        found(&b, Rule::IdDuplicate, "李二"),
    ];
    world.files = vec![
        (a, "一小".into()),
        (both.clone(), "一小".into()),
        (both, "二小/分校".into()),
        (b, "二小/分校".into()),
    ];
    let report = world.compose();
    let paths: Vec<&str> = report.books.iter().map(|b| &*b.path).collect();
    assert_eq!(
        paths,
        [
            "reports/提升工程_2025-08.xlsx",
            "feedback/一小.xlsx",
            "feedback/二小_分校.xlsx"
        ]
    );
    let texts: Vec<String> = report.books[1..]
        .iter()
        .map(|b| {
            dump(&Report {
                books: vec![b.clone()],
                locations: vec![],
            })
        })
        .collect();
    assert!(
        texts[0].contains("a.xlsx") && !texts[0].contains("b.xlsx"),
        "{}",
        texts[0]
    );
    assert!(texts[1].contains("\"文件：b.xlsx"), "{}", texts[1]);
    assert!(!texts.iter().any(|t| t.contains("ab.xlsx")));
    assert!(texts[0].contains("有 1 处错误须更正。"), "{}", texts[0]);
}

#[test]
fn notes_alone_are_nothing_to_correct() {
    let mut world = World::new();
    let a: Arc<str> = "a.xlsx".into();
    world.diagnostics = vec![found(&a, Rule::HiddenContent, "")];
    world.files = vec![(a, "一小".into())];
    assert_eq!(world.compose().books.len(), 1);
}

#[test]
fn a_school_that_owes_a_form_is_told_so() {
    let mut world = World::new();
    let a: Arc<str> = "a.xlsx".into();
    let cell = |form: &str, files: &[Arc<str>]| BoardCell {
        form: form.into(),
        files: files.to_vec(),
        ..BoardCell::default()
    };
    world.board = vec![BoardLine {
        index: Some(0),
        school: "一小".into(),
        district: "甲镇".into(),
        forms: vec![cell("roster", &[a]), cell("study", &[])],
    }];
    let report = world.compose();
    assert_eq!(report.books.len(), 2);
    assert!(report.books[1].pages[0].preamble[1].contains("还缺study"));
    assert!(write(&report).is_ok());
}

#[test]
fn rows_of_a_shared_file_go_to_their_own_schools() {
    let mut world = World::new();
    let file: Arc<str> = "全镇.xlsx".into();
    let sheet: Arc<str> = "名册".into();
    let place = Place::sheet(&file, &sheet);
    world.diagnostics = [3, 5, 7, 9]
        .map(|row| {
            Diagnostic::new(Rule::IdDuplicate, place.at(row, Some(1)))
                .arg("name", format!("人{row}"))
        })
        .to_vec();
    world.files = vec![
        (file.clone(), "一小".into()),
        (file.clone(), "三小".into()),
        (file.clone(), "二小".into()),
    ];
    let rows = |first, last, school: &str| SchoolRows {
        file: file.clone(),
        sheet: sheet.clone(),
        first,
        last,
        school: school.into(),
    };
    // Row 5 lies in both runs, row 9 in none: nobody's for certain.
    world.rows = vec![rows(2, 5, "一小"), rows(5, 8, "二小")];
    let report = world.compose();
    let cells: Vec<(String, Vec<String>)> = report.books[1..]
        .iter()
        .map(|b| {
            let cells = b.pages[0]
                .lines
                .iter()
                .filter_map(|l| match &l.cells.get(1)?.content {
                    Content::Text(t) => Some(t.clone()),
                    _ => None,
                });
            (b.path.to_string(), cells.collect())
        })
        .collect();
    assert_eq!(
        cells,
        [
            ("feedback/一小.xlsx".to_owned(), vec!["B4".to_owned()]),
            ("feedback/二小.xlsx".to_owned(), vec!["B8".to_owned()]),
        ]
    );
}
