//! Cells that are changed, and what must stay.

use super::*;

fn sheet(data: &str) -> String {
    format!(
        r#"<worksheet xmlns="m"><dimension ref="A1"/>{data}<pageMargins left="1"/><legacyDrawing r:id="a"/></worksheet>"#
    )
}

fn after(data: &str, change: impl FnOnce(&mut SheetXml)) -> String {
    let mut xml = SheetXml::read(sheet(data).into_bytes()).unwrap();
    change(&mut xml);
    let text = String::from_utf8(xml.write().unwrap()).unwrap();
    let (head, rest) = text.split_once("<dimension ref=\"A1\"/>").unwrap();
    assert_eq!(head, r#"<worksheet xmlns="m">"#);
    let tail = r#"<pageMargins left="1"/><legacyDrawing r:id="a"/></worksheet>"#;
    rest.strip_suffix(tail).unwrap_or(rest).to_owned()
}

const DATA: &str = r#"<sheetData><row r="2" spans="1:3"><c r="B2" s="4" t="s"><v>0</v></c><c r="D2"><f>1+1</f><v>2</v></c></row><row r="5"/></sheetData>"#;

#[test]
fn a_cell_gets_another_style_and_keeps_its_value() {
    let text = after(DATA, |x| {
        assert_eq!(x.style(1, 1), Some(4));
        x.restyle(1, 1, 9);
        x.restyle(1, 3, 8);
    });
    assert_eq!(
        text,
        DATA.replace(r#"s="4""#, r#"s="9""#)
            .replace(r#"<c r="D2">"#, r#"<c r="D2" s="8">"#)
    );
}

#[test]
fn a_cell_gets_another_value_and_keeps_its_style() {
    let text = after(DATA, |x| {
        x.put(1, 1, Put::Number("12.50".into()));
        x.put(1, 3, Put::Text(" <甲> ".into()));
    });
    assert!(
        text.contains(r#"<c r="B2" s="4"><v>12.50</v></c>"#),
        "{text}"
    );
    let inline = r#"<c r="D2" t="inlineStr"><is><t xml:space="preserve"> &lt;甲&gt; </t></is></c>"#;
    assert!(text.contains(inline), "{text}");
    let text = after(DATA, |x| {
        x.put(1, 1, Put::Formula("SUM(A1:A2)".into(), "3".into()))
    });
    assert!(
        text.contains(r#"<c r="B2" s="4"><f>SUM(A1:A2)</f><v>3</v></c>"#),
        "{text}"
    );
    let text = after(DATA, |x| x.put(1, 1, Put::Blank));
    assert!(text.contains(r#"<c r="B2" s="4"/>"#), "{text}");
}

#[test]
fn cells_and_rows_that_are_not_there_stand_in_their_order() {
    let text = after(DATA, |x| {
        for (row, col) in [(1, 0), (1, 2), (1, 9), (0, 0), (2, 0), (4, 1), (7, 0)] {
            x.put(row, col, Put::Number("1".into()));
        }
    });
    let places: Vec<&str> = text
        .split("r=\"")
        .skip(1)
        .filter_map(|p| p.split('"').next())
        .collect();
    let meant = "1 A1 2 A2 B2 C2 D2 J2 3 A3 5 B5 8 A8";
    assert_eq!(places.join(" "), meant, "{text}");
    let text = after("<sheetData/>", |x| x.put(0, 0, Put::Number("1".into())));
    assert_eq!(
        text,
        r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#
    );
}

#[test]
fn cells_without_places_count_on() {
    let data = "<sheetData><row><c><v>1</v></c><c/></row><row><c/></row></sheetData>";
    let text = after(data, |x| {
        x.restyle(0, 1, 3);
        x.restyle(1, 0, 4);
    });
    assert_eq!(
        text,
        r#"<sheetData><row><c><v>1</v></c><c s="3"/></row><row><c s="4"/></row></sheetData>"#
    );
}

#[test]
fn elements_stand_where_the_schema_wants_them() {
    let text = after(DATA, |x| {
        x.add("conditionalFormatting", "<conditionalFormatting/>".into())
    });
    assert!(
        text.ends_with("</sheetData><conditionalFormatting/>"),
        "{text}"
    );
    let text = after(DATA, |x| x.add("tableParts", "<tableParts/>".into()));
    assert!(
        text.ends_with(r#"<legacyDrawing r:id="a"/><tableParts/></worksheet>"#),
        "{text}"
    );
}

#[test]
fn a_sheet_is_put_before_others_and_what_counts_sheets_moves_on() {
    let book = br#"<workbook><bookViews><workbookView activeTab="1"/></bookViews><sheets><sheet name="a" sheetId="3" r:id="x"/><sheet name="b" sheetId="1" r:id="y"/></sheets><definedNames><definedName name="p" localSheetId="0">a!$A$1</definedName></definedNames></workbook>"#;
    let text = String::from_utf8(with_sheet(book, "c&d", 0, "rId9").unwrap()).unwrap();
    assert!(
        text.contains(r#"name="c&amp;d" sheetId="4" r:id="rId9"/><sheet name="a""#),
        "{text}"
    );
    assert!(
        text.contains(r#"activeTab="2""#) && text.contains(r#"localSheetId="1""#),
        "{text}"
    );
}
