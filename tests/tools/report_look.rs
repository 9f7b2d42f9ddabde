//! Writes a made-up report to a folder, so that its look can be judged in a spreadsheet program:
//! `cargo run --release --example report_look -- FOLDER [SCHOOLS] [en]`. Prints what it took.

use chrono::NaiveDate;
use huizong::account::{BoardCell, BoardLine, InputAccount, SheetAccount, Verdict};
use huizong::diagnostic::{self, Diagnostic, Place, Rule};
use huizong::message::Lang;
use huizong::report::{self, Findings};
use huizong::scheme::{ChartKind, ChartSpec, Directory, PageSpec, Scheme, School, templates};
use huizong::statistics::{Column, Figure, Formula, Level, Number, Quantity, Row, Tabulation};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

const TOWNS: [&str; 9] = [
    "县直",
    "城关街道",
    "白云镇",
    "青石镇",
    "石桥镇",
    "龙泉镇",
    "双河乡",
    "马家集乡",
    "凤凰岭民族乡",
];
const NAMES: [&str; 12] = [
    "中心小学",
    "第一小学",
    "初级中学",
    "希望小学",
    "第二小学",
    "九年一贯制学校",
    "红旗小学",
    "东风完全小学",
    "民族中学",
    "实验小学",
    "新华小学",
    "光明村教学点",
];

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let folder = args.get(1).cloned().unwrap_or_else(|| "/tmp/look".into());
    let schools: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(60);
    let lang = match args.get(3).map(String::as_str) {
        Some("en") => Lang::En,
        _ => Lang::Zh,
    };
    let world = World::new(schools);
    let findings = Findings {
        ledgers: huizong::report::Ledgers::default(),
        decisions: &[],
        tabulations: &world.tabulations,
        diagnostics: &world.diagnostics,
        inputs: &world.inputs,
        board: &world.board,
        schools_of_files: &world.files,
        rows_of_schools: &[],
        progress: &[],
        version: "0.1.0",
        lang,
    };
    let start = Instant::now();
    let made = report::compose(&findings, &world.scheme);
    let composed = start.elapsed();
    let main = report::write_book(&made.books[0]).expect("within Excel's limits");
    let first = start.elapsed() - composed;
    let all = report::write(&made).expect("within Excel's limits");
    let rest = start.elapsed() - composed - first;
    println!(
        "compose {composed:?}, summary {first:?} ({} bytes), all {} books {rest:?}, {} locations",
        main.len(),
        all.len(),
        made.locations.len()
    );
    let start = Instant::now();
    let page = report::html(&made.books[0]);
    let drawn = start.elapsed();
    let tables: Vec<(String, String)> = report::csv(&made.books[0]).collect();
    println!(
        "web page {drawn:?} ({} bytes), {} tables {:?}",
        page.len(),
        tables.len(),
        start.elapsed() - drawn
    );
    let stem = made.books[0].path.trim_end_matches(".xlsx");
    let others = tables.into_iter().chain([(format!("{stem}.html"), page)]);
    let others = others.map(|(path, text)| (path, text.into_bytes()));
    for (path, bytes) in all.into_iter().chain(others) {
        let path = std::path::Path::new(&folder).join(path);
        std::fs::create_dir_all(path.parent().expect("has a folder")).expect("writable");
        std::fs::write(path, bytes).expect("writable");
    }
    std::fs::write(
        std::path::Path::new(&folder).join("dump.txt"),
        report::dump::dump(&made),
    )
    .expect("writable");
}

struct World {
    scheme: Scheme,
    tabulations: Vec<Tabulation>,
    diagnostics: Vec<Diagnostic>,
    inputs: Vec<InputAccount>,
    board: Vec<BoardLine>,
    files: Vec<(Arc<str>, String)>,
}

/// A small generator of numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) % below) as i64
    }
}

