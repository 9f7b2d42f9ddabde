//! What scheme files may say, and how their mistakes are answered.

use super::*;
use crate::diagnostic::{Rule, Severity};
use crate::message::Lang;
use crate::scheme::measure::{Condition, Literal, MeasureKind, Operand, Span, Test};

const HEAD: &str = r#"
id = "t"
title = "试"
forms = ["roster", "training"]
cycle = { start = 2024-09-01, years = 3 }
"#;

fn problems(body: &str) -> Vec<String> {
    match scheme(&format!("{HEAD}{body}"), "t.toml", &Templates::builtin()) {
        Ok(_) => Vec::new(),
        Err(all) => all.iter().map(|p| p.text(Lang::En)).collect(),
    }
}

fn loaded(body: &str) -> Scheme {
    scheme(&format!("{HEAD}{body}"), "t.toml", &Templates::builtin()).unwrap_or_else(|e| {
        panic!(
            "{}",
            e.iter()
                .map(|p| p.text(Lang::En))
                .collect::<Vec<_>>()
                .join("\n")
        )
    })
}

#[test]
fn every_embedded_scheme_loads_and_every_measure_has_a_page() {
    for (id, _) in BUILTIN {
        let s = load_builtin(id).unwrap_or_else(|e| {
            panic!(
                "{}",
                e.iter()
                    .map(|p| p.text(Lang::En))
                    .collect::<Vec<_>>()
                    .join("\n")
            )
        });
        assert_eq!(s.id, *id);
        for m in &s.measures {
            assert!(s.pages.iter().any(|p| p.measure == m.id), "{id}: {}", m.id);
        }
    }
    assert!(
        load_builtin("rural-uplft").unwrap_err()[0]
            .text(Lang::En)
            .contains("rural-uplift")
    );
}

