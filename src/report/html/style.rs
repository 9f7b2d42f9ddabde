//! How a web page looks: the theme of the workbooks as a style sheet. With [`theme`](super::super::theme)
//! the only file that knows a colour; every colour has a sign beside it, so that a copier loses
//! nothing.

use super::super::page::{Align, LineKind, Meaning};
use super::super::theme::{self, margin};
use super::super::words::{Key, Words};

/// The class of a cell.
pub fn meaning(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Met => "m",
        Meaning::BelowTarget => "b",
        Meaning::Note => "n",
        Meaning::Item | Meaning::Figure | Meaning::Missing => "",
    }
}

/// The class of a cell's alignment; most are centred.
pub fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "l",
        Align::Centre => "",
        Align::Right => "r",
    }
}

/// The class of words in the middle of a cell.
pub const WORDS: &str = "x";

/// The class of a line.
pub fn line(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Leaf => "",
        LineKind::Group => "g",
        LineKind::Subtotal => "s",
        LineKind::Total => "t",
        LineKind::Words => "w",
    }
}

/// The whole style sheet. Simple selectors and no variables: mail programs know no more.
pub fn sheet(words: Words) -> String {
    let font = |key: Key| words.get(key).replace(['\'', '"', '<', '\\', ';'], "");
    let (title, head, body, digits) = (
        font(Key::FontTitle),
        font(Key::FontHead),
        font(Key::FontBody),
        font(Key::FontDigits),
    );
    let (size, large, subtitle, letter) = (
        theme::BODY,
        theme::TITLES[1],
        theme::SUBTITLE,
        theme::LETTER,
    );
    let [_, side, top, bottom] = margin::USUAL;
    let margins = format!("{top}mm {side}mm {bottom}mm");
    format!(
        "body{{margin:0 auto;padding:1em;max-width:78em;color:#000;background:#fff;\
font:{size}pt/1.4 '{digits}','{body}',FangSong,STFangsong,'Noto Serif CJK SC',serif}}\n\
h1{{font:{large}pt/1.3 '{title}','{head}',SimHei,STHeiti,'Noto Sans CJK SC',sans-serif;text-align:center;margin:.6em 0 .2em}}\n\
h2{{font:{large}pt/1.3 '{title}',SimSun,STSong,'Noto Serif CJK SC',serif;text-align:center;margin:0 0 .3em}}\n\
.who{{text-align:center;margin:0 0 1em}}\n\
nav{{border:1px solid #808080;padding:.5em 1em}}\n\
nav h2,th,.g th,.s th,.t th{{font-family:'{head}',SimHei,STHeiti,'Noto Sans CJK SC',sans-serif}}\n\
nav h2{{font-size:{subtitle}pt;text-align:left}}nav ol{{margin:.3em 0;padding-left:2.2em}}\n\
nav a{{color:#000}}\n\
section{{margin:2.5em 0 0;padding-top:1.2em;border-top:2px solid #000}}\n\
.sub{{width:100%;border-collapse:collapse;font-size:{subtitle}pt}}.sub td{{padding:2px 4px;text-align:center}}\n\
.sub td.l{{text-align:left}}.sub td.r{{text-align:right}}\n\
.p{{font-size:{letter}pt;margin:.5em 0}}\n\
.chart{{margin:.8em 0;text-align:center}}.chart svg{{width:100%;height:auto}}\n\
.wide{{overflow-x:auto;padding-right:1px}}\n\
.d{{width:100%;border-collapse:collapse;table-layout:fixed}}\n\
.d caption{{caption-side:top;text-align:left;font-size:9pt;color:#404040;padding:2px 0}}\n\
.d th,.d td{{border:1px solid #000;padding:3px 4px;text-align:center;vertical-align:middle;font-weight:normal}}\n\
.d th,.d .l,.d .x{{overflow-wrap:anywhere}}.d .l{{text-align:left}}.d .r{{text-align:right}}.d td.n{{color:#303030}}\n\
.d thead th{{background:#f2f2f2;border-bottom:2px solid #000}}.d tbody th{{font-family:inherit}}\n\
.g th,.g td,.s th,.s td{{background:#f2f2f2}}.t th,.t td{{background:#d9d9d9}}\n\
.s td,.t td{{font-weight:bold}}\n\
.d .m{{background:#e4f2e4}}.d .b{{background:#f8d9d6;font-weight:bold}}\n\
.m i,.b i,.key i{{font-style:normal;padding-right:.15em}}.b i{{color:#9c0006}}.m i{{color:#005c1e}}\n\
.sign{{font-size:{subtitle}pt;margin:1em 0 .4em;white-space:pre-wrap}}\n\
.sign span{{display:inline-block;min-width:10em;margin:.3em 1em .3em 0;border-bottom:1px solid #000}}\n\
.f{{margin:.2em 0}}.close{{font-size:{letter}pt;text-align:right;margin:.4em 2em .4em 0}}\n\
.close.first{{margin-top:2.2em}}\n\
@page{{size:A4 landscape;margin:{margins}}}\n\
@page upright{{size:A4 portrait;margin:{margins}}}\n\
@media print{{*{{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n\
body{{padding:0;max-width:none;font-size:9pt;line-height:1.25}}h1,h2{{font-size:16pt}}nav{{border:0;padding:0}}\n\
.d th,.d td{{padding:2px 3px}}.sub,.sign{{font-size:{size}pt}}.sign{{margin:.5em 0 .2em}}.sign,.f{{page-break-before:avoid;break-before:avoid}}\n\
.wide{{overflow:visible}}.d{{min-width:0!important}}\n\
section{{margin:0;padding:0;border:0;page-break-before:always;break-before:page}}section.u{{page:upright}}\n\
thead{{display:table-header-group}}tr,svg{{page-break-inside:avoid;break-inside:avoid}}h2,.sub{{page-break-after:avoid}}}}"
    )
}

