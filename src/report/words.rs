//! The words of a report: every catalogue key that this room uses, so that a test can hold the
//! catalogue to them.

use crate::message::{self, Lang};

macro_rules! keys {
    ($($variant:ident $key:literal;)*) => {
        /// A text of the catalogue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = concat!("`", $key, "`")] $variant,)*
        }

        impl Key {
            /// All of them.
            pub const ALL: &'static [Key] = &[$(Key::$variant,)*];

            /// The catalogue's name of it.
            pub fn name(self) -> &'static str {
                match self { $(Key::$variant => $key,)* }
            }
        }
    };
}

keys! {
    // Typography
    FontTitle "report.font.title";
    FontHead "report.font.head";
    FontBody "report.font.body";
    FontDigits "report.font.digits";
    FontSheet "report.font.sheet";
    Footer "report.footer";
    Dash "report.dash";
    MarkBelow "report.mark.below";
    ListComma "report.list.comma";
    OfficialMet "report.official.met";
    OfficialUnmet "report.official.unmet";
    // Dates and titles
    Day "report.day";
    Month "report.month";
    BureauBlank "report.bureau.blank";
    Submitter "report.submitter";
    AsOf "report.as-of";
    Unit "report.unit";
    // Parts of tables
    Serial "report.serial";
    Entry "report.entry";
    Subtotal "report.subtotal";
    SubtotalOuter "report.subtotal.outer";
    Total "report.total";
    TotalOfTotals "report.total.outer";
    Capitals "report.capitals";
    NoRows "report.no-rows";
    NoteOne "report.note.one";
    NoteFirst "report.note.first";
    NoteNext "report.note.next";
    NoteDash "report.note.dash";
    NoteBelow "report.note.below";
    NoteBlank "report.note.blank";
    NoteCorrected "report.note.corrected";
    NoteDocument "report.note.document";
    VoucherSum "report.voucher.sum";
    VoucherSchool "report.voucher.school";
    VoucherCount "report.voucher.count";
    VoucherSign "report.voucher.sign";
    VoucherReceived "report.voucher.received";
    VoucherLines "report.voucher.lines";
    VoucherHead "report.voucher.head";
    VoucherFinance "report.voucher.finance";
    VoucherChecker "report.voucher.checker";
    VoucherAuthor "report.voucher.author";
    VoucherDate "report.voucher.date";
    BalanceTitle "report.balance.title";
    BalanceItem "report.balance.item";
    BalanceBudget "report.balance.budget";
    BalanceBefore "report.balance.before";
    BalanceAllowed "report.balance.allowed";
    BalanceUsed "report.balance.used";
    BalanceLeft "report.balance.left";
    BalanceBeyond "report.balance.beyond";
    BalanceShare "report.balance.share";
    BalanceBelow "report.balance.below";
    BalanceUndecided "report.balance.undecided";
    Source "report.source";
    Category "report.category";
    NoteDocumentFrom "report.note.document.from";
    PartTitle "report.part.title";
    PartSheet "report.part.sheet";
    SignatureHead "report.signature.head";
    SignatureChecker "report.signature.checker";
    SignatureAuthor "report.signature.author";
    SignaturePhone "report.signature.phone";
    SignatureDate "report.signature.date";
    // Corrections
    CorrectionsSheet "report.corrections.sheet";
    CorrectionsTitle "report.corrections.title";
    CorrectionsField "report.corrections.field";
    CorrectionsBefore "report.corrections.before";
    CorrectionsAction "report.corrections.action";
    CorrectionsAfter "report.corrections.after";
    CorrectionsReason "report.corrections.reason";
    CorrectionsDate "report.corrections.date";
    CorrectionsWho "report.corrections.who";
    CorrectionsNote "report.corrections.note";
    // Charts
    ChartSheet "report.chart.sheet";
    ChartTarget "report.chart.target";
    ChartName "report.chart.name";
    ChartTitle "report.chart.title";
    ChartTargetIn "report.chart.target-in";
    ChartLowest "report.chart.lowest";
    ChartSource "report.chart.source";
    // Web pages
    HtmlContents "report.html.contents";
    HtmlKey "report.html.key";
    HtmlMet "report.html.met";
    // Cover
    CoverSheet "report.cover.sheet";
    CoverTitle "report.cover.title";
    CoverItem "report.cover.item";
    CoverFigure "report.cover.figure";
    CoverRemark "report.cover.remark";
    CoverGeneral "report.cover.general";
    CoverBureau "report.cover.bureau";
    CoverScheme "report.cover.scheme";
    CoverPeriod "report.cover.period";
    CoverCutOff "report.cover.cut-off";
    CoverDocument "report.cover.document";
    CoverVersion "report.cover.version";
    CoverSchools "report.cover.schools";
    CoverExpected "report.cover.expected";
    CoverComplete "report.cover.complete";
    CoverPartial "report.cover.partial";
    CoverMissing "report.cover.missing";
    CoverUnlisted "report.cover.unlisted";
    CoverFiles "report.cover.files";
    CoverAllFiles "report.cover.files.all";
    CoverRows "report.cover.rows";
    CoverSeen "report.cover.seen";
    CoverKept "report.cover.kept";
    CoverRejected "report.cover.rejected";
    CoverExplained "report.cover.explained";
    CoverBalance "report.cover.balance";
    CoverUnbalanced "report.cover.unbalanced";
    CoverProblems "report.cover.problems";
    CoverNoProblems "report.cover.no-problems";
    CoverContents "report.cover.contents";
    CoverRounding "report.cover.rounding";
    CoverFonts "report.cover.fonts";
    CoverFormulas "report.cover.formulas";
    CoverAndMore "report.cover.and-more";
    CoverLedgers "report.cover.ledgers";
    CoverLedgersApart "report.cover.ledgers.apart";
    // Rows behind the figures
    LedgerSheet "report.ledger.sheet";
    LedgerFile "report.ledger.file";
    LedgerTitle "report.ledger.title";
    LedgerTip "report.ledger.tip";
    LedgerNote "report.ledger.note";
    LedgerCut "report.ledger.cut";
    LedgerNoteDistinct "report.ledger.note.distinct";
    LedgerNoteOpen "report.ledger.note.open";
    LedgerLeft "report.ledger.left";
    LedgerLeftSome "report.ledger.left.some";
    LedgerSchool "report.ledger.school";
    LedgerName "report.ledger.name";
    LedgerId "report.ledger.id";
    LedgerReason "report.ledger.reason";
    LedgerRow "report.ledger.row";
    LedgerCell "report.ledger.cell";
    LedgerOpen "report.ledger.open";
    LedgerRepeated "report.ledger.repeated";
    LedgerElsewhere "report.ledger.elsewhere";
    LedgerEarlier "report.ledger.earlier";
    UnusedSheet "report.unused.sheet";
    UnusedTitle "report.unused.title";
    UnusedNote "report.unused.note";
    UnusedSuperseded "report.unused.superseded";
    UnusedRejected "report.unused.rejected";
    // Board of submissions
    BoardSheet "report.board.sheet";
    BoardTitle "report.board.title";
    BoardDistrict "report.board.district";
    BoardSchool "report.board.school";
    BoardFiles "report.board.files";
    BoardRecords "report.board.records";
    BoardRejected "report.board.rejected";
    BoardState "report.board.state";
    BoardComplete "report.board.state.complete";
    BoardPartial "report.board.state.partial";
    BoardMissing "report.board.state.missing";
    BoardNotSent "report.board.not-sent";
    BoardErrors "report.board.errors";
    BoardWarnings "report.board.warnings";
    BoardUnlisted "report.board.unlisted";
    BoardUnit "report.board.unit";
    ReminderSheet "report.reminder.sheet";
    ReminderTitle "report.reminder.title";
    ReminderOwing "report.reminder.owing";
    ReminderToCorrect "report.reminder.to-correct";
    ReminderText "report.reminder.text";
    ReminderMissing "report.reminder.missing";
    ReminderForms "report.reminder.forms";
    ReminderErrors "report.reminder.errors";
    ReminderNote "report.reminder.note";
    // Problem list and feedback
    ProblemsSheet "report.problems.sheet";
    ProblemsTitle "report.problems.title";
    ProblemsSchool "report.problems.school";
    ProblemsFile "report.problems.file";
    ProblemsSheetName "report.problems.sheet-name";
    ProblemsPlace "report.problems.place";
    ProblemsRow "report.problems.row";
    ProblemsWhole "report.problems.whole";
    ProblemsSeverity "report.problems.severity";
    ProblemsMessage "report.problems.message";
    ProblemsHint "report.problems.hint";
    ProblemsRule "report.problems.rule";
    ProblemsMore "report.problems.more";
    ProblemsNone "report.problems.none";
    ProblemsNote "report.problems.note";
    ProblemsCut "report.problems.cut";
    SeverityError "report.severity.error";
    SeverityWarning "report.severity.warning";
    SeverityNote "report.severity.note";
    FeedbackSheet "report.feedback.sheet";
    FeedbackTitle "report.feedback.title";
    FeedbackTo "report.feedback.to";
    FeedbackOpening "report.feedback.opening";
    FeedbackErrors "report.feedback.errors";
    FeedbackWarnings "report.feedback.warnings";
    FeedbackMissing "report.feedback.missing";
    FeedbackAsk "report.feedback.ask";
    FeedbackDate "report.feedback.date";
    ClauseComma "report.clause.comma";
    ClauseEnd "report.clause.end";
    FeedbackDone "report.feedback.done";
    FeedbackAskHere "report.feedback.ask.here";
    FeedbackEnclosed "report.feedback.enclosed";
    FeedbackEnclosedFiles "report.feedback.enclosed.files";
    FeedbackWithheld "report.feedback.withheld";
    FeedbackNotEnclosed "report.feedback.not-enclosed";
    FeedbackStanding "report.feedback.standing";
    FeedbackOpen "report.feedback.open";
    FeedbackNew "report.feedback.new";
    FeedbackAuthor "report.feedback.author";
    FeedbackComment "report.feedback.comment";
    // What became of earlier findings
    ProgressSheet "report.progress.sheet";
    ProgressTitle "report.progress.title";
    ProgressBefore "report.progress.before";
    ProgressClosed "report.progress.closed";
    ProgressOpen "report.progress.open";
    ProgressUnsent "report.progress.unsent";
    ProgressNew "report.progress.new";
    ProgressNow "report.progress.now";
    ProgressUnit "report.progress.unit";
    ProgressNote "report.progress.note";
    ProgressNobody "report.progress.nobody";
    FeedbackGroup "report.feedback.group";
    FeedbackGroupFile "report.feedback.group.file";
}

