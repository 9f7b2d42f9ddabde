//! One form on a sheet: title, submitter, note, locked header, unlocked rows with formats, lists to
//! choose from, prompts and colours.
//!
//! Nothing stands below the rows: there a school goes on writing. What signs the form is in the
//! footer of every printed page; rows beyond the ruled ones get their lines when they are begun, so
//! that empty paper is not printed.

use super::rules::{self, RowRule};
use super::{Making, Value, day, lists, say};
use crate::diagnostic::Rule;
use crate::grid::column_name;
use crate::message::Lang;
use crate::report::page::{Align, LineKind, Meaning, Show};
use crate::report::theme::{self, Paper, Part, Theme, margin};
use crate::report::width;
use crate::scheme::blank::Layout;
use crate::scheme::{Field, Form, Kind, Scheme, plus_years};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule,
    ExcelDateTime, Format, FormatBorder, Formula, IgnoreError, ProtectionOptions, Workbook,
    Worksheet, XlsxError,
};

/// 0-based row of the labels: below title, submitter and note.
pub const HEADER: u32 = 3;
/// Fewest empty rows with lines around their cells below the records that were filled in; more fill
/// the last sheet of paper.
const RULED: u32 = 5;
/// Height of a row in points.
const ROW: f64 = 19.5;
/// Heights are reckoned for Excel's fonts; another program's are a little larger.
const SPARE: f64 = 0.92;
/// Empty rows that are watched and offer words to choose from.
const READY: u32 = 300;
/// No teacher's dates are earlier.
const EARLIEST: (i32, u32, u32) = (1940, 1, 1);
/// Years ahead that a date may lie where what is to come is asked for.
const AHEAD: i64 = 10;
/// A prompt of Excel's holds so many characters.
const PROMPT: usize = 250;
/// Terms that a prompt names.
const NAMED: usize = 8;
/// Labels up to this width are not broken; wider ones get no more than that.
const SHORT: f64 = 8.0;
const MOST: f64 = 12.0;
/// Fills of cells that are missing and that look wrong.
const MISSING: u32 = 0xFF_F2_CC;
const WRONG: u32 = 0xF8_CB_AD;

/// The rows of a form.
#[derive(Debug)]
pub struct Body<'a> {
    /// The form.
    pub form: &'a Form,
    /// One a column.
    pub fields: Vec<&'a Field>,
    /// The columns as fields of the form.
    layout: &'a Layout,
    rows: &'a [Vec<Value>],
    /// Width of each column in digits.
    widths: Vec<f64>,
    labels: Vec<String>,
}

impl<'a> Body<'a> {
    /// Of a form with records filled in.
    pub fn new(
        layout: &'a Layout,
        rows: &'a [Vec<Value>],
        scheme: &'a Scheme,
        lang: Lang,
    ) -> Body<'a> {
        let form = &scheme.forms[layout.form];
        let fields: Vec<&Field> = layout.fields.iter().map(|f| &form.fields[*f]).collect();
        let labels: Vec<String> = fields.iter().map(|f| label(f, lang)).collect();
        let widths = fields.iter().zip(&labels);
        Body {
            form,
            layout,
            rows,
            widths: widths.map(|(f, label)| wide(f, label, scheme)).collect(),
            fields,
            labels,
        }
    }

    /// First row after those with lines around their cells.
    fn ruled(&self) -> u32 {
        let padding = theme::COLUMN_PADDING / theme::PIXELS_PER_DIGIT;
        let total: f64 = self.widths.iter().map(|w| w + padding).sum();
        let scale = (Paper::LYING.printable() / total).min(1.0);
        let head = heights().iter().sum::<f64>();
        let a_page = (Paper::LYING.printable_height() / scale * SPARE - head) / ROW;
        let a_page = (a_page.floor() as u32).max(RULED);
        let rows = self.rows.len() as u32 + RULED;
        HEADER + 1 + rows.div_ceil(a_page) * a_page
    }

    /// The column of a field.
    pub fn column(&self, id: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.id == id)
    }

    /// 1-based first and last row.
    fn ends(&self) -> (u32, u32) {
        (HEADER + 2, HEADER + 1 + self.rows.len() as u32 + READY)
    }

    /// The first row's cell of a column.
    pub fn cell(&self, column: usize) -> String {
        format!("${}{}", column_name(column as u32), self.ends().0)
    }

    /// All cells of a column.
    pub fn range(&self, column: usize) -> String {
        let (name, (first, last)) = (column_name(column as u32), self.ends());
        format!("${name}${first}:${name}${last}")
    }

    /// Whether the first row holds anything but its number.
    pub fn started(&self) -> String {
        self.started_at(self.ends().0)
    }

    /// The same of the row of that number, from 1.
    fn started_at(&self, row: u32) -> String {
        let from = column_name(self.stub() as u32);
        let to = column_name(self.fields.len() as u32 - 1);
        format!("COUNTA(${from}{row}:${to}{row})>0")
    }

    /// The number of a row, once it is begun, with its result.
    fn number(&self, row: u32, result: &str) -> Formula {
        let begun = self.started_at(row + 1);
        Formula::new(format!("=IF({begun},ROW()-{},\"\")", HEADER + 1)).set_result(result)
    }

    /// First column that is filled in by hand.
    fn stub(&self) -> usize {
        usize::from(self.fields[0].kind == Kind::Serial)
    }
}

