#!/usr/bin/env python3
"""Demonstration lessons: who gave and who observed, persons once and person-times each.

See batch.py. The world: 24 events of 9 host schools in 2025, each school reporting its own teachers.
The figures of the source: 28 lecturers, more than 600 observers, 10 presenting schools, more than
1,500 person-times.
"""

import io
import random
import zipfile
from datetime import date

import batch
from batch import Batch, People, Sheet, cell, padded, page, text, wrong_check_digit, xls, xlsx

CUT = date(2025, 12, 31)
SCHOOLS = [
    ("2133990101", "清溪镇中心小学", "清溪镇", "镇区", "中心小学", "清溪中心校"),
    ("2133990102", "清溪镇第二小学", "清溪镇", "镇区", "小学", ""),
    ("3133990103", "清溪镇初级中学", "清溪镇", "镇区", "初级中学", ""),
    ("2133990201", "白石镇中心小学", "白石镇", "乡村", "中心小学", ""),
    ("3133990202", "白石镇初级中学", "白石镇", "乡村", "初级中学", ""),
    ("2133990203", "白石镇育才小学", "白石镇", "乡村", "小学", "育才小学"),
    ("2133990301", "南湖镇中心小学", "南湖镇", "乡村", "中心小学", ""),
    ("3133990302", "南湖镇初级中学", "南湖镇", "乡村", "初级中学", ""),
    ("2133990303", "南湖镇向阳小学", "南湖镇", "乡村", "小学", ""),
    ("2133990401", "城关镇第一小学", "城关镇", "城区", "小学", "城关一小"),
    ("3133990402", "城关镇第一中学", "城关镇", "城区", "初级中学", "城关一中"),
    ("2133990403", "城关镇实验小学", "城关镇", "城区", "小学", "城关实小"),
    ("2133990404", "城关镇东门小学", "城关镇", "城区", "小学", ""),
]
NAMES = [s[1] for s in SCHOOLS]
# The last school sends nothing, two others present no lesson.
SENDERS = NAMES[:12]
PRESENTERS = [n for n in SENDERS if n not in ("清溪镇第二小学", "南湖镇向阳小学")]
HOSTS = ["清溪镇中心小学", "清溪镇初级中学", "白石镇中心小学", "白石镇初级中学", "南湖镇中心小学", "南湖镇初级中学", "城关镇第一小学", "城关镇第一中学", "城关镇实验小学"]
SUBJECTS = {"小学": ["语文", "数学", "英语", "科学", "道德与法治"], "初中": ["语文", "数学", "英语", "物理", "道德与法治"]}
LESSONS = {
    "语文": ["《桂林山水》", "《背影》", "《草船借箭》", "《慈母情深》", "《落花生》"],
    "数学": ["分数的意义", "一次函数", "圆的面积", "平行四边形的面积", "二元一次方程组"],
    "英语": ["My Family", "At the Zoo", "Seasons", "A Trip to Beijing"],
    "科学": ["水的浮力", "植物的向光性"],
    "道德与法治": ["我们的节日", "法律在身边"],
    "物理": ["压强", "凸透镜成像"],
}


def world():
    rng = random.Random(20250310)
    people = People(20250310)
    days = sorted(rng.sample([date(2025, m, d) for m in (3, 4, 5, 6, 9, 10, 11, 12) for d in range(3, 28)], 24))
    events = []
    for i, day in enumerate(days):
        host = HOSTS[i % len(HOSTS)]
        events.append({"date": day, "host": host, "event": f"名师示范课展示活动（第{i + 1}场）"})
    staff = {}
    for name in SENDERS:
        members = []
        for _ in range(53):
            gender = rng.choice(["男", "女", "女"])
            born = people.day(1968, 1999)
            members.append({"school": name, "name": people.name(gender), "id": people.number(born, gender)})
        staff[name] = members
    # 28 lecturers: three of each of eight schools, two of each of two.
    lecturers = []
    for i, name in enumerate(PRESENTERS):
        lecturers += staff[name][: 3 if i < 8 else 2]
    rows = []
    turn = 0
    for i, event in enumerate(events):
        giving = [lecturers[(turn + k) % 28] for k in range(2 if i % 2 else 1)]
        turn += len(giving)
        for person in giving:
            stage = "初中" if "中学" in person["school"] else "小学"
            subject = rng.choice(SUBJECTS[stage])
            rows.append({**event, **person, "role": "授课", "stage": stage, "subject": subject, "lesson": rng.choice(LESSONS[subject])})
        everyone = [p for n in SENDERS for p in staff[n] if p not in giving]
        for person in rng.sample(everyone, 62):
            rows.append({**event, **person, "role": "听课"})
    # Most of those who were not drawn have been there once.
    seen = {r["id"] for r in rows}
    for name in SENDERS:
        for person in staff[name]:
            if person["id"] not in seen and rng.random() < 0.7:
                rows.append({**rng.choice(events), **person, "role": "听课"})
    return rows


