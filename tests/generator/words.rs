//! How schools write things: header spellings and spellings of terms, each with the term meant.
//!
//! These lists come from the domain reference, not from `templates/`: what the program knows is
//! measured against them.

/// Header spellings of a field, the official one first.
pub fn headers(form: &str, field: &str) -> &'static [&'static str] {
    match (form, field) {
        (_, "name") => &["姓名", "教师姓名"],
        (_, "id_number") => &[
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "证件号码",
            "身份证号（18位）",
            "身份证",
        ],
        ("roster", "gender") => &["性别"],
        ("roster", "birth_date") => &["出生年月", "出生日期", "出生时间", "出生年月日"],
        ("roster", "work_start") => &["参加工作时间", "参工时间", "工作时间", "入职时间"],
        (_, "stage") => &["任教学段", "学段"],
        ("roster", "area") => &["城乡类别", "城乡分类", "城乡类型", "学校所在地类别"],
        ("roster", "subject") => &["任教学科", "学科", "任教科目", "所教学科"],
        ("roster", "title") => &[
            "职称",
            "专业技术职务",
            "现任职称",
            "技术职称",
            "专业技术资格",
        ],
        ("roster", "first_education") => &["第一学历", "原始学历", "初始学历", "参加工作时学历"],
        ("roster", "education") => &["最高学历", "现学历", "现有学历", "学历", "在职学历"],
        ("roster", "institution") => &["毕业院校", "毕业学校"],
        ("roster", "major") => &["所学专业", "专业"],
        ("roster", "tier") => &["骨干类别", "称号", "荣誉称号"],
        ("roster", "tier_level") => &["骨干级别", "级别"],
        ("roster", "appointed") => &["认定时间", "命名时间"],
        ("roster", "full_time") => &["是否专任", "是否专任教师"],
        ("roster", "phone") => &["联系电话", "手机号码", "联系方式", "电话"],
        ("roster", "post") => &["职务", "行政职务"],
        ("training", "project") => &["培训项目", "培训名称", "课程名称", "项目名称", "培训内容"],
        ("training", "category") => &["培训类别", "学分类别", "培训形式"],
        ("training", "required") => &["必修/选修", "课程性质"],
        ("training", "start_date") => &["开始时间", "起始日期", "开始日期", "培训时间(起)"],
        ("training", "end_date") => &["结束时间", "截止日期", "结束日期", "培训时间(止)"],
        ("training", "period") => &["培训时间", "起止日期", "起止时间"],
        ("training", "hours") => &["学时", "课时", "培训学时"],
        ("training", "credits") => &["学分", "认定学分"],
        ("training", "result") => &["考核结果", "成绩", "是否合格"],
        ("training", "certificate_no") => &["证书编号", "结业证书号", "学时证明号"],
        ("study", "current_education") => &["现有学历", "现学历", "原学历"],
        ("study", "target_education") => &["拟提升学历", "目标学历", "在读学历"],
        ("study", "institution") => &["就读院校", "就读学校"],
        ("study", "major") => &["就读专业", "所学专业", "专业"],
        ("study", "enrolled") => &["入学时间", "入学日期"],
        ("study", "expected_graduation") => &["预计毕业时间"],
        ("study", "status") => &["学习状态", "状态"],
        ("study", "certificate_no") => &["毕业证书编号", "毕业证号"],
        ("claims", "project") => &["培训项目", "项目名称", "报销事由"],
        ("claims", "expense_type") => &["费用类别", "费用项目", "报销类别"],
        ("claims", "invoice_no") => &["发票号码", "票据号码", "发票号"],
        ("claims", "invoice_date") => &["开票日期", "发票日期"],
        ("claims", "amount") => &["发票金额", "价税合计", "票面金额"],
        ("claims", "claimed") => &["报销金额", "申报金额", "申请报销金额"],
        ("claims", "days") => &["天数", "培训天数"],
        ("assessment", "year") => &["年度", "考核年度"],
        ("assessment", "open_lessons") => &["公开课节数", "公开课"],
        ("assessment", "lessons_observed") => &["听课节数", "听课"],
        ("assessment", "papers") => &["论文篇数", "论文"],
        ("assessment", "research_projects") => &["课题", "课题研究", "课题数"],
        ("assessment", "lectures") => &["讲座次数", "讲座"],
        ("assessment", "mentees") => &["指导青年教师人数", "指导教师", "带徒人数"],
        ("assessment", "reading_notes") => &["读书笔记篇数", "读书笔记"],
        ("assessment", "grade") => &["考核等次", "等次", "考核结果"],
        _ => panic!("no header words for {form}.{field}"),
    }
}

