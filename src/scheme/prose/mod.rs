//! A scheme in plain official sentences, so that who signs it need not read its file: the document
//! and its dates, what is collected, then each measure: who counts, what is owed, targeted or paid,
//! in which time, in which groups, on which page.
//!
//! | file | what it says |
//! |---|---|
//! | `condition` | conditions, populations, stretches of time, dimensions |
//! | `family`, `dynamics`, `subsidy`, `tally` | what each family of measures computes |
//! | `page` | the pages of the report and how they are printed |
//! | `rules` | what the scheme changes about rules |
//! | `value` | numbers, days, shares, lists of words |

mod condition;
mod dynamics;
mod family;
mod page;
mod rules;
mod subsidy;
mod tally;
mod value;

pub(super) use value::percent;

use super::measure::Condition;
use super::{CutOff, Edition, FormIdx, Measure, Scheme};
use crate::message::{self, Lang};
use chrono::NaiveDate;

/// The scheme in sentences, one a line.
pub fn describe(scheme: &Scheme, lang: Lang) -> String {
    let prose = Prose { scheme, lang };
    let mut lines = prose.head();
    lines.extend(prose.params());
    lines.push(String::new());
    lines.push(prose.say("prose.measures", &[]));
    for (n, measure) in scheme.measures.iter().enumerate() {
        lines.extend(prose.measure(n + 1, measure));
    }
    lines.push(String::new());
    lines.push(prose.say("prose.pages", &[]));
    lines.extend(prose.pages());
    lines.extend(prose.form_files());
    lines.extend(prose.rules());
    lines.push(String::new());
    lines.push(prose.say("prose.signature", &[]));
    lines.join("\n")
}

/// A condition on the records of a form in words.
pub fn condition(scheme: &Scheme, lang: Lang, form: FormIdx, condition: &Condition) -> String {
    Prose { scheme, lang }.condition(Some(form), condition)
}

/// The scheme and the language that it is told in.
#[derive(Clone, Copy)]
struct Prose<'s> {
    scheme: &'s Scheme,
    lang: Lang,
}

