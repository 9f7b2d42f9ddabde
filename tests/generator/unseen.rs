//! Spellings that nobody has taught the program: labels and terms as a school might still write
//! them, and columns of something else whose labels look like a field's.
//!
//! The first two tempt nobody: a reader who knows the trade understands them, a dictionary does not, and
//! the right outcome is the value or an open question. The last tempt to a wrong value, which is
//! the worst outcome there is.

use crate::support::rng::Rng;
use huizong::fold;
use huizong::scheme::Scheme;

/// Labels of a field that no dictionary has.
pub fn headers(form: &str, field: &str) -> &'static [&'static str] {
    match (form, field) {
        (_, "name") => &["教师大名", "任课老师名", "参加者姓名", "受训人姓名"],
        (_, "id_number") => &["公民证号", "身份证登记号", "身份证18位数字", "居民证号码"],
        (_, "school") => &["在哪校", "校别", "任教校", "教书的学校"],
        (_, "school_code") => &["校编码", "学校的码"],
        ("roster", "gender") => &["男女", "性别区分", "男或女"],
        ("roster", "birth_date") => &["生辰", "何年何月出生", "出生于", "生日年月"],
        ("roster", "work_start") => &[
            "何年参加工作",
            "上班起始年月",
            "参加革命工作时间",
            "哪年上班",
        ],
        (_, "stage") => &["教哪一段", "教书学段", "任课层段"],
        ("roster", "area") => &["学校城乡", "城镇还是农村", "学校所处区域类别"],
        ("roster", "subject") => &["教什么课", "主要任课", "任课科", "教书科目"],
        ("roster", "title") => &["评上的职称", "专业技术级别", "职称档次", "中小教职称"],
        ("roster", "first_education") => &["最早的学历", "入职时的文凭", "头一个学历"],
        ("roster", "education") => &["如今学历", "学历水准", "现今文凭", "最高文凭"],
        ("roster", "institution") => &["哪里毕业", "毕业大学", "毕业的学校名"],
        ("roster", "major") => &["学的专业", "所读专业", "大学里的专业"],
        ("roster", "tier") => &["骨干身份", "骨干荣誉", "名骨称号", "骨干名号"],
        ("roster", "tier_level") => &["属哪一级骨干", "骨干级别档", "哪一级评的"],
        ("roster", "appointed") => &["何时评为骨干", "骨干评上时间", "骨干获评年月"],
        ("roster", "full_time") => &["专任否", "是不是专任", "专任标记"],
        ("roster", "phone") => &["联络电话", "可联系电话", "手机联系"],
        ("roster", "post") => &["担任何职", "校内担任", "分管工作职务"],
        ("training", "project") => &["学了什么", "培训叫什么", "培训班名目", "研修班次名"],
        ("training", "category") => &["属于哪类培训", "培训归类", "培训大类"],
        ("training", "required") => &["必选性质", "必修与否", "修的性质"],
        ("training", "start_date") => &["哪天开始", "起训日期", "培训起日"],
        ("training", "end_date") => &["哪天结束", "结训日期", "培训止日"],
        ("training", "period") => &["培训日子", "何时培训", "培训的起止"],
        ("training", "hours") => &["记学时", "得学时", "计入学时数", "学时节数"],
        ("training", "credits") => &["记学分", "得学分", "计入学分数"],
        ("training", "result") => &["培训评定", "过关与否", "培训鉴定"],
        ("training", "certificate_no") => &["结业证的编号", "证书流水号"],
        ("study", "current_education") => &["手上学历", "已拿学历", "眼下学历"],
        ("study", "target_education") => &["要读的学历", "在攻学历", "拟读学历"],
        ("study", "institution") => &["在哪读", "读书的学校", "深造院校"],
        ("study", "major") => &["读什么专业", "深造专业"],
        ("study", "enrolled") => &["哪年入学", "开始读书时间"],
        ("study", "expected_graduation") => &["哪年毕业", "估计毕业时间"],
        ("study", "status") => &["读书情况", "读到哪一步"],
        ("study", "certificate_no") => &["毕业证的号", "文凭编号"],
        ("claims", "project") => &["为何事报销", "报销缘由", "何种培训"],
        ("claims", "expense_type") => &["花费种类", "开销类别", "费用归类"],
        ("claims", "invoice_no") => &["发票上的号", "票据流水号", "票号码"],
        ("claims", "invoice_date") => &["开票那天", "票面日期", "票开日期"],
        ("claims", "amount") => &["票上金额", "发票上的钱数", "票面钱数"],
        ("claims", "claimed") => &["要报的钱", "拟报数额", "申请报多少"],
        ("claims", "days") => &["外出几天", "培训几天", "共几天"],
        ("assessment", "year") => &["哪一年度", "考核的年"],
        ("assessment", "open_lessons") => &["开课几节", "公开课开设情况", "亮相课"],
        ("assessment", "lessons_observed") => &["听了几节", "进课堂听课", "听别人课"],
        ("assessment", "papers") => &["文章几篇", "论文写作", "发文章"],
        ("assessment", "research_projects") => &["做课题", "课题参加", "科研立项"],
        ("assessment", "lectures") => &["讲座几场", "作讲座", "专题讲学"],
        ("assessment", "mentees") => &["带新教师", "帮带人", "所带徒弟"],
        ("assessment", "reading_notes") => &["读书记录", "读书摘记"],
        ("assessment", "grade") => &["考核档", "最后评定", "年度评级"],
        _ => panic!("no unseen words for {form}.{field}"),
    }
}

