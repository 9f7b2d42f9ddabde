//! From the pairs of a form to its record.

use super::super::form::{self, Choice, Surroundings};
use super::super::header::Heading;
use super::super::region::{Found, Region};
use super::super::remark;
use super::super::role::{Layout, Slot};
use super::super::view::id_like;
use super::super::{Column, How, Remark, RemarkKind, Role, Table, ValueCell};
use super::pairs::{self, FormLine, Pair};
use crate::fold;
use crate::grid::Value;
use crate::scheme::{FieldIdx, Kind, Reading};
use std::ops::Range;

/// So many labels with values make a form certain, fewer where one is a valid-looking id number.
const PAIRS: usize = 5;
const PAIRS_WITH_ID: usize = 3;

/// So many fields beside name and id number make a record.
const TOLD: usize = 2;

/// One form as understood, before anything is marked.
struct Plan {
    lines: Range<usize>,
    /// First line that is no line above the form.
    from: usize,
    pairs: Vec<Pair>,
    headings: Vec<Heading>,
    readings: Vec<Reading>,
    around: Surroundings,
    above: Vec<(usize, Role, Vec<Remark>)>,
    /// The form, if the pairs speak for one; a form may do nothing but head a list.
    choice: Option<Choice>,
    name: (u32, u32),
}

/// What a form tells the lists inside it.
pub(super) struct Person {
    /// Label, reading and cell of what each row of a list leaves out.
    pub known: Vec<(Heading, Reading, u32, ValueCell)>,
    pub around: Surroundings,
    pub remarks: Vec<usize>,
}