def archive(files):
    """A zip with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, (2025, 12, 28, 9, 0, 0)), data)
    return out.getvalue()


ROLE_WORDS = {"授课": ["授课", "执教", "上课"], "听课": ["听课", "观摩", "听评课"]}


def make():
    batch_ = Batch("demonstration-lessons", "2025-12")
    batch_.directory(SCHOOLS)
    rng = random.Random(7)
    rows = world()
    own = {n: sorted((r for r in rows if r["school"] == n), key=lambda r: (r["date"], r["role"], r["id"])) for n in SENDERS}
    counted = []  # what a run should understand of each row

    def keep(r, **changes):
        counted.append({"school": r["school"], "person": r["id"], "date": r["date"], "host": r["host"], "role": r["role"],
                        "subject": r.get("subject"), "lesson": r.get("lesson"), "name": r["name"], **changes})

    def role(r, i):
        return ROLE_WORDS[r["role"]][i % 3]

    def wide(name, with_id=True, merged=False, plants=None, dates=None, down=False, again=False):
        """One table with everything: `down` merges what rows of one event share, `again` repeats the header."""
        s = Sheet("示范课参与情况", 12 if with_id else 11)
        s.title(f"{name}教师参与名师工程示范课活动情况登记表")
        s.line(f"填报单位：{name}（盖章）", "填报日期：2025年12月28日")
        if merged:
            labels = ["序号", ("活动", ["日期", "承办学校", "活动名称"]), "参与形式", ("授课", ["课题", "学段", "学科"]), "教师姓名"]
            labels += (["身份证号"] if with_id else []) + ["所在学校", "备注"]
        else:
            labels = ["序号", "活动日期", "承办学校", "活动名称", "授课/听课", "课题", "学段", "学科", "姓名"]
            labels += (["身份证号码"] if with_id else []) + ["工作单位", "备注"]
        s.header(labels)
        begun = None
        for i, r in enumerate(own[name]):
            if again and i and i % 40 == 0:
                s.header(labels)
            cells = [i + 1, dates(r["date"]) if dates else r["date"], r["host"], r["event"], role(r, i), r.get("lesson"), r.get("stage"), r.get("subject"),
                     padded(r["name"])] + ([r["id"]] if with_id else []) + [name, None]
            same = i and [own[name][i - 1][k] for k in ("date", "host")] == [r["date"], r["host"]]
            if down and same:
                cells[1:4] = [None] * 3
            at = s.row(plants(s, i, r, cells) if plants else cells)
            keep(r)
            if down and not same:
                begun = at
            last = i + 1 == len(own[name]) or [own[name][i + 1][k] for k in ("date", "host")] != [r["date"], r["host"]]
            if down and last and at > begun:
                s.merges += [(begun, c, at, c) for c in (2, 3, 4)]
        s.note("注：一名教师参加几次活动填几行；授课的填写课题。")
        s.sign("填表人：王老师        审核人：李校长")
        return s

    dotted = lambda d: f"{d.year}.{d.month}.{d.day}"
    chinese = lambda d: f"{d.year}年{d.month}月{d.day}日"

    # 1 清溪镇中心小学: xlsx with a merged header; one wrong check digit.
    name, file = SENDERS[0], "清溪镇/清溪镇中心小学示范课活动情况.xlsx"
    bad = next(i for i, r in enumerate(own[name]) if r["role"] == "听课" and sum(o["id"] == r["id"] for o in own[name]) > 1)

    def wrong_id(s, i, r, cells):
        if i == bad:
            cells[9] = wrong_check_digit(r["id"])
            batch_.finding("id-checksum", file, s.name, cell(len(s.rows) + 1, 10))
        return cells
    batch_.inbox(file, xlsx([wide(name, merged=True, plants=wrong_id)]))

    # 2 清溪镇第二小学: csv as Excel saves it, without titles.
    name = SENDERS[1]
    s = Sheet("csv", 7)
    s.header(["活动日期", "承办单位", "活动名称", "参与形式", "姓名", "身份证号", "单位"])
    for i, r in enumerate(own[name]):
        s.row([chinese(r["date"]), r["host"], r["event"], role(r, i), r["name"], r["id"], name])
        keep(r)
    batch_.inbox("清溪镇/清溪二小-示范课听课登记.csv", text(s, "gb18030"))

    # 3 清溪镇初级中学: a web page named .xls.
    name, file = SENDERS[2], "清溪镇初级中学示范课活动登记表.xls"
    batch_.inbox(file, page(wide(name, dates=dotted), "gb18030"))

    # 4 白石镇中心小学: lessons and a sign-in sheet apart, without a column for the part taken; one day unreadable.
    name, file = SENDERS[3], "白石镇/白石镇中心小学.xlsx"
    lessons, signed = Sheet("授课教师登记", 9), Sheet("听课签到", 7)
    lessons.title(f"{name}示范课授课教师登记表")
    lessons.line(f"单位：{name}", "2025年12月20日")
    lessons.header(["序号", "授课时间", "承办学校", "活动主题", "课题", "学科", "授课教师", "身份证号", "备注"])
    signed.title(f"{name}教师听课签到表")
    signed.line(f"单位：{name}", "2025年12月20日")
    signed.header(["序号", "听课时间", "地点", "活动主题", "听课教师", "身份证号", "签名"])
    unread = 5
    for r in own[name]:
        if r["role"] == "授课":
            lessons.row([len(lessons.rows) - 2, r["date"], r["host"], r["event"], r["lesson"], r["subject"], padded(r["name"]), r["id"], None])
            keep(r)
        else:
            n = len(signed.rows) - 2
            if n == unread:
                at = signed.row([n, "2025年春", r["host"], r["event"], padded(r["name"]), r["id"], None])
                batch_.finding("date-unreadable", file, signed.name, cell(at, 2))
                keep(r, date=None)
            else:
                signed.row([n, r["date"], r["host"], r["event"], padded(r["name"]), r["id"], None])
                keep(r)
    signed.sign("填表人：赵老师")
    batch_.inbox(file, xlsx([lessons, signed]))

    # 5 白石镇初级中学: a binary workbook; one role that nobody knows (no lesson, so taken for an observer).
    name, file = SENDERS[4], "白石镇/白石初中示范课材料/示范课参与情况.xls"
    odd = next(i for i, r in enumerate(own[name]) if r["role"] == "听课")

    def volunteer(s, i, r, cells):
        if i == odd:
            cells[4] = "志愿服务"
            batch_.finding("vocabulary-unknown", file, s.name, cell(len(s.rows) + 1, 5))
        return cells
    batch_.inbox(file, xls([wide(name, plants=volunteer)]))

    # 6 白石镇育才小学: csv of WPS with a title, names only, no id numbers.
    name = SENDERS[5]
    batch_.inbox("白石镇/育才小学示范课.csv", text(wide(name, with_id=False, dates=dotted)))

    # 7 南湖镇中心小学: one row twice; both are kept and counted until the school strikes one out.
    name, file = SENDERS[6], "南湖镇中心小学/示范课活动参与情况登记表.xlsx"
    twin = next(i for i, r in enumerate(own[name]) if r["role"] == "听课") + 4
    while own[name][twin]["role"] != "听课":
        twin += 1
    r = own[name][twin]
    own[name].insert(twin + 1, dict(r))
    def twice(s, i, r, cells):
        if i in (twin, twin + 1):
            cells[4] = "听课"
            batch_.finding("record-duplicate", file, s.name, cell(len(s.rows) + 1, 2))
        return cells
    batch_.inbox(file, xlsx([wide(name, plants=twice, dates=chinese)]))

    # 8 南湖镇初级中学: one event dated after the cut-off, kept and outside of the year.
    name, file = SENDERS[7], "南湖镇初级中学示范课.xlsx"
    late = len(own[name]) - 2
    own[name][late] = {**own[name][late], "date": date(2026, 3, 5)}

    def ahead(s, i, r, cells):
        if i == late:
            batch_.finding("date-future", file, s.name, cell(len(s.rows) + 1, 2))
        return cells
    batch_.inbox(file, xlsx([wide(name, merged=True, plants=ahead)]))

    # 9 南湖镇向阳小学: one row of a school that the directory does not know.
    name, file = SENDERS[8], "南湖镇向阳小学示范课活动.xlsx"
    guest = next(i for i, r in enumerate(own[name]) if r["role"] == "听课") + 3

    def stranger(s, i, r, cells):
        if i == guest:
            cells[10] = "外县明德学校"
            batch_.finding("school-unknown", file, s.name, cell(len(s.rows) + 1, 11))
            r["school"] = "外县明德学校"
        return cells
    batch_.inbox(file, xlsx([wide(name, plants=stranger)]))

    # 10-12: clean; cells merged over the rows of an event, a header on each page, a csv in an archive.
    batch_.inbox("城关镇/城关一小.xlsx", xlsx([wide(SENDERS[9], merged=True, down=True)]))
    batch_.inbox("城关镇/城关一中示范课活动.xls", page(wide(SENDERS[10], again=True)))
    batch_.inbox("城关镇/城关镇实验小学.zip", archive({"城关镇实验小学示范课活动登记.csv": text(wide(SENDERS[11], dates=chinese), "gb18030")}))
    # The last school of the directory sent nothing.
    batch_.finding("submission-missing", None)

    figures(batch_, counted)
    return batch_


def figures(b, counted):
    rows = [r for r in counted if r["date"] is None or r["date"] <= CUT]
    given = lambda rs: [r for r in rs if r["role"] == "授课"]
    seen = lambda rs: [r for r in rs if r["role"] == "听课"]
    persons = lambda rs: len({r["person"] for r in rs})

    def emit(measure, group, rs, ids, main):
        values = {
            "events": len({(r["date"], r["host"]) for r in rs if r["date"]}),
            "hosts": len({r["host"] for r in rs}),
            "lessons": len(given(rs)),
            "lecturers": persons(given(rs)),
            "presenters": len({r["school"] for r in given(rs)}),
            "observers": persons(seen(rs)),
            "observer_times": len(seen(rs)),
            "persons": persons(rs),
            "times": len(rs),
        }
        for i in ids:
            b.count(measure if i == main else f"{measure}.{i}", group, values[i])

    eight = ["events", "lessons", "lecturers", "presenters", "observers", "observer_times", "persons", "times"]
    emit("summary", {}, rows, ["events", "hosts"] + eight[1:], "events")
    for host in sorted({r["host"] for r in rows}):
        emit("hosts", {"host": host}, [r for r in rows if r["host"] == host], eight, "events")
    emit("hosts", {}, rows, eight, "events")
    for month in sorted({r["date"].month for r in rows if r["date"]}):
        emit("months", {"month": f"{month}月"}, [r for r in rows if r["date"] and r["date"].month == month], eight, "events")
    emit("months", {"month": "未填"}, [r for r in rows if not r["date"]], eight, "events")
    emit("months", {}, rows, eight, "events")
    known = list(batch.places(SCHOOLS, rows))
    # Schools that the directory does not know come last, in a group of their own.
    strange = [r for r in rows if r["school"] not in NAMES]
    known.insert(-1, ({"district": "名录外单位", "school": "外县明德学校"}, strange))
    known.insert(-1, ({"district": "名录外单位"}, strange))
    for group, rs in known:
        emit("schools", group, rs, ["lessons", "lecturers", "observers", "observer_times", "persons", "times"], "times")
    lessons = given(rows)
    terms = ["语文", "数学", "英语", "科学", "道德与法治"] + sorted({r["subject"] for r in lessons} - {"语文", "数学", "英语", "科学", "道德与法治"})
    for group, rs in batch.places(SCHOOLS, lessons):
        b.count("subjects", group, len(rs))
        for term in terms:
            b.count(f"subjects.subject.{term}", group, sum(r["subject"] == term for r in rs))


if __name__ == "__main__":
    batch.main(make)