/// Writes the sheet; gives field and label of each column.
pub fn write(
    book: &mut Workbook,
    name: &str,
    body: &Body<'_>,
    making: &Making<'_>,
    theme: &mut Theme,
) -> Result<Vec<(String, String)>, XlsxError> {
    let (scheme, lang) = (making.scheme, making.lang);
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    columns(sheet, body, theme)?;
    top(sheet, body, making, theme)?;
    let head = theme.format(Part::Head, false).as_ref().clone();
    for (col, label) in (0u16..).zip(&body.labels) {
        sheet.write_string_with_format(HEADER, col, label, &head)?;
    }
    rows(sheet, body, theme)?;
    validations(sheet, body, scheme, lang)?;
    colours(sheet, body, &rules::of(body, scheme, lang))?;
    set_up(sheet, body, theme, lang)?;
    let ids = body.fields.iter().map(|f| f.id.clone());
    Ok(ids.zip(body.labels.iter().cloned()).collect())
}

/// What heads a column: a star where it must be filled in, a hint where its form matters.
pub fn label(field: &Field, lang: Lang) -> String {
    let title = match field.required {
        true => say(
            lang,
            "form.required-mark",
            &[("title", field.title.clone())],
        ),
        false => field.title.clone(),
    };
    let hint = match field.kind {
        Kind::IdNumber => "form.hint.id",
        Kind::Date => "form.hint.date",
        Kind::Money => "form.hint.money",
        Kind::Integer if field.plain => "form.hint.year",
        _ => return title,
    };
    let hint = say(lang, hint, &[]);
    say(lang, "form.label", &[("title", title), ("hint", hint)])
}

/// The look of a column's cells below the header: what is text stays text however it is typed.
fn look(field: &Field, theme: &mut Theme) -> Format {
    let (show, align, number) = match field.kind {
        // Nothing is shown of a row that is not begun.
        Kind::Serial => (Show::Serial, Align::Centre, "0;;;"),
        Kind::Date => (Show::Plain, Align::Centre, "yyyy-mm-dd"),
        Kind::Integer => (Show::Plain, Align::Centre, "0"),
        Kind::Decimal => (Show::Plain, Align::Right, "General"),
        Kind::Money => (Show::Money, Align::Right, "#,##0.00"),
        Kind::IdNumber | Kind::Phone | Kind::Label => (Show::Plain, Align::Centre, "@"),
        Kind::Name | Kind::Vocabulary(_) | Kind::Boolean => (Show::Words, Align::Centre, "@"),
        _ => (Show::Words, Align::Left, "@"),
    };
    let part = Part::Body {
        line: LineKind::Leaf,
        meaning: Meaning::Item,
        show,
        align,
    };
    let format = theme.format(part, false).as_ref().clone();
    format.set_num_format(number).set_unlocked()
}

