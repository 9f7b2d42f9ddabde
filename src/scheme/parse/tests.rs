//! What scheme files may say, and how their mistakes are answered.

use super::*;
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
fn named_conditions_must_be_used_and_may_not_turn_in_circles() {
    let found = problems(
        "[condition.a]\ncondition = \"b\"\n[condition.b]\ncondition = \"a\"\n[condition.c]\nstage = [\"小学\"]\n\
         [[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\nhit = { condition = \"a\" }\nby = []\n",
    );
    assert!(
        found.iter().any(|p| p.contains("refers to itself")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|p| p.contains("\"c\" is never used")),
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