impl Prose<'_> {
    fn say(&self, key: &str, args: &[(&str, String)]) -> String {
        message::say(self.lang, key, args)
    }

    fn head(&self) -> Vec<String> {
        let s = self.scheme;
        let mut out = vec![
            s.title.clone(),
            self.say("prose.id", &[("id", s.id.clone())]),
            match s.document.as_str() {
                "" => self.say("prose.no-document", &[]),
                document => self.say("prose.document", &[("document", document.to_owned())]),
            },
            self.effective(s.effective),
        ];
        if !s.editions.is_empty() {
            out.push(self.say("prose.editions", &[]));
            out.extend(s.editions.iter().map(|e| self.edition(e)));
        }
        if let Some(cycle) = s.cycle {
            let args = [
                ("years", cycle.years.to_string()),
                ("start", self.day(cycle.start)),
            ];
            out.push(self.say("prose.cycle", &args));
        }
        out.push(match s.cut_off_rule {
            CutOff::PeriodEnd => self.say("prose.cut-off.period", &[]),
            CutOff::YearEnd => self.say("prose.cut-off.year", &[]),
            CutOff::SchoolYearEnd => self.say("prose.cut-off.school-year", &[]),
            CutOff::Day(day) => self.say("prose.cut-off.day", &[("day", self.day(day))]),
        });
        let collected = s.forms.iter().zip(&s.wanted).filter(|(_, w)| **w);
        let forms: Vec<String> = collected.map(|(f, _)| self.quoted(&f.title)).collect();
        out.push(self.say("prose.forms", &[("forms", self.listed(&forms))]));
        out
    }

    fn effective(&self, (from, until): (Option<NaiveDate>, Option<NaiveDate>)) -> String {
        let day = |d: Option<NaiveDate>| d.map_or_else(String::new, |d| self.day(d));
        let args = [("from", day(from)), ("until", day(until))];
        let key = match (from, until) {
            (Some(_), Some(_)) => "prose.effective.both",
            (Some(_), None) => "prose.effective.from",
            (None, Some(_)) => "prose.effective.until",
            (None, None) => "prose.effective.none",
        };
        self.say(key, &args)
    }

    fn edition(&self, edition: &Edition) -> String {
        let document = match edition.document.as_str() {
            "" => self.say("prose.no-document", &[]),
            document => document.to_owned(),
        };
        let args = [
            ("document", document),
            ("effective", self.effective(edition.effective)),
        ];
        self.say("prose.edition", &args)
    }

    fn params(&self) -> Vec<String> {
        let params = &self.scheme.params;
        if params.is_empty() {
            return Vec::new();
        }
        let one = |p: &super::Param| {
            let title = match p.title.as_str() {
                "" => p.id.clone(),
                title => title.to_owned(),
            };
            let value = match p.value.as_str() {
                "true" => self.say("prose.yes", &[]),
                "false" => self.say("prose.no", &[]),
                value => value.to_owned(),
            };
            self.say(
                "prose.param",
                &[("title", title), ("value", value), ("id", p.id.clone())],
            )
        };
        let mut out = vec![String::new(), self.say("prose.params", &[])];
        out.extend(params.iter().map(one));
        out
    }

    fn measure(&self, n: usize, measure: &Measure) -> Vec<String> {
        let head = [
            ("n", n.to_string()),
            ("title", measure.title.clone()),
            ("id", measure.id.clone()),
        ];
        let mut out = vec![String::new(), self.say("prose.measure", &head)];
        out.extend(self.family(measure));
        out.extend(self.groups(measure));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::parse;

    /// Every key that is asked for has a text, and nothing is left unfilled.
    #[test]
    fn every_embedded_scheme_can_be_told_in_both_languages() {
        for (id, _) in parse::BUILTIN {
            let scheme = parse::load_builtin(id).unwrap();
            for lang in [Lang::Zh, Lang::En] {
                let text = describe(&scheme, lang);
                for wrong in ["[prose.", "{", "}"] {
                    assert!(!text.contains(wrong), "{id}: {wrong} in {text}");
                }
                for m in &scheme.measures {
                    assert!(text.contains(&m.title), "{id}: {}", m.id);
                }
                for p in &scheme.params {
                    assert!(text.contains(&p.title), "{id}: {}", p.id);
                }
            }
        }
    }

    #[test]
    fn conditions_and_thresholds_stand_in_words() {
        let text = describe(&parse::load_builtin("rural-uplift").unwrap(), Lang::Zh);
        for sentence in [
            "任教学段为小学",
            "最高学历在专科以上（含专科）",
            "目标：60%",
            "性别为男，且年龄不超过45岁",
            "学时合计不少于60学时",
            "限本周期内",
            "名额22",
            "“培训学时完成情况”",
            "审定人",
        ] {
            assert!(text.contains(sentence), "{sentence} is not in\n{text}");
        }
        let text = describe(&parse::load_builtin("county-backbone").unwrap(), Lang::Zh);
        for sentence in [
            "教龄不低于5年",
            "年龄低于45岁",
            "每人每年上限100元、下限50元",
            "30至50",
            "近2个年度",
        ] {
            assert!(text.contains(sentence), "{sentence} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_counted_is_called_by_its_unit() {
        let told = |id: &str| describe(&parse::load_builtin(id).unwrap(), Lang::Zh);
        let text = told("vocational-action-plan");
        for sentence in [
            "的，以个计",
            "按困难类别、户籍类别分列统计，",
            "单位：人次。",
        ] {
            assert!(text.contains(sentence), "{sentence} is not in\n{text}");
        }
        assert!(told("rural-uplift").contains("的，以人计"));
        for (id, _) in parse::BUILTIN {
            assert!(!told(id).contains("人次数"), "{id}");
        }
    }
}