impl World {
    fn new(n: usize) -> World {
        let schools: Vec<School> = (0..n)
            .map(|i| {
                let town = TOWNS[i * TOWNS.len() / n];
                let round = match i / NAMES.len() {
                    0 => String::new(),
                    r => format!("（{r}）"),
                };
                School {
                    name: format!("{town}{}{round}", NAMES[i % NAMES.len()]),
                    code: format!("{:010}", 2_133_000_000u64 + i as u64),
                    district: town.into(),
                    ..School::default()
                }
            })
            .collect();
        let mut scheme = Scheme {
            id: "rural-uplift".into(),
            title: "农村中小学教师素质提升工程".into(),
            forms: templates::forms(),
            directory: Directory::new(schools.clone()),
            bureau: "清河县教育局".into(),
            document: "清教发〔2024〕18号".into(),
            period: "2025-08".into(),
            cut_off: NaiveDate::from_ymd_opt(2025, 8, 31).expect("a day"),
            ..Scheme::default()
        };
        scheme.pages = pages();
        let mut dice = Dice(7);
        let tabulations = vec![
            hours(&schools, &mut dice),
            degrees(&schools, &mut dice),
            money(&schools, &mut dice),
            people(&schools, &mut dice),
            composition(&schools, &mut dice),
        ];
        let (mut diagnostics, mut inputs, mut board, mut files) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (i, school) in schools.iter().enumerate() {
            let file: Arc<str> = format!("{}/{}.xlsx", school.district, school.name).into();
            let sent = if i % 11 == 3 {
                0
            } else {
                3 - usize::from(i % 7 == 2)
            };
            let forms = ["roster", "training", "study"]
                .iter()
                .enumerate()
                .map(|(f, id)| BoardCell {
                    form: (*id).into(),
                    files: if f < sent {
                        vec![file.clone()]
                    } else {
                        Vec::new()
                    },
                    records: if f < sent {
                        20 + dice.roll(60) as u64
                    } else {
                        0
                    },
                    rejected: if f < sent && dice.roll(5) == 0 { 2 } else { 0 },
                    occasional: false,
                })
                .collect();
            board.push(BoardLine {
                index: Some(i),
                school: school.name.clone(),
                district: school.district.clone(),
                forms,
            });
            if sent == 0 {
                continue;
            }
            files.push((file.clone(), school.name.clone()));
            inputs.push(InputAccount {
                file: file.clone(),
                size: 20_000,
                verdict: if i % 13 == 5 {
                    Verdict::Duplicate
                } else {
                    Verdict::Read
                },
                sheets: vec![SheetAccount {
                    sheet: "教师名册".into(),
                    forms: vec!["roster".into()],
                    rows_seen: 58,
                    kept: 50,
                    rejected: 1,
                    explained: BTreeMap::from([
                        ("title", 1),
                        ("header", 2),
                        ("blank", 3),
                        ("total", 1),
                    ]),
                }],
                ..InputAccount::default()
            });
            if i % 3 == 0 {
                let sheet: Arc<str> = "教师名册".into();
                let place = Place::sheet(&file, &sheet);
                for k in 0..(2 + i % 4) {
                    let rule = Rule::ALL[(i + k * 5) % Rule::ALL.len()];
                    diagnostics.push(
                        Diagnostic::new(rule, place.at(5 + k as u32, Some(3 + k as u32)))
                            .arg("name", "王建国")
                            .arg("value", "339901198503150120"),
                    );
                }
            }
        }
        diagnostic::sort(&mut diagnostics);
        files.sort();
        World {
            scheme,
            tabulations,
            diagnostics,
            inputs,
            board,
            files,
        }
    }
}

fn pages() -> Vec<PageSpec> {
    let page = |sheet: &str, title: &str, measure: &str, unit: &str| PageSpec {
        sheet: sheet.into(),
        title: title.into(),
        measure: measure.into(),
        unit: unit.into(),
        rate_places: 2,
        ..PageSpec::default()
    };
    vec![
        PageSpec {
            notes: vec!["达标指集中培训不少于60学时且校本研修不少于84学时。".into()],
            chart: Some(ChartSpec {
                kind: ChartKind::Column,
                title: "各乡镇培训学时达标率".into(),
                parts: vec!["rate".into()],
                across: false,
                by_subtotal: true,
            }),
            total_first: true,
            ..page(
                "学时完成情况",
                "{bureau}{year}年{scheme}培训学时完成情况汇总表",
                "hours",
                "人、%",
            )
        },
        PageSpec {
            chart: Some(ChartSpec {
                kind: ChartKind::Bar,
                title: "各乡镇小学教师专科以上学历比例".into(),
                parts: vec!["p_rate".into()],
                across: false,
                by_subtotal: true,
            }),
            ..page(
                "学历达标情况",
                "{bureau}{period}农村教师学历提升情况统计表",
                "degrees",
                "人、%",
            )
        },
        page(
            "经费报销",
            "{bureau}{period}教师培训经费报销汇总表",
            "money",
            "元",
        ),
        page(
            "未达标人员",
            "{scheme}培训学时未达标人员名单",
            "people",
            "学时",
        ),
        PageSpec {
            chart: Some(ChartSpec {
                kind: ChartKind::Stacked,
                title: "各乡镇教师学历构成".into(),
                parts: ["e0", "e1", "e2", "e3", "e4"].map(String::from).to_vec(),
                across: false,
                by_subtotal: true,
            }),
            ..page(
                "教师构成",
                "{bureau}{period}教师队伍结构统计表",
                "composition",
                "人",
            )
        },
    ]
}