/// Titles that schools give to a form, the official one first.
pub fn titles(form: &str) -> &'static [&'static str] {
    match form {
        "roster" => &[
            "教师花名册",
            "教职工名册",
            "教师基本情况表",
            "教师基本信息一览表",
        ],
        "training" => &[
            "教师培训学分登记表",
            "继续教育学时登记表",
            "教师培训情况统计表",
        ],
        "study" => &[
            "教师学历提升情况登记表",
            "学历进修人员花名册",
            "学历提升统计表",
        ],
        "claims" => &[
            "培训费报销汇总表",
            "教师培训经费报销明细表",
            "骨干教师经费报销表",
        ],
        "assessment" => &[
            "骨干教师年度考核表",
            "骨干教师考核情况汇总表",
            "骨干教师考核一览表",
        ],
        _ => panic!("no titles for {form}"),
    }
}

/// Sheet names that schools give to a form.
pub fn sheet_names(form: &str) -> &'static [&'static str] {
    match form {
        "roster" => &["教师名册", "花名册", "基本信息", "Sheet1"],
        "training" => &["培训学分", "学分登记", "继续教育", "Sheet1"],
        "study" => &["学历提升", "学历进修", "Sheet1"],
        "claims" => &["经费报销", "报销明细", "Sheet1"],
        "assessment" => &["年度考核", "考核", "Sheet1"],
        _ => panic!("no sheet names for {form}"),
    }
}

/// Ways of writing a term, the canonical one first.
pub fn spellings(vocabulary: &str, term: &str) -> &'static [&'static str] {
    match (vocabulary, term) {
        ("gender", "男") => &["男", "男性", "M"],
        ("gender", "女") => &["女", "女性", "F"],
        ("stage", "幼儿园") => &["幼儿园", "学前", "学前教育"],
        ("stage", "小学") => &["小学", "小学部", "小学阶段"],
        ("stage", "初中") => &["初中", "初级中学", "初中部"],
        ("stage", "高中") => &["高中", "普通高中", "普高"],
        ("area", "城区") => &["城区", "城市", "市区"],
        ("area", "镇区") => &["镇区", "县镇", "乡镇"],
        ("area", "乡村") => &["乡村", "农村", "村"],
        ("subject", "英语") => &["英语", "外语"],
        ("subject", "道德与法治") => &["道德与法治", "思想品德", "道法", "品德与社会"],
        ("subject", "信息技术") => &["信息技术", "计算机", "信息科技"],
        ("subject", "体育") => &["体育", "体育与健康"],
        ("subject", "科学") => &["科学", "自然"],
        ("title", "正高级教师") => &["正高级教师", "正高级", "中小学正高级教师"],
        ("title", "高级教师") => &[
            "高级教师",
            "中学高级教师",
            "中小学高级教师",
            "中学高级",
            "副高",
        ],
        ("title", "一级教师") => &[
            "一级教师",
            "小学高级教师",
            "中学一级教师",
            "小学高级",
            "中学一级",
            "中小学一级教师",
            "小高",
        ],
        ("title", "二级教师") => &[
            "二级教师",
            "小学一级教师",
            "中学二级教师",
            "小学一级",
            "中小学二级教师",
        ],
        ("title", "三级教师") => &["三级教师", "小学二级教师", "中学三级教师", "小学三级教师"],
        ("title", "未定级") => &["未定级", "未评级", "见习期"],
        ("education", "博士研究生") => &["博士研究生", "博士"],
        ("education", "硕士研究生") => &["硕士研究生", "研究生", "全日制研究生"],
        ("education", "本科") => &[
            "本科",
            "大学本科",
            "大学",
            "大本",
            "本科（函授）",
            "自考本科",
            "函授本科",
            "全日制本科",
            "本科毕业",
        ],
        ("education", "专科") => &[
            "专科",
            "大专",
            "大学专科",
            "高职",
            "大专（自考）",
            "函授大专",
        ],
        ("education", "中专") => &["中专", "中师", "中等师范", "中师毕业"],
        ("education", "高中及以下") => &["高中及以下", "高中", "高中毕业"],
        ("category", "集中培训") => &["集中培训", "集中", "面授"],
        ("category", "校本研修") => &["校本研修", "校本培训", "校本教研"],
        ("category", "网络研修") => &["网络研修", "远程", "网络培训", "线上"],
        ("category", "学历进修") => &["学历进修", "学历提升"],
        ("grade", "优秀") => &["优秀", "优"],
        ("grade", "合格") => &["合格", "称职", "达标"],
        ("grade", "基本合格") => &["基本合格"],
        ("grade", "不合格") => &["不合格", "不称职", "不达标"],
        ("study_status", "已毕业") => &["已毕业", "毕业"],
        ("tier", "骨干教师") => &["骨干教师", "骨干"],
        ("tier", "名师") => &["名师", "名教师"],
        ("tier_level", "县区级") => &["县区级", "县级", "区级"],
        _ => &[],
    }
}