/// What a tempting column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Date,
    Count,
    Money,
    Name,
    Id,
    Phone,
    Education,
    Title,
    Stage,
    Subject,
    Grade,
    College,
}

/// Columns of something else: their labels hold a field's word, their cells hold its kind of value.
pub fn tempting(form: &str) -> &'static [(&'static str, Held)] {
    use Held::*;
    match form {
        "roster" => &[
            ("身份证有效期起", Date),
            ("身份证到期日", Date),
            ("配偶学历", Education),
            ("配偶身份证号", Id),
            ("配偶姓名", Name),
            ("子女出生年月", Date),
            ("拟申报职称", Title),
            ("上一级职称", Title),
            ("原任教学科", Subject),
            ("前任教学段", Stage),
            ("校长电话", Phone),
            ("称号到期时间", Date),
            ("退休年月", Date),
            ("配偶毕业院校", College),
            ("毕业时班主任姓名", Name),
        ],
        "training" => &[
            ("折算前学时", Count),
            ("上年结转学时", Count),
            ("应修满学时", Count),
            ("不计学时部分", Count),
            ("上年结转学分", Count),
            ("报名日期", Date),
            ("发证日期", Date),
            ("带队校长", Name),
            ("培训班班主任姓名", Name),
            ("上次考核结果", Grade),
        ],
        "study" => &[
            ("配偶学历", Education),
            ("父母学历", Education),
            ("学费缴纳日期", Date),
            ("毕业论文成绩", Grade),
            ("同读教师姓名", Name),
            ("学位英语通过时间", Date),
            ("第一次报考院校", College),
        ],
        "claims" => &[
            ("发票税额", Money),
            ("已借款金额", Money),
            ("上次报销金额", Money),
            ("预算剩余金额", Money),
            ("审批日期", Date),
            ("转账日期", Date),
            ("随行人员姓名", Name),
            ("上次发票日期", Date),
        ],
        _ => &[
            ("去年考核等次", Grade),
            ("听课要求节数", Count),
            ("论文获奖数", Count),
            ("公开课评价", Grade),
            ("讲座听众人数", Count),
            ("上年论文篇数", Count),
            ("上年听课节数", Count),
            ("应指导教师数", Count),
            ("考核组长姓名", Name),
        ],
    }
}