/// Width of a column in digits.
fn wide(field: &Field, label: &str, scheme: &Scheme) -> f64 {
    let digits = match &field.kind {
        Kind::Serial => 4.0,
        Kind::IdNumber => 20.0,
        Kind::Name => 10.0,
        Kind::Date => 11.5,
        Kind::Phone => 12.5,
        Kind::Label => 15.0,
        Kind::Money => 11.5,
        Kind::Vocabulary(id) => {
            let terms = scheme.vocabulary(id).into_iter().flat_map(|v| &v.terms);
            let widths = terms.map(|t| width::text(&t.name, theme::BODY) + theme::INDENT);
            widths.fold(6.0, f64::max).min(13.0)
        }
        Kind::Text => 14.0,
        _ => 7.0,
    };
    let head = width::text(label, theme::BODY);
    // A label without a hint may be broken in two, if it is no short word.
    let head = match label.contains('\n') || head <= SHORT {
        true => head,
        false => head / 2.0,
    };
    digits.max(head.min(MOST) + 1.0)
}

/// Heights of title, submitter, note and labels in points.
fn heights() -> [f64; HEADER as usize + 1] {
    [
        theme::line_height(f64::from(theme::TITLES[2])) + 8.0,
        theme::line_height(theme::SUBTITLE) + 4.0,
        theme::line_height(theme::NOTE) + 6.0,
        theme::line_height(theme::BODY) * 2.0 + 8.0,
    ]
}

fn columns(sheet: &mut Worksheet, body: &Body<'_>, theme: &mut Theme) -> Result<(), XlsxError> {
    sheet.set_default_row_height(ROW);
    for (row, height) in (0u32..).zip(heights()) {
        sheet.set_row_height(row, height)?;
    }
    for ((col, field), width) in (0u16..).zip(&body.fields).zip(&body.widths) {
        sheet.set_column_width(col, *width)?;
        // Below the ruled rows too, so that pasted numbers stay whole; lines only come with records.
        let plain = look(field, theme).set_border(FormatBorder::None);
        sheet.set_column_format(col, &plain)?;
    }
    Ok(())
}

fn top(
    sheet: &mut Worksheet,
    body: &Body<'_>,
    making: &Making<'_>,
    theme: &mut Theme,
) -> Result<(), XlsxError> {
    let Making {
        scheme,
        school,
        guide,
        lang,
    } = *making;
    let last = body.fields.len().saturating_sub(1).max(1) as u16;
    let title = Part::Title(theme::TITLES[2]);
    let format = theme.format(title, false);
    sheet.merge_range(0, 0, 0, last, &heading(body.form, scheme, lang), &format)?;
    let half = last / 2;
    let texts = [
        (
            0,
            half,
            Align::Left,
            say(lang, "form.submitter", &[("school", school.to_owned())]),
        ),
        (half + 1, last, Align::Right, say(lang, "form.date", &[])),
    ];
    for (from, to, align, text) in texts {
        let mut format = theme.format(Part::Subtitle(align), false).as_ref().clone();
        if align == Align::Right {
            // The day is the school's to fill in.
            format = format.set_unlocked();
        }
        match from == to {
            true => sheet.write_string_with_format(1, from, &text, &format)?,
            false => sheet.merge_range(1, from, 1, to, &text, &format)?,
        };
    }
    let note = say(
        lang,
        "form.note",
        &[
            ("cut_off", day(scheme.cut_off, lang)),
            ("guide", guide.to_owned()),
        ],
    );
    let format = theme.format(Part::Footnote, false);
    sheet.merge_range(2, 0, 2, last, &note, &format)?;
    Ok(())
}

/// The title over the form.
pub fn heading(form: &Form, scheme: &Scheme, lang: Lang) -> String {
    let ends = |t: &String| form.title.ends_with(t.as_str());
    let form = match scheme.words.title.iter().any(ends) {
        true => form.title.clone(),
        false => say(lang, "form.title-table", &[("form", form.title.clone())]),
    };
    let (year, month) = scheme
        .period
        .split_once('-')
        .unwrap_or((&scheme.period, ""));
    let args = [
        ("year", year.to_owned()),
        ("month", month.trim_start_matches('0').to_owned()),
        ("form", form),
    ];
    say(lang, "form.title", &args)
}