fn col(part: &str, title: &[&str], quantity: Quantity, formula: Option<Formula>) -> Column {
    Column {
        part: part.into(),
        title: title.iter().map(|s| s.to_string()).collect(),
        additive: formula.is_none() && quantity != Quantity::Text,
        quantity,
        formula,
    }
}

fn heads() -> Quantity {
    Quantity::Count("人".into())
}

/// Leaves by town, subtotals, total; figures that follow are computed from the columns' formulas.
fn table(
    measure: &str,
    title: &str,
    schools: &[School],
    columns: Vec<Column>,
    target: impl Fn(usize) -> Option<Number>,
    mut leaf: impl FnMut(&School) -> Vec<i64>,
) -> Tabulation {
    let mut rows = Vec::new();
    let dims = ["district", "school"];
    let mut all = vec![0i64; columns.len()];
    let mut town = vec![0i64; columns.len()];
    let row = |level, group: Vec<(String, String)>, given: &[i64]| Row {
        level,
        group,
        figures: figures(&columns, given, &target),
    };
    for (i, school) in schools.iter().enumerate() {
        let given = leaf(school);
        for (c, n) in given.iter().enumerate() {
            all[c] += n;
            town[c] += n;
        }
        let d = (dims[0].to_string(), school.district.clone());
        rows.push(row(
            Level::Leaf,
            vec![d.clone(), (dims[1].into(), school.name.clone())],
            &given,
        ));
        if schools
            .get(i + 1)
            .is_none_or(|s| s.district != school.district)
        {
            rows.push(row(Level::Subtotal(1), vec![d], &town));
            town.fill(0);
        }
    }
    rows.push(row(Level::Total, vec![], &all));
    Tabulation {
        measure: measure.into(),
        title: title.into(),
        dimensions: vec![
            ("district".into(), "乡镇".into()),
            ("school".into(), "学校".into()),
        ],
        columns,
        rows,
        footnotes: Vec::new(),
    }
}

fn figures(
    columns: &[Column],
    given: &[i64],
    target: &impl Fn(usize) -> Option<Number>,
) -> Vec<Figure> {
    let mut out: Vec<Figure> = Vec::new();
    let int = |f: &Figure| match f.value {
        Number::Integer(n) | Number::Hundredths(n) => n,
        _ => 0,
    };
    for (c, column) in columns.iter().enumerate() {
        let value = match &column.formula {
            None if column.quantity == Quantity::Money => Number::Hundredths(given[c]),
            None if matches!(column.quantity, Quantity::Decimal(_)) => Number::Hundredths(given[c]),
            None => Number::Integer(given[c]),
            Some(Formula::Ratio(a, b)) => match int(&out[*b]) {
                0 => Number::Missing,
                d => Number::Ratio(int(&out[*a]), d),
            },
            Some(Formula::Difference(a, b)) => match (&out[*a].value, &out[*b].value) {
                (Number::Integer(x), Number::Integer(y)) => Number::Integer(x - y),
                (Number::Hundredths(x), Number::Hundredths(y)) => Number::Hundredths(x - y),
                (Number::Ratio(x, d), Number::Ratio(y, e)) => Number::Ratio(x * e - y * d, d * e),
                _ => Number::Missing,
            },
            Some(Formula::Sum(parts)) => Number::Integer(parts.iter().map(|p| int(&out[*p])).sum()),
        };
        let target = target(c);
        let met = match (&value, &target) {
            (Number::Ratio(n, d), Some(Number::Ratio(a, b))) => Some(n * b >= a * d),
            _ => None,
        };
        out.push(Figure {
            value,
            target,
            met,
            ..Figure::default()
        });
    }
    out
}

