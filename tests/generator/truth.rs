//! What a batch means: every record and every planted mistake, as CSV.

use std::collections::BTreeMap;

/// Marks a value that the contract leaves open.
pub const OPEN: &str = "~";

/// One record as meant. A field that is missing here has no column in the sheet and is null.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    pub file: String,
    pub sheet: String,
    /// 1-based.
    pub row: u32,
    pub school: String,
    pub school_code: String,
    pub values: BTreeMap<&'static str, String>,
    /// Where each field stands, in A1.
    pub cells: BTreeMap<&'static str, String>,
}

/// One planted mistake.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plant {
    pub file: String,
    pub sheet: String,
    pub row: u32,
    pub cell: String,
    pub field: String,
    pub rule: String,
    /// Other places where a finding of the rule is as good: `file!sheet!cell`.
    pub alternatives: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Truth {
    pub records: BTreeMap<&'static str, Vec<Record>>,
    pub plants: Vec<Plant>,
    pub tables: Vec<TableTruth>,
}

/// Where a table's header is and what its columns hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableTruth {
    pub file: String,
    pub sheet: String,
    pub form: String,
    /// First and last row of the header, 1-based.
    pub header: (u32, u32),
    /// How it is drawn, for counts by kind.
    pub style: String,
    /// Letters, field (empty where it is none) and label.
    pub columns: Vec<(String, String, String)>,
}

/// Fields of a form in the order of the contract.
pub fn fields(form: &str) -> &'static [&'static str] {
    match form {
        "roster" => &[
            "name",
            "gender",
            "id_number",
            "birth_date",
            "work_start",
            "stage",
            "area",
            "subject",
            "title",
            "first_education",
            "education",
            "institution",
            "major",
            "tier",
            "tier_level",
            "appointed",
            "full_time",
            "phone",
            "post",
        ],
        "training" => &[
            "name",
            "id_number",
            "project",
            "category",
            "required",
            "start_date",
            "end_date",
            "hours",
            "credits",
            "result",
            "certificate_no",
        ],
        "study" => &[
            "name",
            "id_number",
            "stage",
            "current_education",
            "target_education",
            "institution",
            "major",
            "enrolled",
            "expected_graduation",
            "status",
            "certificate_no",
        ],
        "claims" => &[
            "name",
            "id_number",
            "project",
            "expense_type",
            "invoice_no",
            "invoice_date",
            "amount",
            "claimed",
            "days",
        ],
        "assessment" => &[
            "name",
            "id_number",
            "year",
            "open_lessons",
            "lessons_observed",
            "papers",
            "research_projects",
            "lectures",
            "mentees",
            "reading_notes",
            "grade",
        ],
        _ => panic!("no form {form}"),
    }
}

impl Truth {
    pub fn records_csv(&self, form: &str) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        let mut head = vec![
            "source_file",
            "source_sheet",
            "source_row",
            "school",
            "school_code",
        ];
        head.extend(fields(form));
        head.push("cells");
        out.write_record(&head).expect("csv");
        for r in self.records.get(form).into_iter().flatten() {
            let mut line = vec![
                r.file.clone(),
                r.sheet.clone(),
                r.row.to_string(),
                r.school.clone(),
                r.school_code.clone(),
            ];
            for f in fields(form) {
                line.push(r.values.get(f).cloned().unwrap_or_default());
            }
            let cells: Vec<String> = r.cells.iter().map(|(f, c)| format!("{f}={c}")).collect();
            line.push(cells.join(" "));
            out.write_record(&line).expect("csv");
        }
        String::from_utf8(out.into_inner().expect("csv")).expect("utf-8")
    }

    pub fn tables_csv(&self) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["file", "sheet", "form", "first", "last", "style", "columns"])
            .expect("csv");
        for t in &self.tables {
            let columns: Vec<String> = t
                .columns
                .iter()
                .map(|(letters, field, label)| format!("{letters}\t{field}\t{label}"))
                .collect();
            let (first, last) = (t.header.0.to_string(), t.header.1.to_string());
            let columns = columns.join("\u{1f}");
            out.write_record([
                &t.file, &t.sheet, &t.form, &first, &last, &t.style, &columns,
            ])
            .expect("csv");
        }
        String::from_utf8(out.into_inner().expect("csv")).expect("utf-8")
    }

    pub fn plants_csv(&self) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record([
            "file",
            "sheet",
            "row",
            "cell",
            "field",
            "rule",
            "alternatives",
        ])
        .expect("csv");
        for p in &self.plants {
            out.write_record([
                &p.file,
                &p.sheet,
                &if p.row == 0 {
                    String::new()
                } else {
                    p.row.to_string()
                },
                &p.cell,
                &p.field,
                &p.rule,
                &p.alternatives.join("|"),
            ])
            .expect("csv");
        }
        String::from_utf8(out.into_inner().expect("csv")).expect("utf-8")
    }
}

/// Reads a truth CSV back as maps from column to value.
pub fn read_csv(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader
        .headers()
        .expect("csv header")
        .iter()
        .map(str::to_owned)
        .collect();
    reader
        .records()
        .map(|r| {
            let r = r.expect("csv record");
            head.iter()
                .cloned()
                .zip(r.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}