fn rows(sheet: &mut Worksheet, body: &Body<'_>, theme: &mut Theme) -> Result<(), XlsxError> {
    let looks: Vec<Format> = body.fields.iter().map(|f| look(f, theme)).collect();
    for (at, record) in (0u32..).zip(body.rows) {
        let row = HEADER + 1 + at;
        for (col, (field, look)) in (0u16..).zip(body.layout.fields.iter().zip(&looks)) {
            if body.fields[usize::from(col)].kind == Kind::Serial {
                let number = body.number(row, &(at + 1).to_string());
                sheet.write_formula_with_format(row, col, number, look)?;
                continue;
            }
            match record.get(*field).unwrap_or(&Value::Blank) {
                Value::Blank => sheet.write_blank(row, col, look)?,
                Value::Text(text) => sheet.write_string_with_format(row, col, text, look)?,
                Value::Number(number) => sheet.write_number_with_format(row, col, *number, look)?,
                Value::Day(day) => {
                    sheet.write_datetime_with_format(row, col, excel(*day)?, look)?
                }
            };
        }
    }
    let first = HEADER + 1 + body.rows.len() as u32;
    for row in first..body.ruled() {
        for (col, (field, look)) in (0u16..).zip(body.fields.iter().zip(&looks)) {
            match field.kind {
                Kind::Serial => {
                    sheet.write_formula_with_format(row, col, body.number(row, ""), look)?
                }
                _ => sheet.write_blank(row, col, look)?,
            };
        }
    }
    Ok(())
}

fn excel(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = day.year().clamp(1900, 9999) as u16;
    ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)
}

/// First and last day that a column takes.
pub fn days(form: &Form, field: &Field, scheme: &Scheme) -> (NaiveDate, NaiveDate) {
    let (y, m, d) = EARLIEST;
    let until = match field.future {
        true => plus_years(scheme.cut_off, AHEAD),
        false => scheme.cut_off,
    };
    let usual = (NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default(), until);
    rules::births(form, field, scheme.cut_off).unwrap_or(usual)
}

/// How a column is filled in, in a sentence.
pub fn how(form: &Form, field: &Field, scheme: &Scheme, lang: Lang) -> String {
    let say = |key: &str, args: &[(&str, String)]| say(lang, key, args);
    let comma = say("form.terms-comma", &[]);
    match &field.kind {
        Kind::Name => say("form.how.name", &[]),
        Kind::IdNumber => say("form.how.id", &[]),
        Kind::Phone => say("form.how.phone", &[]),
        Kind::Label => say("form.how.label", &[]),
        Kind::Date => {
            let (from, to) = days(form, field, scheme);
            let example = NaiveDate::from_ymd_opt(2018, 9, 1).unwrap_or_default();
            let args = [("example", example), ("from", from), ("to", to)];
            let args = args.map(|(name, day)| (name, day.to_string()));
            say("form.how.date", &args)
        }
        Kind::Integer if field.plain => say(
            "form.how.year",
            &[("example", scheme.cut_off.year().to_string())],
        ),
        Kind::Integer => say("form.how.integer", &[]),
        Kind::Decimal => say("form.how.decimal", &[]),
        Kind::Money => say("form.how.money", &[]),
        Kind::Boolean => {
            let terms = choices(scheme).join(&comma);
            say("form.how.choices", &[("terms", terms)])
        }
        Kind::Vocabulary(id) => {
            let terms = scheme.vocabulary(id).map_or(&[][..], |v| &v.terms);
            let few: Vec<&str> = terms.iter().take(NAMED).map(|t| t.name.as_str()).collect();
            let named = ("terms", few.join(&comma));
            match terms.len() > NAMED {
                true => say(
                    "form.how.many-choices",
                    &[named, ("count", terms.len().to_string())],
                ),
                false => say("form.how.choices", &[named]),
            }
        }
        _ => say("form.how.text", &[]),
    }
}

/// Yes and no.
fn choices(scheme: &Scheme) -> Vec<String> {
    let words = [&scheme.words.yes, &scheme.words.no];
    words.iter().filter_map(|w| w.first().cloned()).collect()
}