impl Region<'_> {
    /// Reads all forms of a sheet; gives the first line that belongs to none, or `None` where any
    /// of them is in doubt.
    pub(super) fn forms(&mut self, lines: &[FormLine], blocks: &[Range<usize>]) -> Option<usize> {
        let mut plans: Vec<Plan> = Vec::with_capacity(blocks.len());
        let mut end = lines.len();
        for block in blocks {
            let mut block = block.clone();
            // A list of persons below a form is no part of it.
            if let Some(list) = block
                .clone()
                .find(|&l| lines[l].header && self.lists_persons(l))
            {
                block.end = list;
                end = list;
            }
            plans.push(self.plan(lines, block)?);
            if end < lines.len() {
                break;
            }
        }
        if plans.is_empty() {
            return None;
        }
        if plans.iter().all(|p| p.choice.is_none())
            && !plans.iter().all(|p| self.has_list(lines, p))
        {
            return None;
        }
        for plan in plans {
            self.take(lines, plan);
        }
        Some(end)
    }

    fn has_list(&self, lines: &[FormLine], plan: &Plan) -> bool {
        (plan.from..plan.lines.end).any(|l| lines[l].header)
    }

    fn plan(&self, lines: &[FormLine], block: Range<usize>) -> Option<Plan> {
        let is_name =
            |l: &usize| !lines[*l].header && lines[*l].pairs.iter().any(|p| self.name_of(p));
        let name_line = block.clone().find(is_name)?;
        let all = 0..u32::MAX;
        let mut from = block.start;
        let mut above = Vec::new();
        let mut around = Surroundings {
            titles: Vec::new(),
            sheet: self.sheet_name.clone(),
            file: self.file_stem.to_owned(),
        };
        while from < name_line && (lines[from].pairs.is_empty() || self.heads(lines, from)) {
            let (role, remarks) = remark::read_line(&self.view, from, &all, self.dictionary);
            let titles = remarks.iter().filter(|r| r.kind == RemarkKind::Title);
            around.titles.extend(titles.map(|r| fold::label(&r.text)));
            above.push((from, role, remarks));
            from += 1;
        }
        let pairs: Vec<Pair> = self
            .pair_lines(lines, from..block.end)
            .into_iter()
            .flat_map(|l| lines[l].pairs.iter())
            .filter(|p| !p.block)
            .cloned()
            .collect();
        let name = pairs.iter().find(|p| self.name_of(p))?.value;
        let headings: Vec<Heading> = pairs
            .iter()
            .map(|p| Heading {
                col: p.label.1,
                path: p.path.clone(),
                folded: p.folded.clone(),
                row: p.label.0,
            })
            .collect();
        let readings = self.readings(&headings);
        let chosen = form::choose(
            &headings,
            &readings,
            &around,
            self.scheme,
            self.allowed,
            &form::Below::default(),
        );
        let choice = match chosen {
            Ok(choice) => Some(choice).filter(|c| self.tells_enough(c, &pairs)),
            Err(form::NoForm::Unknown) => None,
            Err(form::NoForm::Ambiguous(_)) => return None,
        };
        let plan = Plan {
            lines: block,
            from,
            pairs,
            headings,
            readings,
            around,
            above,
            choice,
            name,
        };
        self.certain(lines, &plan).then_some(plan)
    }

    /// Whether a form says more of its person than who it is: what stands above a list of claims
    /// (姓名, 单位, 培训项目) is no record of its own.
    fn tells_enough(&self, choice: &Choice, pairs: &[Pair]) -> bool {
        let fields = &self.scheme.forms[choice.form].fields;
        let told = choice.columns.iter().zip(pairs).filter(|(column, pair)| {
            column.field.is_some_and(|(f, _)| {
                let person = matches!(fields[f].kind, Kind::Name | Kind::IdNumber);
                fields[f].stored && fields[f].evidence > 0 && !person
            }) && pair.filled
        });
        told.count() >= TOLD
    }

    /// The lines of a form whose pairs are its own: outside the lists in it.
    fn pair_lines(&self, lines: &[FormLine], block: Range<usize>) -> Vec<usize> {
        let mut all = Vec::new();
        let mut line = block.start;
        while line < block.end {
            if lines[line].header {
                line = self.list_end(lines, line, block.end);
            } else {
                all.push(line);
                line += 1;
            }
        }
        all
    }

    /// Whether the cells of a form part into labels and values beyond doubt.
    fn certain(&self, lines: &[FormLine], plan: &Plan) -> bool {
        let strong = plan.pairs.iter().filter(|p| p.strong()).count();
        let id = plan.pairs.iter().any(|p| {
            p.strong() && self.means(p, |k| *k == Kind::IdNumber) && {
                let text = self.text_of(p);
                id_like(&Value::Text(&text))
                    || self
                        .view
                        .sheet
                        .at(p.value.0, p.value.1)
                        .is_some_and(|v| id_like(&v))
            }
        });
        // A header of odd labels above one record reads like pairs, in a single line.
        let mut rows = plan.pairs.iter().filter(|p| p.strong()).map(|p| p.label.0);
        let first = rows.next();
        let spread = rows.any(|r| Some(r) != first)
            || plan.pairs.iter().all(|p| p.part.is_some())
            || self.has_list(lines, plan);
        let enough = spread && strong >= if id { PAIRS_WITH_ID } else { PAIRS };
        // Two forms side by side on the same lines are not told apart.
        let twice = plan.from..plan.lines.end;
        let twice = twice.clone().any(|l| {
            let names = lines[l].pairs.iter().filter(|p| self.name_of(p));
            !lines[l].header && names.count() > 1
        });
        let alone: usize = self
            .pair_lines(lines, plan.from..plan.lines.end)
            .into_iter()
            .filter(|&l| !lines[l].pairs.is_empty())
            .map(|l| lines[l].alone.len())
            .sum();
        let unknown = plan.pairs.iter().filter(|p| !p.known && !p.block).count();
        enough && !twice && alone * 3 <= strong && unknown <= strong
    }

    fn take(&mut self, lines: &[FormLine], plan: Plan) {
        let first_remark = self.harvest.remarks.len();
        for (line, role, remarks) in &plan.above {
            let role = match role {
                Role::Unknown if self.one_text(*line) => Role::Note,
                role => *role,
            };
            self.mark(self.view.row(*line), role);
            if role == Role::Unknown {
                self.stray_cells(*line, &(0..u32::MAX));
            }
            self.harvest.remarks.extend(remarks.iter().cloned());
        }
        let remarks: Vec<usize> = (first_remark..self.harvest.remarks.len()).collect();
        let person = self.person(&plan, remarks);
        let mut line = plan.from;
        while line < plan.lines.end {
            if lines[line].header {
                line = self.list(lines, line, plan.lines.end, &person);
            } else {
                self.mark_line(&lines[line], line, plan.name.0);
                line += 1;
            }
        }
        let Plan {
            pairs,
            headings,
            readings,
            choice,
            name,
            ..
        } = plan;
        let Some(choice) = choice else {
            let unknown = pairs.iter().filter(|p| !p.known);
            self.harvest.stray.extend(unknown.map(|p| p.label));
            return;
        };
        self.mark(name.0, Role::Data);
        let cells: Vec<(u32, u32, Option<Range<usize>>)> = pairs
            .iter()
            .map(|p| (p.value.0, p.value.1, p.part.clone()))
            .collect();
        let found = self.record(choice, headings, &readings, &cells, name.0, person.remarks);
        self.harvest.found.push(found);
    }

    /// The table of one record whose values stand in single cells, one a heading.
    pub(super) fn record(
        &self,
        choice: Choice,
        headings: Vec<Heading>,
        readings: &[Reading],
        cells: &[(u32, u32, Option<Range<usize>>)],
        row: u32,
        remarks: Vec<usize>,
    ) -> Found {
        let unit = self.unit_of(&remarks);
        let fields = &self.scheme.forms[choice.form].fields;
        let columns: Vec<Column> = headings
            .iter()
            .zip(&choice.columns)
            .zip(readings.iter().zip(cells))
            .map(|((heading, assigned), (reading, cell))| {
                let money = assigned
                    .field
                    .is_some_and(|f| fields[f.0].kind == Kind::Money);
                Column {
                    col: cell.1,
                    path: heading.path.clone(),
                    field: assigned.field.map(|f| f.0),
                    how: assigned.field.map_or(How::Unknown, |f| f.1),
                    factor: reading.factor.or(unit.filter(|_| money)).unwrap_or(1.0),
                    cell: Some(ValueCell {
                        row: cell.0,
                        part: cell.2.clone(),
                        borrowed: false,
                    }),
                }
            })
            .collect();
        let mut header: Vec<u32> = headings.iter().map(|h| h.row).collect();
        header.sort_unstable();
        header.dedup();
        Found {
            header_row: row,
            layout: Layout::new(0, vec![Slot::Field], row),
            table: Table {
                sheet: self.sheet_index,
                form: choice.form,
                confidence: choice.confidence,
                evidence: choice.evidence,
                header,
                columns,
                body: vec![row],
                totals: Vec::new(),
                section_of: vec![None],
                sections: Vec::new(),
                remarks,
                given: Vec::new(),
            },
            headings,
            assigned: choice.columns,
            again: false,
        }
    }

    /// What the form's lists need to know: the cells of name, id number and school, and all others
    /// where the form has no record of its own to hold them.
    fn person(&self, plan: &Plan, remarks: Vec<usize>) -> Person {
        let is_one = |f: FieldIdx, form: usize| {
            let kind = &self.scheme.forms[form].fields[f].kind;
            matches!(kind, Kind::Name | Kind::IdNumber | Kind::School)
        };
        let wanted = |i: &usize| match &plan.choice {
            Some(choice) => {
                let field = choice.columns[*i].field;
                field.is_some_and(|f| is_one(f.0, choice.form))
            }
            None => plan.pairs[*i].known,
        };
        let of = |i: usize| {
            let pair = &plan.pairs[i];
            let cell = ValueCell {
                row: pair.value.0,
                part: pair.part.clone(),
                borrowed: plan.choice.is_some(),
            };
            let (heading, reading) = (plan.headings[i].clone(), plan.readings[i].clone());
            (heading, reading, pair.value.1, cell)
        };
        Person {
            known: (0..plan.pairs.len()).filter(wanted).map(of).collect(),
            around: plan.around.clone(),
            remarks,
        }
    }

    /// Says what a line of a form outside its lists is.
    fn mark_line(&mut self, read: &FormLine, line: usize, name_row: u32) {
        if read.pairs.is_empty() || (read.pairs.iter().all(|p| p.block) && read.row != name_row) {
            let (role, remarks) =
                remark::read_line(&self.view, line, &(0..u32::MAX), self.dictionary);
            let blocks = !read.pairs.is_empty();
            let heading = self.one_text(line) || self.block_text(line);
            let role = match role {
                Role::Signature | Role::Metadata => role,
                _ if blocks || heading => Role::Note,
                role => role,
            };
            let dates = remarks.into_iter().filter(|r| r.kind == RemarkKind::Date);
            self.harvest.remarks.extend(dates);
            if role == Role::Unknown {
                self.stray_cells(line, &(0..u32::MAX));
            }
            self.mark(read.row, role);
            return;
        }
        self.mark(read.row, Role::Metadata);
        for &(row, col) in &read.alone {
            let text = self.view.sheet.at(row, col);
            let explained = matches!(text, Some(Value::Text(t))
                if pairs::heads_block(&fold::label(t), self.dictionary));
            if !explained {
                self.harvest.stray.push((row, col));
            }
        }
    }

    /// Whether a line holds one text and nothing else.
    pub(super) fn one_text(&self, line: usize) -> bool {
        let cells = self.view.cells(line, &(0..u32::MAX)).iter();
        let mut filled = cells.filter(|c| self.view.filled(c));
        let first = filled.next();
        first.is_some_and(|c| self.view.text(c).is_some()) && filled.next().is_none()
    }

    /// Whether every cell of a line heads free text or a photograph.
    fn block_text(&self, line: usize) -> bool {
        let cells = self.view.cells(line, &(0..u32::MAX));
        cells.iter().filter(|c| self.view.filled(c)).all(|c| {
            self.view
                .text(c)
                .is_some_and(|t| pairs::heads_block(&fold::label(t), self.dictionary))
        })
    }
}
