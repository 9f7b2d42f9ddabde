//! Words by which tables are understood whatever their form; `templates/words.toml`.

use super::derived::Derived;
use super::spellings::Tokens;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Words by which the lines of a sheet are told apart.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// 合计 小计 总计 …: a line of sums.
    pub total: Vec<String>,
    /// Label of the submitting school: 填报单位 …
    pub submitter: Vec<String>,
    /// Label of the date of the table: 填报日期 …
    pub date: Vec<String>,
    /// Label of the unit of its numbers: 单位：元 …
    pub unit: Vec<String>,
    /// Begins a note: 注 说明 …
    pub note: Vec<String>,
    /// Signature line: 填表人 审核人 …
    pub signature: Vec<String>,
    /// Marks an example row: 例 示例 …
    pub example: Vec<String>,
    /// Ends of titles: 花名册 一览表 …
    pub title: Vec<String>,
    /// Nothing: 无 - / …
    pub absent: Vec<String>,
    /// The same as the cell above: 同上 〃 …
    pub ditto: Vec<String>,
    /// True.
    pub yes: Vec<String>,
    /// False.
    pub no: Vec<String>,
    /// Until now: 至今 …
    pub present: Vec<String>,
    /// In a file's name: it replaces an earlier one (最终 修改 …), the strongest last.
    pub correction: Vec<String>,
    /// How schools' names are told from the text around them.
    pub schools: SchoolWords,
    /// A line of averages or shares, which is no sum: 平均 占比 …
    #[serde(default)]
    pub average: Vec<String>,
    /// Units of people in a typed head count: 人 名 …
    #[serde(default)]
    pub people: Vec<String>,
    /// A line that sums a group or a page: 小计 …
    #[serde(default)]
    pub subtotal: Vec<String>,
    /// A line that sums everything: 总计 …
    #[serde(default)]
    pub grand: Vec<String>,
    /// Attachment marks above a title: 附件 …
    #[serde(default)]
    pub attachment: Vec<String>,
    /// Begins a hint behind a label in a header cell: 如 格式 必填 …
    #[serde(default)]
    pub hint: Vec<String>,
    /// Changes nothing about a label: 教师 情况 …
    #[serde(default)]
    pub filler: Vec<String>,
    /// People other than the one the record is about: 配偶 联系人 …; their names and numbers are
    /// not the teacher's.
    #[serde(default)]
    pub foreign: Vec<String>,
    /// Ends of words for people: 人 者 …; an unknown label with one may be about somebody else.
    #[serde(default)]
    pub person_mark: Vec<String>,
    /// What makes a label another one: another year's, or what is only asked for.
    #[serde(default)]
    pub other: Vec<String>,
    /// Ends of headings of groups of rows: 部 组 小学 …
    #[serde(default)]
    pub section: Vec<String>,
    /// Numerals that number sections: 一 二 …
    #[serde(default)]
    pub ordinal: Vec<String>,
    /// Marks of the row that numbers columns: 甲 乙 …
    #[serde(default)]
    pub column_mark: Vec<String>,
    /// Before an amount written out in capital characters: 大写 …
    #[serde(default)]
    pub in_words: Vec<String>,
    /// Says, alone or behind a title printed again, that a table goes on from before: 续表 …
    #[serde(default)]
    pub goes_on: Vec<String>,
    /// On a form of one person: heads free text, a list that no form collects, or the photograph:
    /// 个人总结 学习经历 照片 …
    #[serde(default)]
    pub block: Vec<String>,
    /// In front of a label that asks the person: 您的 …
    #[serde(default)]
    pub asking: Vec<String>,
    /// In a header cell cut by a diagonal: names the other axis, 项目 in 项目\\学校.
    #[serde(default)]
    pub axis: Vec<String>,
    /// What is left of a page's number without its digits: 第页 共页 …
    #[serde(default)]
    pub page: Vec<String>,
    /// Factor of a number's unit word: 万元 -> 10000, 元 -> 1, 学时 -> 1.
    pub units: BTreeMap<String, f64>,
    /// Filled on first use.
    #[serde(skip)]
    pub derived: Derived<Tokens>,
}

impl Words {
    /// The small words of cells, ready to look up.
    pub fn tokens(&self) -> &Tokens {
        self.derived.get_or(|| Tokens::new(self))
    }
}

/// How schools' names are told from the text around them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolWords {
    /// A school's name ends with one of these: 小学 中学 …
    pub kinds: Vec<String>,
    /// Ends like a school's name and is none: 中小学 …
    pub generic: Vec<String>,
    /// Ends of place names that may stand before a school's name: 县 镇 …
    pub regions: Vec<String>,
    /// Words after which a school's name may begin, cut off with all before them where a name must
    /// be read out of a title: 年度 …
    pub lead: Vec<String>,
    /// Other words after which a known school's name may begin: 附件 …
    pub before: Vec<String>,
    /// Parts of a school, the school itself: 小学部 …
    pub departments: Vec<String>,
    /// After a school's name: another school than the one named: 分校 …
    pub branches: Vec<String>,
    /// Schools that hand in the tables of others in their town: 中心校 …
    pub central: Vec<String>,
    /// The school that hands in the table: 本校 …
    pub own: Vec<String>,
    /// Usual short forms of the ends of names: 第一中学 -> 一中.
    pub short: BTreeMap<String, Vec<String>>,
}