#[test]
fn a_misspelt_field_is_refused_with_its_line_and_the_right_name() {
    let found = problems(
        "\n[[measure]]\nid = \"a\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\n\
         hit = { educaton.at_least = \"专科\" }\nby = []\n",
    );
    assert_eq!(
        found,
        ["t.toml:12:9: form \"roster\" has no field \"educaton\". Did you mean \"education\"?"]
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_their_lines() {
    let found = problems(
        r#"
colour = "red"
[severity]
"date-futur" = "warning"
"date-order" = "warn"
[[measure]]
id = "a"
kind = "composition"
title = "x"
form = "rooster"
by = []
[[measure]]
id = "b"
kind = "rate"
title = "x"
form = "roster"
where = { stage = ["小学", "初申"], age.at_leest = 3, gender.at_least = "男" }
hit = { title.at_least = "$level" }
by = ["distric"]
bye = []
[[measure]]
id = "b"
kind = "rates"
title = "x"
[[page]]
sheet = "s"
title = "{burau}"
measure = "c"
"#,
    );
    let lines: Vec<&str> = found
        .iter()
        .map(|p| p.split(": ").next().unwrap())
        .collect();
    assert!(lines.is_sorted_by_key(|l| l.split(':').nth(1).unwrap().parse::<u32>().unwrap()));
    for expected in [
        "unknown key \"colour\"",
        "there is no rule \"date-futur\". Did you mean \"date-future\"?",
        "\"warn\" is not possible here. Did you mean \"warning\"?",
        "there is no form \"rooster\". Did you mean \"roster\"?",
        "no term \"初申\". Did you mean \"初中\"?",
        "unknown test \"at_leest\". Did you mean \"at_least\"?",
        "vocabulary \"gender\" has no order",
        "[params] has no \"level\"",
        "has no field \"distric\". Did you mean \"district\"?",
        "unknown key \"bye\". Did you mean \"by\"?",
        "\"b\" stands here twice",
        "\"rates\" is not possible here. Did you mean \"rate\"?",
        "titles cannot be filled with \"burau\". Did you mean \"bureau\"?",
        "there is no measure \"c\"",
    ] {
        assert!(
            found.iter().any(|p| p.contains(expected)),
            "{expected} not in {found:#?}"
        );
    }
}

#[test]
fn broken_toml_is_a_problem_with_its_line_too() {
    let found = problems("\n[[measure]\nid = 3\n");
    assert!(
        found.iter().any(|p| p.starts_with("t.toml:7:")),
        "{found:?}"
    );
}

#[test]
fn conditions_become_indices_and_exact_numbers() {
    let s = loaded(
        r#"
[params]
hours = 60.5
years = { value = 5, title = "教龄" }
[condition.rural]
area = ["镇区", "乡村"]
[[measure]]
id = "a"
kind = "rate"
title = "x"
form = "training"
within = "cycle"
where = { hours.at_least = "$hours", roster.stage = ["小学"], not = { condition = "rural" }, end_date.below = 2025-01-01 }
hit = { result.not = ["不合格"], teaching_years.above = "$years" }
target = 0.85
by = ["district", "school", "roster.stage"]
"#,
    );
    let MeasureKind::Rate(rate) = &s.measures[0].kind else {
        panic!()
    };
    let training = &s.forms[s.form("training").unwrap()];
    let roster = &s.forms[s.form("roster").unwrap()];
    let f = |id| training.field(id).unwrap();
    let Condition::All(all) = &rate.population.filter else {
        panic!()
    };
    assert!(all.contains(&Condition::Test(
        Operand::Field(f("hours")),
        Test::AtLeast(6050)
    )));
    let stage = Operand::Roster(roster.field("stage").unwrap());
    assert!(all.contains(&Condition::Test(stage, Test::In(vec![Literal::Number(1)]))));
    assert!(all.contains(&Condition::Test(
        Operand::Field(f("end_date")),
        Test::Below(20089)
    )));
    assert!(all.iter().any(
        |c| matches!(c, Condition::Not(n) if matches!(**n, Condition::Test(Operand::Area, _)))
    ));
    assert_eq!(rate.population.window.span, Span::Cycle);
    assert_eq!(rate.population.window.on, Some(f("end_date")));
    assert_eq!((rate.targets[0].value.n, rate.targets[0].value.d), (17, 20));
    assert_eq!(s.measures[0].by[2].id, "roster.stage");
    assert_eq!(s.params[0].value, "60.5");
}

#[test]
fn named_conditions_may_not_turn_in_circles() {
    let found = problems(
        "[condition.a]\ncondition = \"b\"\n[condition.b]\ncondition = \"a\"\n[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\nhit = { condition = \"a\" }\nby = []\n",
    );
    assert!(
        found.iter().any(|p| p.contains("refers to itself")),
        "{found:?}"
    );
}

#[test]
fn thresholds_of_checks_and_severities_can_be_set() {
    let s = loaded("[severity]\ndate-future = \"note\"\n[checks.age-implausible]\nmax = 70\n");
    assert_eq!(s.severities[&Rule::DateFuture], Severity::Note);
    let check = s.forms[s.form("roster").unwrap()]
        .checks
        .iter()
        .find(|c| c.rule == Rule::AgeImplausible)
        .unwrap();
    assert_eq!((check.params["min"], check.params["max"]), (18.0, 70.0));
    let found = problems("[checks.age-implausible]\nmaximum = 70\n");
    assert!(found[0].contains("Did you mean \"max\"?"), "{found:?}");
}

#[test]
fn a_rule_is_set_in_one_place_and_by_a_version() {
    let text = "[rules.age-implausible]\nseverity = \"error\"\nmax = 63\n[rules.column-unknown]\noff = true\n[[version]]\nfrom = 2026-01-01\nset = { \"rules.age-implausible.max\" = 64, \"rules.column-unknown.off\" = false }\n";
    let mut s = loaded(text);
    let max = |s: &Scheme| {
        let roster = &s.forms[s.form("roster").unwrap()];
        let mut checks = roster.checks.iter();
        checks
            .find(|c| c.rule == Rule::AgeImplausible)
            .unwrap()
            .params["max"]
    };
    assert_eq!(s.severities[&Rule::AgeImplausible], Severity::Error);
    assert!(s.off.contains(&Rule::ColumnUnknown));
    s.set_period("2026-02", "2026-02-28".parse().unwrap());
    assert_eq!((max(&s), s.off.len()), (64.0, 0));
    s.set_period("2025-12", "2025-12-31".parse().unwrap());
    assert_eq!((max(&s), s.off.len()), (63.0, 1));

    for (text, meant) in [
        (
            "[rules.age-implausibl]\noff = true\n",
            "\"age-implausible\"",
        ),
        ("[rules.age-implausible]\nof = true\n", "\"off\""),
        ("[rules.age-implausible]\nmaxi = 3\n", "\"max\""),
        (
            "[rules.age-implausible]\nseverity = \"eror\"\n",
            "\"error\"",
        ),
        ("[rules.age-implausible]\noff = \"yes\"\n", "true or false"),
        (
            "[rules.file-unreadable]\noff = true\n",
            "cannot be switched off",
        ),
    ] {
        let found = problems(text);
        assert!(found.len() == 1 && found[0].contains(meant), "{found:?}");
        assert!(found[0].starts_with("t.toml:"), "a place: {found:?}");
    }
}

#[test]
fn a_folder_may_bring_forms_and_vocabularies_of_its_own() {
    let mut files = BTreeMap::new();
    files.insert("scheme.toml".to_owned(), "id = \"x\"\ntitle = \"x\"\nforms = [\"visits\"]\n[[measure]]\nid = \"m\"\nkind = \"composition\"\ntitle = \"x\"\nform = \"visits\"\ncolumns = [\"mood\"]\nby = [\"school\"]\n".to_owned());
    files.insert(
        "vocabulary/mood.toml".to_owned(),
        "id = \"mood\"\n[[term]]\nname = \"好\"\n".to_owned(),
    );
    files.insert("forms/visits.toml".to_owned(), "id = \"visits\"\ntitle = \"走访\"\ntitles = []\n[[field]]\nid = \"mood\"\ntitle = \"情绪\"\nkind = \"vocabulary\"\nvocabulary = \"mood\"\n".to_owned());
    let s = from_files(&files).unwrap();
    assert!(s.wanted[s.form("visits").unwrap()] && !s.wanted[s.form("roster").unwrap()]);
    assert!(s.forms[s.form("visits").unwrap()].field("school").is_some());
    files.remove("vocabulary/mood.toml");
    let found = from_files(&files).unwrap_err();
    assert!(found[0].to_string().contains("mood"), "{found:?}");
    files.remove("scheme.toml");
    assert!(
        from_files(&files).unwrap_err()[0]
            .to_string()
            .contains("scheme.toml")
    );
}

#[test]
fn a_form_on_demand_is_known_only_to_schemes_that_collect_it() {
    let mut templates = Templates::builtin();
    let common = crate::scheme::templates::common();
    let text = "id = \"visits\"\ntitle = \"走访\"\n[[field]]\nid = \"lessons\"\ntitle = \"节数\"\nkind = \"integer\"\n";
    templates
        .on_demand
        .push(form::parse_form(text, &common).unwrap());
    let with = |forms: &str| {
        let text = format!("id = \"x\"\ntitle = \"x\"\nforms = [{forms}]\n");
        scheme(&text, "t.toml", &templates)
    };
    let s = with("\"visits\", \"roster\", \"visits\"").unwrap();
    assert_eq!(s.forms.iter().filter(|f| f.id == "visits").count(), 1);
    assert!(s.wanted[s.form("visits").unwrap()] && s.wanted[s.form("roster").unwrap()]);
    assert_eq!(s.wanted.len(), s.forms.len());
    assert!(with("\"roster\"").unwrap().form("visits").is_none());
    let wrong = with("\"visit\"").unwrap_err();
    assert_eq!(wrong[0].suggestion.as_deref(), Some("visits"));
}

/// Warnings of a scheme that loads, as `line: text`.
fn warnings(body: &str) -> Vec<String> {
    let checked = read_all(
        &format!("{HEAD}{body}"),
        "t.toml",
        &Templates::builtin(),
        false,
    );
    assert_eq!(checked.errors, []);
    let texts = checked.warnings.iter();
    texts
        .map(|p| format!("{}: {}", p.line, p.message(Lang::En)))
        .collect()
}

fn page_of(measure: &str) -> String {
    format!("[[page]]\nsheet = \"{measure}\"\ntitle = \"x\"\nmeasure = \"{measure}\"\n")
}

fn rate(more: &str) -> String {
    format!(
        "[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"甲\"\nform = \"roster\"\n{more}\n{}",
        page_of("m")
    )
}

#[test]
fn embedded_schemes_and_the_beginning_have_no_warnings() {
    for (id, _) in BUILTIN {
        let mut found = Source::builtin(id).unwrap().check().warnings;
        // Years that do not add up may be the document's own, and are then to be said.
        found.retain(|p| p.key != "scheme.years-not-quota");
        assert_eq!(found, [], "{id}");
    }
    let text = include_str!("../../../templates/workspace/scheme.toml");
    let text = text.replace("{id}", "\"x\"");
    let checked = read_all(&text, "t.toml", &Templates::builtin(), false);
    assert_eq!(checked.errors, []);
    assert_eq!(checked.warnings, []);
}

#[test]
fn thresholds_that_nobody_can_meet_are_doubtful() {
    let never = "no record can meet this";
    for (hit, expected) in [
        ("hit = { age = { at_least = 40, below = 40 } }", never),
        (
            "hit = { age.at_least = 40, any = [{ age.below = 30 }, { age.at_most = 35 }] }",
            never,
        ),
        ("hit = { education.above = \"博士研究生\" }", never),
        (
            "hit = { education.at_least = \"本科\", not = { education = [\"本科\", \"硕士研究生\", \"博士研究生\"] } }",
            never,
        ),
        (
            "hit = { phone.present = false, phone.contains = [\"1\"] }",
            never,
        ),
        (
            "hit = { gender.not = [\"男\", \"女\"], gender.present = true }",
            never,
        ),
        (
            "where = { stage = [\"小学\"] }\nhit = { stage = [\"初中\"] }",
            "exclude each other",
        ),
    ] {
        let found = warnings(&rate(&format!("{hit}\nby = []")));
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{hit}: {found:?}"
        );
    }
    for possible in [
        "hit = { age = { at_least = 40, below = 41 } }",
        "hit = { age.at_least = 40, any = [{ age.below = 30 }, { gender = [\"男\"] }] }",
        "hit = { gender.not = [\"男\", \"女\"] }",
        "hit = { education.at_least = \"博士研究生\" }",
        "where = { stage = [\"小学\"] }\nhit = { stage.not = [\"初中\"] }",
    ] {
        assert_eq!(
            warnings(&rate(&format!("{possible}\nby = []"))),
            Vec::<String>::new()
        );
    }
}

#[test]
fn names_that_nothing_uses_are_doubtful() {
    let found = warnings(&format!(
        "[params]\nold = 3\n[condition.spare]\nstage = [\"小学\"]\n[[measure]]\nid = \"m\"\nkind = \"composition\"\ntitle = \"x\"\nform = \"roster\"\nby = []\n{}",
        "[[measure]]\nid = \"n\"\nkind = \"persons\"\ntitle = \"x\"\nform = \"training\"\nby = []\n",
    ));
    assert_eq!(
        found,
        [
            "7: nothing uses the parameter \"old\"; changing it has no effect.",
            "8: condition \"spare\" is never used.",
            "11: no page shows the measure \"m\".",
            "17: no page shows the measure \"n\".",
        ]
    );
}

#[test]
fn groups_without_a_target_are_named() {
    let with = |targets: &str| {
        warnings(&rate(&format!(
            "where = {{ stage = [\"小学\", \"初中\", \"高中\"] }}\nhit = {{ education.at_least = \"本科\" }}\ntargets = [{targets}]\nby = [\"stage\"]"
        )))
    };
    let found = with("{ group = { stage = \"小学\" }, target = 0.5 }");
    assert_eq!(found, ["13: these groups have no target: 初中 高中."]);
    assert!(with("{ group = { stage = \"小学\" }, target = 0.5 }, { target = 0.7 }").is_empty());
    let found = with("{ group = { stage = \"小学学段\" }, target = 0.5 }");
    assert!(found[0].contains("Did you mean \"小学\"?"), "{found:?}");
    let found = with("{ group = { stages = \"小学\" }, target = 0.5 }");
    assert!(found[0].contains("Did you mean \"stage\"?"), "{found:?}");
}

#[test]
fn a_need_above_what_a_cap_counts_is_doubtful() {
    let body = |least: u32| {
        format!(
            "[[measure]]\nid = \"c\"\nkind = \"capped-sum\"\ntitle = \"x\"\nform = \"training\"\nsum = \"hours\"\ncaps = [{{ id = \"y\", title = \"每年上限\", at_most = 24, per = \"year\" }}]\nby = []\n\
             [[measure]]\nid = \"r\"\nkind = \"requirement\"\ntitle = \"x\"\nbase = {{ form = \"roster\" }}\nform = \"training\"\nwithin = \"year\"\nneeds = [{{ id = \"h\", title = \"学时\", sum = \"hours\", at_least = {least} }}]\nby = []\n{}{}",
            page_of("c"),
            page_of("r")
        )
    };
    let found = warnings(&body(25));
    assert_eq!(
        found,
        ["21: \"学时\" asks for more than the cap \"每年上限\" lets count; nobody can meet it."]
    );
    assert!(warnings(&body(24)).is_empty());
}

#[test]
fn versions_build_on_each_other_and_are_checked_all_at_once() {
    let base = rate("hit = { age.below = \"$age\" }\ntarget = 0.5\nby = []");
    let with = |versions: &str| format!("document = \"甲\"\n[params]\nage = 40\n{base}{versions}");
    let mut s = loaded(&with(
        "[[version]]\nfrom = 2025-01-01\ndocument = \"乙\"\nset = { \"param.age\" = 35 }\n\
         [[version]]\nfrom = 2026-01-01\nset = { \"measure.m.target\" = 0.6 }\n",
    ));
    let mut at = |period: &str, end: &str| {
        s.set_period(period, end.parse().unwrap());
        let MeasureKind::Rate(rate) = &s.measures[0].kind else {
            panic!()
        };
        let Condition::Test(_, Test::Below(age)) = rate.hit else {
            panic!()
        };
        let target = rate.targets[0].value;
        (
            age,
            (target.n, target.d),
            s.document.clone(),
            s.params[0].value.clone(),
        )
    };
    let of = |age: i64, target, document: &str| (age, target, document.to_owned(), age.to_string());
    assert_eq!(at("2026-05", "2026-05-31"), of(35, (3, 5), "乙"));
    assert_eq!(at("2024-05", "2024-05-31"), of(40, (1, 2), "甲"));
    assert_eq!(at("2025-01", "2025-01-31"), of(35, (1, 2), "乙"));
    assert_eq!(
        s.effective,
        ("2025-01-01".parse().ok(), "2025-12-31".parse().ok())
    );
    let found = problems(&with(
        "[[version]]\nfrom = 2026-01-01\nset = { \"param.aged\" = 35, \"measure.mm.target\" = 1, \"measure.m.targt\" = 0.6, \"measure.m.target\" = \"x\", colour = 3 }\n\
         [[version]]\nfrom = 2025-01-01\n",
    ));
    for expected in [
        "Did you mean \"param.age\"?",
        "no \"measure.mm.target\" that could be set. Did you mean \"measure.m.target\"?",
        "unknown key \"targt\". Did you mean \"target\"?",
        "a number is wanted here",
        "no \"colour\" that could be set",
        "versions stand in the order of their dates",
    ] {
        assert!(
            found.iter().any(|p| p.contains(expected)),
            "{expected} not in {found:#?}"
        );
    }
}

#[test]
fn values_from_outside_are_put_in_place_and_named_when_they_are_wrong() {
    let source = Source::builtin("rural-uplift").unwrap();
    let set = |path: &str, value: &str| (path.to_owned(), value.to_owned());
    let checked = source.with(&[
        set("param.male_age", "50"),
        set("measure.primary_degree.target", "0.85"),
        set("measure.primary_degree.hit.education.at_least", "本科"),
        set("measure.hours.needs.full_time.at_least", "70"),
    ]);
    let s = checked.loaded().unwrap();
    assert!(
        s.params
            .iter()
            .any(|p| p.id == "male_age" && p.value == "50")
    );
    let MeasureKind::Rate(rate) = &s.measures[s.measure("primary_degree").unwrap()].kind else {
        panic!()
    };
    assert_eq!((rate.targets[0].value.n, rate.targets[0].value.d), (17, 20));
    let MeasureKind::Requirement(r) = &s.measures[s.measure("hours").unwrap()].kind else {
        panic!()
    };
    assert_eq!(r.needs[0].at_least, Some(7000));
    let wrong = source.with(&[
        set("param.male_age", "50"),
        set("measure.primary_degre.target", "0.85"),
        set("measure.primary_degree.hit.education.at_least", "大学生"),
    ]);
    let texts: Vec<String> = wrong.errors.iter().map(|p| p.text(Lang::En)).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(
        texts[0].starts_with("--set measure.primary_degre.target: ")
            && texts[0].contains("\"measure.primary_degree.target\"?"),
        "{texts:?}"
    );
    assert!(
        texts[1].starts_with("--set measure.primary_degree.hit.education.at_least: "),
        "{texts:?}"
    );
}

#[test]
fn clashing_spellings_are_all_named_with_their_lines() {
    let files = BTreeMap::from([
        ("scheme.toml".to_owned(), "id = \"x\"\ntitle = \"x\"\nforms = [\"roster\"]\n".to_owned()),
        (
            "vocabulary/mood.toml".to_owned(),
            "id = \"mood\"\n[[term]]\nname = \"好\"\nspellings = [\"ＯＫ\", \"行\"]\n[[term]]\nname = \"坏\"\nspellings = [\"不行\", \"行\"]\n[[term]]\nname = \"中\"\nspellings = [\"ok\"]\n".to_owned(),
        ),
    ]);
    let found: Vec<String> = from_files(&files)
        .unwrap_err()
        .iter()
        .map(|p| p.text(Lang::En))
        .collect();
    assert_eq!(
        found,
        [
            "vocabulary/mood.toml:7:1: the spelling \"行\" belongs to both \"好\" and \"坏\" (written alike after folding).",
            "vocabulary/mood.toml:10:1: the spelling \"ok\" belongs to both \"好\" and \"中\" (written alike after folding).",
        ]
    );
}

#[test]
fn what_schemes_say_about_time_is_checked_like_everything_else() {
    let found = problems(
        r#"
[[measure]]
id = "a"
kind = "movement"
title = "x"
form = "roster"
levels = [{ id = "one", title = "x", where = { tier = ["名师"] } }, { id = "one", title = "y" }]
baseline = [{ level = "tow", count = 3 }, { level = "one", count = 3.5 }]
by = ["stage"]
[[measure]]
id = "b"
kind = "forecast"
title = "x"
form = "roster"
hit = { education.at_least = "本科" }
study = { form = "roster", on = "full_time", reaches = { educaton = ["本科"] } }
years = 30
by = []
[[measure]]
id = "c"
kind = "plan"
title = "x"
form = "roster"
items = [{ id = "i", title = "x", quota = { share = 1.5, of = { form = "roster" }, round = "nearest" }, yearly = { next = 3 }, pool = {} },
  { id = "j", title = "x", quota = 3, yearly = { 2025 = 2 } }]
by = []
[[measure]]
id = "d"
kind = "list"
title = "x"
form = "roster"
columns = ["name"]
order = ["-gender", "-edcation"]
top = { share = 0.5 }
per = "town"
[[measure]]
id = "e"
kind = "list"
title = "x"
form = "roster"
columns = ["name"]
top = 3
"#,
    );
    for expected in [
        "\"one\" stands here twice",
        "\"where\" is missing",
        "there is no item \"tow\"",
        "a whole number is wanted here (count)",
        "by district and school only, not by \"stage\"",
        "\"on\" asks for a date field",
        "has no field \"educaton\"",
        "\"years\" must be 1 to 10",
        "\"share\" must be 0 to 1",
        "\"nearest\" is not possible here",
        "\"next\" is not",
        "\"on\" must name the date field",
        "vocabulary \"gender\" has no order",
        "has no field \"edcation\". Did you mean \"education\"?",
        "\"of\" is missing",
        "\"town\" is not possible here",
        "\"order\" is missing",
    ] {
        assert!(
            found.iter().any(|p| p.contains(expected)),
            "{expected} not in {found:#?}"
        );
    }
}

#[test]
fn limits_are_given_to_terms_that_exist() {
    let (_, claims) = templates::FORMS
        .iter()
        .find(|(id, _)| *id == "claims")
        .unwrap();
    let with = |text: String| {
        let body = "forms = [\"claims\"]\n";
        let files = BTreeMap::from([
            (
                "scheme.toml".to_owned(),
                format!("id = \"t\"\ntitle = \"试\"\n{body}"),
            ),
            ("forms/claims.toml".to_owned(), text),
        ]);
        match from_files(&files) {
            Ok(_) => String::new(),
            Err(all) => all[0].text(Lang::En),
        }
    };
    assert_eq!(with((*claims).to_owned()), "");
    let wrong = with(claims.replace("\"副高级\" = 500", "\"副高及\" = 500"));
    assert!(
        wrong.contains("副高及") && wrong.contains("副高级"),
        "{wrong}"
    );
}

#[test]
fn embedded_terms_stand_beside_terms() {
    let mut found = Vec::new();
    Templates::builtin().check_company(|_| true, &mut found);
    assert!(found.is_empty(), "{found:?}");

    let mut files = BTreeMap::new();
    files.insert("scheme.toml".to_owned(), HEAD.to_owned());
    let subject =
        "id = \"subject\"\n[[term]]\nname = \"物理\"\ngoes_with = { stage = [\"初级\"] }\n";
    files.insert("vocabulary/subject.toml".to_owned(), subject.to_owned());
    let found = from_files(&files).unwrap_err();
    assert!(
        found[0].text(Lang::En).contains("subject.toml"),
        "{found:?}"
    );
}
