//! The closed list of rules. Names and codes are for ever: add lines, never change one.
//!
//! Each rule has a page `rules/<name>.md` beside this file and a Chinese one `rules/zh/<name>.md`
//! (the text of `huizong explain`), and at
//! least one entry in the message catalogue; tests hold both.

use super::Severity;
use crate::message::Lang;

macro_rules! rules {
    ($($variant:ident $name:literal $code:literal $severity:ident;)*) => {
        /// A rule that a diagnostic can name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the list.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant,)*];

            /// Stable kebab-case name.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// Stable short number.
            pub fn code(self) -> u16 {
                match self { $(Rule::$variant => $code,)* }
            }

            /// How bad a breach is unless the finding says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Rule::$variant => Severity::$severity,)* }
            }

            /// The page that explains the rule, in Markdown.
            pub fn page(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Rule::$variant, Lang::Zh) => include_str!(concat!("rules/zh/", $name, ".md")),)*
                    $((Rule::$variant, Lang::En) => include_str!(concat!("rules/", $name, ".md")),)*
                }
            }
        }
    };
}

rules! {
    // 1xx identity
    IdChecksum "id-checksum" 101 Error;
    IdLength "id-length" 102 Error;
    IdPrecisionLost "id-precision-lost" 103 Error;
    IdBirthMismatch "id-birth-mismatch" 104 Error;
    IdGenderMismatch "id-gender-mismatch" 105 Error;
    IdDuplicate "id-duplicate" 106 Error;
    IdInTwoSchools "id-in-two-schools" 107 Error;
    IdNameMismatch "id-name-mismatch" 108 Error;
    PersonNotInRoster "person-not-in-roster" 109 Error;
    NameShared "name-shared" 110 Note;
    NameCharacters "name-characters" 111 Warning;
    EthnicUnknown "ethnic-unknown" 112 Warning;
    PhoneForm "phone-form" 113 Note;
    // 2xx values
    RequiredMissing "required-missing" 201 Error;
    DateUnreadable "date-unreadable" 202 Error;
    DateFuture "date-future" 203 Error;
    DateOrder "date-order" 204 Error;
    AgeImplausible "age-implausible" 205 Warning;
    NumberUnreadable "number-unreadable" 206 Error;
    AmountNegative "amount-negative" 207 Error;
    AmountOverClaimed "amount-over-claimed" 208 Error;
    InvoiceDuplicate "invoice-duplicate" 209 Error;
    VocabularyUnknown "vocabulary-unknown" 210 Error;
    EducationOrder "education-order" 211 Error;
    CreditsOverCap "credits-over-cap" 212 Warning;
    RecordDuplicate "record-duplicate" 213 Error;
    TeachingStart "teaching-start" 214 Warning;
    GraduationOrder "graduation-order" 215 Error;
    GraduationAge "graduation-age" 216 Warning;
    DegreeEducation "degree-education" 217 Error;
    DegreeOnly "degree-only" 218 Note;
    TitleOldName "title-old-name" 219 Note;
    TitleDate "title-date" 220 Error;
    TitleTooEarly "title-too-early" 221 Warning;
    CertificateMissing "certificate-missing" 222 Warning;
    CertificateStage "certificate-stage" 223 Warning;
    CertificatePreschool "certificate-preschool" 224 Note;
    CertificateNumber "certificate-number" 225 Warning;
    SubjectStage "subject-stage" 226 Warning;
    StageSchoolKind "stage-school-kind" 227 Error;
    TierTermOver "tier-term-over" 228 Warning;
    TierTitle "tier-title" 229 Warning;
    SerialOrder "serial-order" 230 Note;
    RowsAfterTotal "rows-after-total" 231 Warning;
    RemarkStatus "remark-status" 232 Warning;
    RetirementDue "retirement-due" 233 Note;
    SchoolCodeForm "school-code-form" 234 Warning;
    // 250 to 299 training, study, assessment
    HoursInvalid "hours-invalid" 250 Error;
    HoursPerDay "hours-per-day" 251 Error;
    CreditsPerHour "credits-per-hour" 252 Error;
    OutsideCycle "outside-cycle" 253 Note;
    HoursOfYear "hours-of-year" 254 Warning;
    TrainingOverlap "training-overlap" 255 Warning;
    TrainingBeforeEntry "training-before-entry" 256 Warning;
    FailedWithCredits "failed-with-credits" 257 Note;
    MandatoryMissing "mandatory-missing" 258 Warning;
    ProjectNotApproved "project-not-approved" 259 Warning;
    CertificateDuplicate "certificate-duplicate" 260 Error;
    CumulativeMismatch "cumulative-mismatch" 261 Error;
    CumulativeFell "cumulative-fell" 262 Error;
    StudyRecordMissing "study-record-missing" 263 Warning;
    LevelUnproven "level-unproven" 264 Warning;
    AchievementsShare "achievements-share" 265 Warning;
    DetailsIdentical "details-identical" 266 Note;
    NoTrainingInYear "no-training-in-year" 267 Warning;
    StudyRosterMismatch "study-roster-mismatch" 268 Warning;
    RosterNotUpdated "roster-not-updated" 269 Error;
    EducationRisen "education-risen" 270 Warning;
    EducationFell "education-fell" 271 Error;
    StudyTimeShort "study-time-short" 272 Warning;
    StudyOverdue "study-overdue" 273 Warning;
    DiplomaImplausible "diploma-implausible" 274 Warning;
    StudyFullTime "study-full-time" 275 Warning;
    TuitionUnfinished "tuition-unfinished" 276 Warning;
    ScoreSumMismatch "score-sum-mismatch" 277 Error;
    ScoreOutOfRange "score-out-of-range" 278 Error;
    GradeScoreMismatch "grade-score-mismatch" 279 Error;
    ExcellentOverQuota "excellent-over-quota" 280 Error;
    NotBackbone "not-backbone" 281 Warning;
    AssessmentMissing "assessment-missing" 282 Warning;
    GradeWithoutCredits "grade-without-credits" 283 Error;
    EthicsVeto "ethics-veto" 284 Error;
    DutyNotMet "duty-not-met" 285 Warning;
    SelfAssessed "self-assessed" 286 Note;
    // 3xx totals
    TotalMismatch "total-mismatch" 301 Error;
    StatedMismatch "stated-mismatch" 302 Warning;
    GroupSum "group-sum" 303 Error;
    PartOverWhole "part-over-whole" 304 Error;
    // 4xx schools and submissions
    SchoolUnknown "school-unknown" 401 Error;
    SchoolMismatch "school-mismatch" 402 Error;
    SubmissionMissing "submission-missing" 403 Warning;
    SubmissionSuperseded "submission-superseded" 404 Note;
    RosterLeft "roster-left" 405 Warning;
    RosterJoined "roster-joined" 406 Note;
    LastingChanged "lasting-changed" 407 Error;
    RankLower "rank-lower" 408 Warning;
    TierLost "tier-lost" 409 Warning;
    HeadcountJump "headcount-jump" 410 Warning;
    RecordsInTwoSchools "records-in-two-schools" 411 Warning;
    NoticeUnanswered "notice-unanswered" 412 Warning;
    // 5xx tables
    ColumnUnknown "column-unknown" 501 Warning;
    ColumnMissing "column-missing" 502 Error;
    ColumnDuplicate "column-duplicate" 503 Error;
    SheetUnrecognised "sheet-unrecognised" 504 Error;
    HiddenContent "hidden-content" 505 Note;
    SpellingInvalid "spelling-invalid" 506 Error;
    // 530 to 539: forms that the bureau sent out
    FormAltered "form-altered" 530 Warning;
    FormVersionOld "form-version-old" 531 Warning;
    FormEmpty "form-empty" 532 Note;
    // 6xx cells
    FormulaWithoutValue "formula-without-value" 601 Error;
    CellErrorValue "cell-error-value" 602 Error;
    CellUnexplained "cell-unexplained" 603 Warning;
    // 7xx files
    FileUnreadable "file-unreadable" 701 Error;
    FileEncrypted "file-encrypted" 702 Error;
    FileTooLarge "file-too-large" 703 Error;
    FileDuplicate "file-duplicate" 704 Warning;
    FileSkipped "file-skipped" 705 Note;
    // 706 to 719: the bureau's decisions
    CorrectionInvalid "correction-invalid" 706 Error;
    CorrectionOutdated "correction-outdated" 707 Warning;
    CorrectionUnused "correction-unused" 708 Warning;
    CorrectionApplied "correction-applied" 709 Note;
    // 8xx the scheme
    SchemeNotInForce "scheme-not-in-force" 801 Note;
    // 9xx money
    InvoiceNumberForm "invoice-number-form" 901 Error;
    InvoicePaidBefore "invoice-paid-before" 902 Error;
    InvoiceYear "invoice-year" 903 Error;
    InvoiceDateFar "invoice-date-far" 904 Warning;
    ClaimItemsSum "claim-items-sum" 905 Error;
    AmountInWords "amount-in-words" 906 Error;
    FeeOverStandard "fee-over-standard" 907 Error;
    LectureFeeOverLimit "lecture-fee-over-limit" 908 Error;
    MealsProvided "meals-provided" 909 Warning;
    LodgingNights "lodging-nights" 910 Warning;
    ClaimWithoutTraining "claim-without-training" 911 Warning;
    DocumentMissing "document-missing" 912 Warning;
    AmountZero "amount-zero" 913 Error;
    InvoiceConsecutive "invoice-consecutive" 914 Warning;
    BuyerMismatch "buyer-mismatch" 915 Warning;
    TripsOverlap "trips-overlap" 916 Error;
    BudgetExceeded "budget-exceeded" 917 Error;
    LedgerImbalance "ledger-imbalance" 918 Error;
    PayeeOther "payee-other" 919 Warning;
}

impl Rule {
    /// The rule of that name or code, as a user types it.
    pub fn find(text: &str) -> Option<Rule> {
        let text = text.trim();
        Rule::ALL
            .iter()
            .copied()
            .find(|r| r.name().eq_ignore_ascii_case(text) || r.code().to_string() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_unique_and_every_page_says_something() {
        let mut names: Vec<_> = Rule::ALL.iter().map(|r| r.name()).collect();
        let mut codes: Vec<_> = Rule::ALL.iter().map(|r| r.code()).collect();
        names.sort_unstable();
        names.dedup();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
        assert_eq!(codes.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            for lang in [Lang::Zh, Lang::En] {
                let page = rule.page(lang);
                let title = format!("# {}\n", rule.name());
                assert!(page.starts_with(&title), "{}", rule.name());
                let characters = page.chars().count();
                assert!(characters > 150, "{} has no real page", rule.name());
            }
        }
    }
}