/// Keys that are made of a stable name; where the catalogue has none the name itself is shown.
pub const PREFIX_VERDICT: &str = "report.verdict.";
/// As [`PREFIX_VERDICT`], for kinds of explained rows.
pub const PREFIX_EXPLAINED: &str = "report.explained.";
/// As [`PREFIX_VERDICT`], for what was decided about a cell or a row.
pub const PREFIX_ACTION: &str = "correction.action.";
/// As [`PREFIX_VERDICT`], for short titles of rules.
pub const PREFIX_RULE: &str = "report.rule.";

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language.
    pub lang: Lang,
}

impl Words {
    /// A text.
    pub fn get(self, key: Key) -> String {
        message::text(self.lang, key.name(), "message")
    }

    /// A text with its names filled.
    pub fn fill<S: AsRef<str>>(self, key: Key, args: &[(&str, S)]) -> String {
        message::filled(self.lang, key.name(), "message", args)
    }

    /// The text of a stable name, or the name.
    pub fn named(self, prefix: &str, name: &str) -> String {
        let key = format!("{prefix}{name}");
        if message::known(&key, false) {
            message::text(self.lang, &key, "message")
        } else {
            name.to_owned()
        }
    }

    /// Names one after the other.
    pub fn list<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        names
            .into_iter()
            .collect::<Vec<_>>()
            .join(&self.get(Key::ListComma))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn the_catalogue_has_every_word_of_a_report() {
        for key in Key::ALL {
            assert!(message::known(key.name(), false), "{} lacks", key.name());
        }
        for rule in Rule::ALL {
            let key = format!("{PREFIX_RULE}{}", rule.name());
            assert!(message::known(&key, false), "catalogue lacks {key}");
        }
        for verdict in ["read", "unrecognised", "refused", "duplicate", "skipped"] {
            assert!(message::known(&format!("{PREFIX_VERDICT}{verdict}"), false));
        }
        use crate::recognise::Role;
        let roles = [
            Role::Title,
            Role::Metadata,
            Role::Header,
            Role::Blank,
            Role::Total,
            Role::Section,
            Role::Note,
            Role::Example,
            Role::RepeatedHeader,
            Role::Signature,
            Role::Unknown,
        ];
        let others = ["superseded", "duplicate"].into_iter();
        for kind in roles.into_iter().map(Role::as_str).chain(others) {
            assert!(message::known(&format!("{PREFIX_EXPLAINED}{kind}"), false));
        }
    }
}