/// Ways of writing a term that no vocabulary has. Some hold another term's word.
pub fn values(vocabulary: &str, term: &str) -> &'static [&'static str] {
    match (vocabulary, term) {
        ("gender", "男") => &["男同志"],
        ("gender", "女") => &["女同志"],
        ("stage", "幼儿园") => &["幼儿段教学", "学龄前"],
        ("stage", "小学") => &["小学低段", "一至六年级", "小学（原初中）"],
        ("stage", "初中") => &["七至九年级", "初中学段班"],
        ("stage", "高中") => &["高一至高三", "高中学段班"],
        ("area", "城区") => &["城里"],
        ("area", "镇区") => &["镇上", "街上"],
        ("area", "乡村") => &["乡下", "村里"],
        ("subject", "语文") => &["国文", "语文（原教数学）"],
        ("subject", "数学") => &["算术", "数学（曾教语文）"],
        ("title", "高级教师") => &["高级（原中学高级）", "副高级岗位教师"],
        ("title", "一级教师") => &["1级教师", "一级（原小学高级）", "原小学高级，现一级教师"],
        ("title", "二级教师") => &["2级教师", "二级（原小学一级）"],
        ("title", "未定级") => &["还没评", "刚入职未评"],
        ("education", "硕士研究生") => &["读研毕业"],
        ("education", "本科") => &["读完本科", "大学四年制本", "本科（硕士备考）"],
        ("education", "专科") => &["大专，本科在读", "大专（后读本科未毕业）", "三年大学专"],
        ("education", "中专") => &["中师后自修", "中师，读过大专课程"],
        ("category", "集中培训") => &["到市里集中学", "集中到县听课"],
        ("category", "校本研修") => &["在校研讨", "学校自办研讨"],
        ("category", "网络研修") => &["上网学习", "网上听课学"],
        ("grade", "优秀") => &["特优", "优秀档位"],
        ("grade", "合格") => &["过关", "合格过关"],
        ("grade", "基本合格") => &["勉强合格", "刚刚合格"],
        ("grade", "不合格") => &["没过关", "还不合格"],
        ("study_status", "在读") => &["正在念", "还没念完"],
        ("study_status", "已毕业") => &["念完了", "毕业拿证"],
        ("tier", "骨干教师") => &["骨干人才", "骨干教师（未评上名师）"],
        ("tier", "学科带头人") => &["学科领头人"],
        ("tier_level", "市级") => &["设区市一级"],
        ("tier_level", "县区级") => &["县一级", "本县评"],
        ("expense", "培训费") => &["培训班收的钱"],
        ("expense", "住宿费") => &["旅店钱"],
        ("expense", "差旅费") => &["坐车钱"],
        ("expense", "资料费") => &["买书钱"],
        ("required", "必修") => &["必须修", "规定要修"],
        ("required", "选修") => &["自己选的", "可修可不修"],
        _ => &[],
    }
}

/// A cell of a tempting column.
pub fn cell(held: Held, rng: &mut Rng) -> String {
    let pick = |rng: &mut Rng, all: &[&str]| (*rng.pick(all)).to_owned();
    match held {
        Held::Date => format!(
            "{}-{:02}-{:02}",
            rng.between(1990, 2025),
            rng.between(1, 9),
            rng.between(1, 28)
        ),
        Held::Count => rng.between(1, 60).to_string(),
        Held::Money => format!("{}.{}", rng.between(20, 900), rng.between(1, 9)),
        Held::Name => super::world::person_name(rng, true),
        Held::Id => {
            let birth = super::world::date(rng.between(1970, 1998) as i32, 5, 17);
            super::world::id_number(rng, birth, true)
        }
        Held::Phone => format!("1990000{:04}", rng.between(0, 9999)),
        Held::Education => pick(rng, &["本科", "专科", "中专", "高中"]),
        Held::Title => pick(rng, &["高级教师", "一级教师", "二级教师"]),
        Held::Stage => pick(rng, &["小学", "初中", "幼儿园"]),
        Held::Subject => pick(rng, &["语文", "数学", "英语", "体育"]),
        Held::Grade => pick(rng, &["优秀", "合格", "基本合格"]),
        Held::College => pick(rng, super::words::COLLEGES),
    }
}

/// Refuses to go on where the program knows one of these after all: it would measure nothing.
pub fn assert_unknown(scheme: &Scheme) {
    let mut known = Vec::new();
    let dictionary = scheme.dictionary();
    let mut label = |what: String, text: &str| {
        if dictionary.knows(&fold::label(text)) {
            known.push(format!("{what}: {text}"));
        }
    };
    for form in ["roster", "training", "study", "claims", "assessment"] {
        let own = super::truth::fields(form).iter().copied();
        let period = (form == "training").then_some("period");
        for field in own.chain(["school", "school_code"]).chain(period) {
            for text in headers(form, field) {
                label(format!("{form}.{field}"), text);
            }
        }
        for (text, _) in tempting(form) {
            label(format!("{form}, tempting"), text);
        }
    }
    for vocabulary in &scheme.vocabularies {
        for term in &vocabulary.terms {
            for text in values(&vocabulary.id, &term.name) {
                if vocabulary.spellings().get(&fold::label(text)).is_some() {
                    known.push(format!("{} {}: {text}", vocabulary.id, term.name));
                }
            }
        }
    }
    assert!(
        known.is_empty(),
        "known to the scheme, so not unseen:\n{}",
        known.join("\n")
    );
}
