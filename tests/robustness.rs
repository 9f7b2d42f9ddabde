//! Damaged and hostile files: read, or a diagnostic; never a panic, an abort or a silence.

use crate::golden::{SAMPLES, files, folder};
use crate::harness::run;
use crate::support::rng::Rng;
use crate::support::{FileFormat, SheetDraft, WorkbookDraft, archive, xls};
use huizong::account::Verdict;
use std::collections::BTreeMap;

/// One file of each kind that the samples have, the smallest.
fn kinds() -> Vec<(String, Vec<u8>)> {
    let mut out: BTreeMap<String, (String, Vec<u8>)> = BTreeMap::new();
    for sample in SAMPLES {
        for (name, bytes) in files(&folder(sample).join("inbox")) {
            let extension = name.rsplit('.').next().unwrap_or_default().to_owned();
            let kind = format!("{extension} {:?}", &bytes[..bytes.len().min(3)]);
            let better = out.get(&kind).is_none_or(|(_, b)| bytes.len() < b.len());
            if better && bytes.len() > 200 {
                out.insert(kind, (name, bytes));
            }
        }
    }
    out.into_values().collect()
}

fn mutated(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    match rng.below(6) {
        0 => out.truncate(rng.below(bytes.len())),
        1 => {
            for _ in 0..1 + rng.below(8) {
                let at = rng.below(out.len());
                out[at] ^= 1 << rng.below(8);
            }
        }
        2 => {
            for _ in 0..1 + rng.below(8) {
                let at = rng.below(out.len());
                out[at] = rng.next() as u8;
            }
        }
        3 => {
            let at = rng.below(out.len());
            let end = (at + rng.below(600)).min(out.len());
            out[at..end].fill(if rng.chance(0.5) { 0 } else { 0xff });
        }
        4 => {
            let at = rng.below(out.len());
            let end = (at + rng.below(300)).min(out.len());
            out.drain(at..end);
        }
        _ => {
            let at = rng.below(out.len());
            let from = rng.below(out.len());
            let end = (from + rng.below(300)).min(out.len());
            let piece = out[from..end].to_vec();
            out.splice(at..at, piece);
        }
    }
    out
}

/// Runs one file; whatever comes of it must be said.
fn survives(name: &str, bytes: Vec<u8>) {
    let scheme = run::bare_scheme();
    let size = bytes.len();
    // The last file tried is kept where a failure can be looked at.
    let kept = std::env::temp_dir().join("huizong-robustness-last");
    let _ = std::fs::write(&kept, &bytes);
    let concluded = run::run(&[(name.to_owned(), bytes)], &scheme);
    for input in &concluded.inputs {
        if input.verdict == Verdict::Refused {
            assert!(
                // The word may be about a member of an archive.
                concluded
                    .diagnostics
                    .iter()
                    .any(|d| d.place.file.starts_with(&*input.file)),
                "{name}: {} was refused without a word: {}",
                input.file,
                kept.display()
            );
        }
        for sheet in &input.sheets {
            assert!(sheet.balances(), "{name} {}: {sheet:?}", sheet.sheet);
        }
    }
    assert!(
        !concluded.inputs.is_empty(),
        "{name} of {size} bytes left no trace"
    );
    assert!(
        concluded
            .diagnostics
            .iter()
            .all(|d| d.variant != "internal"),
        "{name}: a panic had to be caught: {}",
        kept.display()
    );
    let _ = std::fs::remove_file(&kept);
}

#[test]
fn mutated_files_are_read_or_refused_in_words() {
    let kinds = kinds();
    assert!(
        kinds.len() >= 6,
        "the samples should hold many kinds of files: {}",
        kinds.len()
    );
    for (name, bytes) in kinds {
        let mut rng = Rng::new(bytes.len() as u64);
        for _ in 0..60 {
            survives(&name, mutated(&bytes, &mut rng));
        }
    }
}

#[test]
fn hostile_files_are_refused_in_words() {
    let mut one = SheetDraft::new("名册");
    one.text(0, 0, "姓名");
    let small = FileFormat::Xlsx.write(&WorkbookDraft::one(one));
    let bomb = {
        // 64 MB of spaces in one shared string: a few kilobytes when packed.
        let huge = format!("<si><t>{}</t></si>", " ".repeat(64 << 20));
        crate::support::xlsx::map_parts(&small, |name, bytes| match name {
            "xl/sharedStrings.xml" => {
                let text = String::from_utf8(bytes).expect("xml");
                text.replace("</sst>", &format!("{huge}</sst>"))
                    .into_bytes()
            }
            _ => bytes,
        })
    };
    let mut nested = small.clone();
    for n in 0..12 {
        nested = archive::zip(&[(format!("{n}.zip"), nested)], archive::Names::Utf8);
    }
    let many: Vec<(String, Vec<u8>)> = (0..3000)
        .map(|i| (format!("{i}.csv"), b"a,b\r\n".to_vec()))
        .collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("空.xlsx", Vec::new()),
        ("零.xlsx", vec![0; 4096]),
        ("头.xlsx", b"PK\x03\x04".to_vec()),
        (
            "头.xls",
            vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        ),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n0000".to_vec()),
        ("文.xls", b"%PDF-1.7 hello".to_vec()),
        ("弹.xlsx", bomb),
        ("套.zip", nested),
        ("多.zip", archive::zip(&many, archive::Names::Utf8)),
        ("密.xlsx", xls::encrypted_package()),
        ("网.xls", "<table>".repeat(20_000).into_bytes()),
        (
            "格.xls",
            format!(
                "<table><tr><td colspan=99999999 rowspan=99999999>姓名</td></tr>{}</table>",
                "<tr><td>1</td></tr>".repeat(50)
            )
            .into_bytes(),
        ),
        ("引.csv", [b"\"".repeat(100_000), b"\n".to_vec()].concat()),
        ("长.csv", b",".repeat(3_000_000)),
    ];
    for (name, bytes) in cases {
        survives(name, bytes);
    }
}