fn validations(
    sheet: &mut Worksheet,
    body: &Body<'_>,
    scheme: &Scheme,
    lang: Lang,
) -> Result<(), XlsxError> {
    let (first, last) = body.ends();
    for (column, field) in body.fields.iter().enumerate() {
        if field.kind == Kind::Serial {
            continue;
        }
        let here = body.cell(column);
        let plain = DataValidation::new();
        // What may well be right though it looks wrong can be kept.
        let (rule, strict) = match &field.kind {
            Kind::IdNumber => (
                plain.allow_custom(Formula::new(format!("=LEN({here})=18"))),
                false,
            ),
            Kind::Phone => {
                let digits = format!("=AND(LEN({here})>=7,LEN({here})<=20)");
                (plain.allow_custom(Formula::new(digits)), false)
            }
            Kind::Date => {
                let (from, to) = days(body.form, field, scheme);
                let between = DataValidationRule::Between(excel(from)?, excel(to)?);
                (plain.allow_date(between), true)
            }
            Kind::Integer if field.plain => {
                let year = scheme.cut_off.year();
                (
                    plain.allow_whole_number(DataValidationRule::Between(year - 50, year + 10)),
                    true,
                )
            }
            Kind::Integer => (
                plain.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)),
                true,
            ),
            Kind::Decimal | Kind::Money => (
                plain.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
                true,
            ),
            Kind::Boolean => (plain.allow_list_strings(&choices(scheme))?, true),
            Kind::Vocabulary(id) => {
                let list = Formula::new(format!("={}", lists::name(id)));
                (plain.allow_list_formula(list), false)
            }
            _ => (plain.allow_any_value(), false),
        };
        let mut how = how(body.form, field, scheme, lang);
        if let Some((cut, _)) = how.char_indices().nth(PROMPT) {
            how.truncate(cut);
        }
        let (style, title) = match strict {
            true => (DataValidationErrorStyle::Stop, "form.refused"),
            false => (DataValidationErrorStyle::Warning, "form.doubtful"),
        };
        let title_of_prompt: String = field.title.chars().take(30).collect();
        let rule = rule
            .set_input_title(title_of_prompt)?
            .set_input_message(&how)?
            .set_error_title(say(lang, title, &[]))?
            .set_error_message(&how)?
            .set_error_style(style);
        let col = column as u16;
        sheet.add_data_validation(first - 1, col, last - 1, col, &rule)?;
    }
    Ok(())
}

fn colours(sheet: &mut Worksheet, body: &Body<'_>, rules: &[RowRule]) -> Result<(), XlsxError> {
    let (first, last) = body.ends();
    for rule in rules {
        let fill = match rule.rule {
            Rule::RequiredMissing => MISSING,
            _ => WRONG,
        };
        let format = ConditionalFormatFormula::new()
            .set_rule(Formula::new(format!("={}", rule.formula)))
            .set_format(Format::new().set_background_color(fill));
        let col = rule.column as u16;
        sheet.add_conditional_format(first - 1, col, last - 1, col, &format)?;
    }
    let ruled = body.ruled();
    let begun = Formula::new(format!("={}", body.started_at(ruled + 1)));
    let lined = ConditionalFormatFormula::new()
        .set_rule(begun)
        .set_format(Format::new().set_border(FormatBorder::Thin));
    let right = body.fields.len().saturating_sub(1) as u16;
    sheet.add_conditional_format(ruled, 0, last - 1, right, &lined)?;
    Ok(())
}

fn set_up(
    sheet: &mut Worksheet,
    body: &Body<'_>,
    theme: &Theme,
    lang: Lang,
) -> Result<(), XlsxError> {
    let (first, last) = body.ends();
    for (col, field) in (0u16..).zip(&body.fields) {
        // Digits are text here on purpose: no warning marks.
        if matches!(field.kind, Kind::IdNumber | Kind::Phone | Kind::Label) {
            let what = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(first - 1, col, last - 1, col, what)?;
        }
    }
    sheet.protect_with_options(&ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_rows: true,
        delete_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    });
    sheet.set_freeze_panes(HEADER + 1, 2)?;
    sheet.set_repeat_rows(0, HEADER)?;
    sheet.set_paper_size(Paper::LYING.number()).set_landscape();
    let [left, right, top, bottom] = Paper::LYING.inches();
    sheet.set_margins(
        left,
        right,
        top,
        bottom,
        margin::EDGE * margin::INCH,
        margin::EDGE * margin::INCH,
    );
    sheet.set_print_center_horizontally(true);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_screen_gridlines(false);
    let font = theme.footer_font();
    sheet.set_footer(format!(
        "&L&\"{font},Regular\"&10{}&R&\"{font},Regular\"&9{}",
        say(lang, "form.signature", &[]),
        say(lang, "form.page", &[])
    ));
    Ok(())
}