fn hours(schools: &[School], dice: &mut Dice) -> Tabulation {
    let columns = vec![
        col("base", &["应培训人数"], heads(), None),
        col("full_time.met", &["集中培训", "达标人数"], heads(), None),
        col(
            "full_time.rate",
            &["集中培训", "达标率"],
            Quantity::Rate,
            Some(Formula::Ratio(1, 0)),
        ),
        col("school.met", &["校本研修", "达标人数"], heads(), None),
        col(
            "school.rate",
            &["校本研修", "达标率"],
            Quantity::Rate,
            Some(Formula::Ratio(3, 0)),
        ),
        col("met", &["全部达标", "人数"], heads(), None),
        col(
            "rate",
            &["全部达标", "达标率"],
            Quantity::Rate,
            Some(Formula::Ratio(5, 0)),
        ),
        col(
            "sum",
            &["培训总学时"],
            Quantity::Decimal("学时".into()),
            None,
        ),
        col(
            "open",
            &["未达标人数"],
            heads(),
            Some(Formula::Difference(0, 5)),
        ),
    ];
    let target = |c: usize| (c == 6).then_some(Number::Ratio(8, 10));
    table(
        "hours",
        "培训学时完成情况",
        schools,
        columns,
        target,
        |_| {
            let base = if dice.roll(20) == 0 {
                0
            } else {
                8 + dice.roll(60)
            };
            let a = base - dice.roll(base as u64 / 5 + 1);
            let b = base - dice.roll(base as u64 / 6 + 1);
            let both = (a.min(b) - dice.roll(3)).max(0);
            vec![base, a, 0, b, 0, both, 0, base * 14450, 0]
        },
    )
}

fn degrees(schools: &[School], dice: &mut Dice) -> Tabulation {
    let mut columns = Vec::new();
    for (i, (id, stage)) in [("p", "小学"), ("m", "初中")].iter().enumerate() {
        let at = i * 5;
        let hit = if i == 0 {
            "专科以上"
        } else {
            "本科以上"
        };
        columns.push(col(
            &format!("{id}_n"),
            &["农村专任教师学历情况", stage, "教师数"],
            heads(),
            None,
        ));
        columns.push(col(
            &format!("{id}_hit"),
            &["农村专任教师学历情况", stage, hit],
            heads(),
            None,
        ));
        columns.push(col(
            &format!("{id}_rate"),
            &["农村专任教师学历情况", stage, "比例"],
            Quantity::Rate,
            Some(Formula::Ratio(at + 1, at)),
        ));
        columns.push(col(
            &format!("{id}_study"),
            &["农村专任教师学历情况", stage, "在读人数"],
            heads(),
            None,
        ));
        columns.push(col(
            &format!("{id}_share"),
            &["农村专任教师学历情况", stage, "在读比例"],
            Quantity::Rate,
            Some(Formula::Ratio(at + 3, at)),
        ));
    }
    columns.push(col(
        "gap",
        &["两段比例之差（百分点）"],
        Quantity::Points,
        Some(Formula::Difference(2, 7)),
    ));
    let target = |c: usize| match c {
        2 => Some(Number::Ratio(6, 10)),
        7 => Some(Number::Ratio(1, 2)),
        _ => None,
    };
    table(
        "degrees",
        "学历达标情况",
        schools,
        columns,
        target,
        |s| {
            let middle = s.name.contains("中学") || s.name.contains("一贯");
            let mut out = Vec::new();
            for on in [!middle || s.name.contains("一贯"), middle] {
                let n = if on { 10 + dice.roll(40) } else { 0 };
                let hit = n - dice.roll(n as u64 / 2 + 1);
                let study = dice.roll((n - hit) as u64 / 2 + 1);
                out.extend([n, hit, 0, study, 0]);
            }
            out.push(0);
            out
        },
    )
}

