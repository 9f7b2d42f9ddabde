//! LibreOffice as a second opinion: every formula of the reports, recalculated from nothing, gives
//! the result that stands beside it. Without `soffice` this says that it is skipped; CI has it.

use crate::cli::{Scratch, place, run_sample};
use crate::golden::{SAMPLES, files};
use crate::support::xlsx::map_parts;
use huizong::grid::{Value, Workbook};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Places of all formulas of a sheet part, and the part with their results taken out.
fn without_results(xml: &str) -> (Vec<String>, String) {
    let (mut places, mut out) = (Vec::new(), String::with_capacity(xml.len()));
    for piece in xml.split_inclusive("</c>") {
        let start = piece.rfind("<c ").unwrap_or(0);
        let cell = &piece[start..];
        if cell.contains("<f>") || cell.contains("<f ") {
            if let Some(at) = cell.find(" r=\"").or(cell.find("<c r=\"").map(|i| i + 2)) {
                let rest = &cell[at + 4..];
                places.push(rest.split('"').next().unwrap_or_default().to_owned());
            }
            let (from, to) = (cell.find("<v>"), cell.find("</v>"));
            out.push_str(&piece[..start]);
            match (from, to) {
                (Some(from), Some(to)) => {
                    out.push_str(&cell[..from].replace(" t=\"str\"", ""));
                    out.push_str(&cell[to + 4..]);
                }
                _ => out.push_str(cell),
            }
        } else {
            out.push_str(piece);
        }
    }
    (places, out)
}

fn read(path: &Path) -> Workbook {
    let bytes = fs::read(path).expect("a workbook");
    huizong::intake::read("report.xlsx", &bytes).value.remove(0)
}

/// Whether there is a LibreOffice; without one tests say that they are skipped.
pub fn is_there() -> bool {
    let found = Command::new("soffice").arg("--version").output().is_ok();
    if !found {
        println!("skipped: no soffice on this machine");
    }
    found
}

/// Recalculates a workbook from nothing and holds every result against the one that is stored; gives
/// how many formulas there are. `name` is a file name without ending, used once a scratch folder.
pub fn agrees(scratch: &Scratch, name: &str, bytes: &[u8]) -> usize {
    let mut formulas: Vec<(usize, String)> = Vec::new();
    let bare = map_parts(bytes, |part, content| {
        let sheet = part
            .strip_prefix("xl/worksheets/sheet")
            .and_then(|r| r.strip_suffix(".xml"))
            .and_then(|r| r.parse::<usize>().ok());
        let Some(sheet) = sheet else { return content };
        let (places, xml) = without_results(&String::from_utf8(content).expect("xml"));
        formulas.extend(places.into_iter().map(|p| (sheet - 1, p)));
        xml.into_bytes()
    });
    fs::create_dir_all(scratch.path("bare")).expect("a folder");
    let path = scratch.path(&format!("bare/{name}.xlsx"));
    fs::write(&path, bare).expect("a file");
    let profile = format!(
        "-env:UserInstallation=file://{}",
        scratch.path("profile").display()
    );
    let done = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "xlsx", "--outdir"])
        .arg(scratch.path("full"))
        .arg(&path)
        .output()
        .expect("soffice");
    let again = scratch.path(&format!("full/{name}.xlsx"));
    assert!(again.exists(), "{}", String::from_utf8_lossy(&done.stderr));
    let ours = huizong::intake::read("report.xlsx", bytes).value.remove(0);
    let theirs = read(&again);
    for (sheet, cell) in &formulas {
        let (row, col) = place(cell);
        let (a, b) = (
            ours.sheets[*sheet].at(row, col),
            theirs.sheets[*sheet].at(row, col),
        );
        let same = match (a, b) {
            (Some(Value::Number(a)), Some(Value::Number(b))) => {
                (a - b).abs() <= 1e-9 * a.abs().max(1.0)
            }
            (Some(Value::Text(a)), Some(Value::Text(b))) => a == b,
            (None | Some(Value::Text("")), None | Some(Value::Text(""))) => true,
            _ => false,
        };
        assert!(
            same,
            "{name} {} {cell}: {a:?} stored, {b:?} recalculated",
            ours.sheets[*sheet].name
        );
    }
    formulas.len()
}

#[test]
fn formulas_of_the_reports_give_the_results_beside_them() {
    if !is_there() {
        return;
    }
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("oracle-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &[]);
        // The bureau's own workbook and the form of the bureau above.
        assert!(recalculated(sample, &scratch, &out) >= 2, "{sample}");
    }
    // Budgets, vouchers and distributions, and a page that says everything about its paper.
    let scratch = Scratch::new("oracle-full");
    let out = crate::ooxml::run_full(&scratch);
    recalculated("full", &scratch, &out);
    for sample in ["annual-credits", "degree-uplift"] {
        let scratch = Scratch::new(&format!("oracle-{sample}"));
        let out = crate::schemes::run(sample, &scratch);
        recalculated(sample, &scratch, &out);
    }
}

/// Every formula of the reports, its result taken out, as LibreOffice reckons it; how many workbooks.
fn recalculated(sample: &str, scratch: &Scratch, out: &Path) -> usize {
    let mut books = 0;
    for (n, (name, bytes)) in files(&out.join("reports")).into_iter().enumerate() {
        if name.ends_with(".xlsx") {
            let checked = agrees(scratch, &n.to_string(), &bytes);
            println!("{sample} {name}: {checked} formulas");
            assert!(checked > 0, "{name}");
            books += 1;
        }
    }
    books
}