/// Fills and lines of charts: the greys and hatchings of the workbooks' charts, in their order.
pub mod chart {
    /// Lines, borders, words.
    pub const INK: &str = "#000000";
    /// Grid lines.
    pub const GRID: &str = "#d9d9d9";
    const FILLS: [&str; 3] = ["#a6a6a6", "#ffffff", "#404040"];
    /// Hatchings: side of the tile, and what is drawn on it.
    const HATCHED: [(u32, &str); 3] = [
        (8, "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4"),
        (4, "M1,1 h1 v1 h-1 z"),
        (5, "M0,2.5 h5"),
    ];
    const DASHES: [&str; 4] = ["", "8 5", "2 4", "8 4 2 4"];
    /// The dash of the target.
    pub const TARGET: &str = DASHES[1];

    /// The fill of the n-th series; `page` tells the hatchings of one chart from another's.
    pub fn fill(n: usize, page: usize) -> String {
        match FILLS.get(n % 6) {
            Some(fill) => (*fill).to_owned(),
            None => format!("url(#h{page}-{})", n % 6 - FILLS.len()),
        }
    }

    /// The hatchings that the first so many series use.
    pub fn hatchings(series: usize, page: usize) -> String {
        let used = series.saturating_sub(FILLS.len()).min(HATCHED.len());
        if used == 0 {
            return String::new();
        }
        let tiles = HATCHED.iter().take(used).enumerate().map(|(i, (side, path))| {
            format!(
                "<pattern id=\"h{page}-{i}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"{side}\" height=\"{side}\" fill=\"#ffffff\"/><path d=\"{path}\" stroke=\"{INK}\" stroke-width=\"1.3\" fill=\"none\"/></pattern>"
            )
        });
        format!("<defs>{}</defs>", tiles.collect::<String>())
    }

    /// The dashes of the n-th line.
    pub fn dash(n: usize) -> &'static str {
        DASHES[n % DASHES.len()]
    }
}