/// Vocabulary of a field.
pub fn vocabulary(form: &str, field: &str) -> Option<&'static str> {
    Some(match (form, field) {
        (_, "gender") => "gender",
        (_, "stage") => "stage",
        (_, "area") => "area",
        (_, "subject") => "subject",
        ("roster", "title") => "title",
        (_, "education" | "first_education" | "current_education" | "target_education") => {
            "education"
        }
        (_, "tier") => "tier",
        (_, "tier_level") => "tier_level",
        (_, "category") => "category",
        (_, "required") => "required",
        (_, "result" | "grade") => "grade",
        (_, "status") => "study_status",
        (_, "expense_type") => "expense",
        _ => return None,
    })
}

/// Values that no vocabulary knows, for planted mistakes.
pub fn nonsense(vocabulary: &str) -> &'static [&'static str] {
    match vocabulary {
        "gender" => &["难", "南"],
        "stage" => &["甲段", "综合部"],
        "subject" => &["茶艺学", "待分配"],
        "title" => &["特聘", "高极教师"],
        "education" => &["本料", "待查"],
        "tier" => &["先进个人", "三好标兵"],
        "category" => &["待定", "春季班"],
        "grade" => &["良好", "待评定"],
        "study_status" => &["办理中", "待定"],
        "expense" => &["杂项支出", "待分类"],
        "area" => &["山区", "湖区"],
        "required" => &["任修", "待定"],
        _ => &["待查"],
    }
}

pub const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "罗", "高", "郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹", "彭", "曾",
    "欧阳", "上官", "诸葛",
];

pub const MALE: &[&str] = &[
    "建国", "建军", "志强", "国庆", "卫东", "勇", "军", "伟", "强", "海波", "磊", "涛", "鹏", "超",
    "杰", "浩", "宇", "鑫", "俊杰", "浩然", "子轩", "明", "志远", "文斌",
];

pub const FEMALE: &[&str] = &[
    "秀英", "桂兰", "玉梅", "红梅", "丽华", "丽", "敏", "静", "艳", "芳", "红霞", "婷", "娜", "娟",
    "丹", "雪", "倩", "颖", "欣", "佳", "梦瑶", "雨桐", "欣怡", "晓燕",
];

/// Towns of a county that does not exist.
pub const TOWNS: &[&str] = &[
    "青石镇",
    "白鹭镇",
    "云溪镇",
    "竹林镇",
    "枫桥驿镇",
    "月牙湖镇",
    "石鼓坪乡",
    "柳树湾乡",
    "银杏岭乡",
    "双塔镇",
    "鹤鸣滩镇",
    "红枫镇",
    "望川镇",
    "清泉坞乡",
    "梧桐镇",
    "碧螺镇",
    "雁回镇",
    "松涛乡",
    "莲花坳镇",
    "听泉镇",
];

pub const COUNTY: &str = "星湖县";

pub const COLLEGES: &[&str] = &[
    "星湖师范学院",
    "云岭师范大学",
    "东湾教育学院",
    "南屿大学",
    "西塬师范专科学校",
    "北辰开放大学",
    "星湖师范学校",
    "海棠学院",
];

pub const MAJORS: &[&str] = &[
    "小学教育",
    "汉语言文学",
    "数学与应用数学",
    "英语",
    "学前教育",
    "思想政治教育",
    "体育教育",
    "教育学",
];