fn money(schools: &[School], dice: &mut Dice) -> Tabulation {
    let columns = vec![
        col(
            "claims",
            &["报销人次"],
            Quantity::Count("人次".into()),
            None,
        ),
        Column {
            additive: false,
            ..col("persons", &["报销人数"], heads(), None)
        },
        col("claimed", &["申报金额"], Quantity::Money, None),
        col("cut", &["核减金额"], Quantity::Money, None),
        col(
            "paid",
            &["应付金额"],
            Quantity::Money,
            Some(Formula::Difference(2, 3)),
        ),
    ];
    let mut tab = table(
        "money",
        "经费报销",
        schools,
        columns,
        |_| None,
        |_| {
            let n = dice.roll(30);
            let claimed = n * (30_000 + dice.roll(90_000));
            vec![
                n,
                n - dice.roll(n as u64 / 3 + 1),
                claimed,
                if n > 0 { dice.roll(50_000) } else { 0 },
                0,
            ]
        },
    );
    tab.columns[4].additive = true;
    tab.columns[4].formula = Some(Formula::Difference(2, 3));
    tab
}

fn people(schools: &[School], dice: &mut Dice) -> Tabulation {
    let columns = vec![
        col("name", &["姓名"], Quantity::Text, None),
        col("stage", &["学段"], Quantity::Text, None),
        col(
            "full",
            &["集中培训"],
            Quantity::Decimal("学时".into()),
            None,
        ),
        col(
            "based",
            &["校本研修"],
            Quantity::Decimal("学时".into()),
            None,
        ),
        col("lack", &["所缺内容"], Quantity::Text, None),
    ];
    let mut rows = Vec::new();
    for school in schools.iter().step_by(4) {
        for _ in 0..1 + dice.roll(3) {
            let surname = ["王", "李", "张", "欧阳", "买买提·"][dice.roll(5) as usize];
            let given = ["建国", "秀英", "伟", "丽", "艾力"][dice.roll(5) as usize];
            let text = |t: &str| Figure {
                value: Number::Text(t.into()),
                ..Figure::default()
            };
            let (full, based) = (dice.roll(60) * 100, dice.roll(84) * 100 + 50);
            rows.push(Row {
                level: Level::Leaf,
                group: vec![
                    ("district".into(), school.district.clone()),
                    ("school".into(), school.name.clone()),
                ],
                figures: vec![
                    text(&format!("{surname}{given}")),
                    text("小学"),
                    Figure {
                        value: Number::Hundredths(full),
                        target: Some(Number::Integer(60)),
                        met: Some(full >= 6000),
                        ..Figure::default()
                    },
                    Figure {
                        value: Number::Hundredths(based),
                        met: Some(false),
                        ..Figure::default()
                    },
                    text("集中培训缺12学时；校本研修缺20.5学时，请于下学期补足"),
                ],
            });
        }
    }
    Tabulation {
        measure: "people".into(),
        title: "未达标人员".into(),
        dimensions: vec![
            ("district".into(), "乡镇".into()),
            ("school".into(), "学校".into()),
        ],
        columns,
        rows,
        footnotes: Vec::new(),
    }
}

fn composition(schools: &[School], dice: &mut Dice) -> Tabulation {
    let mut columns = vec![col("", &["教职工总数"], heads(), None)];
    let levels = ["研究生", "本科", "专科", "中专", "高中及以下"];
    for (i, level) in levels.iter().enumerate() {
        columns.push(col(
            &format!("e{i}"),
            &["学历", level, "人数"],
            heads(),
            None,
        ));
        columns.push(col(
            &format!("s{i}"),
            &["学历", level, "占比"],
            Quantity::Rate,
            Some(Formula::Ratio(1 + i * 2, 0)),
        ));
    }
    for (i, title) in ["正高级", "高级", "一级", "二级", "三级", "未定级"]
        .iter()
        .enumerate()
    {
        columns.push(col(&format!("t{i}"), &["职称", title], heads(), None));
    }
    table(
        "composition",
        "教师构成",
        schools,
        columns,
        |_| None,
        |_| {
            let parts = [
                dice.roll(3),
                10 + dice.roll(30),
                dice.roll(20),
                dice.roll(5),
                dice.roll(2),
            ];
            let mut out = vec![parts.iter().sum()];
            for p in parts {
                out.extend([p, 0]);
            }
            out.extend([0, 3, 8, 10, 1, 2]);
            out
        },
    )
}
