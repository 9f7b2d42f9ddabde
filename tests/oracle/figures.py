"""Families of figures by plain loops over dictionaries, for the sample scripts.

Every function takes the finished groups (`[(group, rows)]`, leaves, subtotals and the whole) and
writes the figures of one measure into a batch. Nothing here knows the program; the definitions are
those that the scheme files and the contract state in words.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction


def masked(number):
    return f"{number[:6]}********{number[14:]}" if len(number) == 18 else number


def composition(b, measure, groups, columns, shares=True):
    """columns: (name, value of a row, terms)."""
    for group, rows in groups:
        b.count(measure, group, len(rows))
        for name, of, terms in columns:
            for term in terms:
                n = sum(of(r) == term for r in rows)
                b.count(f"{measure}.{name}.{term}", group, n)
                if shares:
                    b.rate(f"{measure}.{name}.{term}.share", group, n, len(rows))


def points(b, measure, group, hits, base, target):
    """How far a rate is from its target, in percentage points."""
    b.figure(measure, group, (Fraction(hits, base) - target) * 100 if base else None)


def rate(b, measure, groups, hit, target=None):
    for group, rows in groups:
        base, hits = len(rows), sum(bool(hit(r)) for r in rows)
        b.count(f"{measure}.base", group, base)
        b.count(f"{measure}.hits", group, hits)
        b.rate(measure, group, hits, base)
        if target is not None:
            b.figure(f"{measure}.target", group, target)
            points(b, f"{measure}.gap", group, hits, base, target)
            least = -(-target.numerator * base // target.denominator)
            b.count(f"{measure}.more", group, max(0, least - hits))


def requirement(b, measure, groups, needs, who=lambda r: r["person"]):
    """needs: (id, amounts by person, test, whether decimal)."""
    for group, rows in groups:
        b.count(f"{measure}.base", group, len(rows))
        fine = [True] * len(rows)
        for name, amounts, test, decimal in needs:
            has = [amounts.get(who(r), 0) for r in rows]
            met = [test(a) for a in has]
            fine = [x and y for x, y in zip(fine, met)]
            b.count(f"{measure}.{name}", group, sum(met))
            b.rate(f"{measure}.{name}.rate", group, sum(met), len(rows))
            (b.number if decimal else b.count)(f"{measure}.{name}.total", group, sum(has))
        b.count(f"{measure}.met", group, sum(fine))
        b.rate(measure, group, sum(fine), len(rows))
        b.count(f"{measure}.unmet", group, len(rows) - sum(fine))


def unmet(b, measure, rows, needs, place, who=lambda r: r["person"]):
    """The list of those who do not meet everything; needs: (id, amounts, least, decimal)."""
    def figures(row):
        for name, amounts, least, decimal in needs:
            has = amounts.get(who(row), 0)
            lacks = max(least - has, 0)
            yield name, float(has) if decimal else has
            yield f"{name}.gap", (float(lacks) if decimal else lacks) or None
    chosen = [r for r in rows if any(amounts.get(who(r), 0) < least for _, amounts, least, _ in needs)]
    listing(b, measure, chosen, figures, place)


def listing(b, measure, rows, figures, place):
    """One line a row, in the given order; `place` gives district and school; a second line of the
    same person in a school is numbered."""
    seen = defaultdict(int)
    for row in rows:
        district, school = place(row)
        label = f"{row['name']} {masked(row['id_number'])}".strip() if "name" in row else ""
        seen[(school, label)] += 1
        if seen[(school, label)] > 1:
            label = f"{label} ({seen[(school, label)]})"
        group = {"district": district, "school": school, "person": label}
        for name, value in figures(row):
            b.figure(f"{measure}.{name}", group, value)


def eligibility(b, measure, groups, conditions):
    """conditions: (id, verdict of a row: True, False, or None for not known)."""
    for group, rows in groups:
        verdicts = [[c(r) for _, c in conditions] for r in rows]
        good = sum(all(v is True for v in vs) for vs in verdicts)
        b.count(f"{measure}.base", group, len(rows))
        b.count(f"{measure}.eligible", group, good)
        b.rate(measure, group, good, len(rows))
        b.count(f"{measure}.rejected", group, len(rows) - good)
        b.count(f"{measure}.incomplete", group, sum(False not in vs and None in vs for vs in verdicts))
        for i, (name, _) in enumerate(conditions):
            b.count(f"{measure}.{name}", group, sum(vs[i] is not True for vs in verdicts))


def persons(b, measure, groups, sums, who=lambda r: r["person"]):
    """sums: (id, value of a row or None)."""
    for group, rows in groups:
        people = len({who(r) for r in rows})
        b.count(measure, group, people)
        b.count(f"{measure}.times", group, len(rows))
        b.rate(f"{measure}.average", group, len(rows), people)
        for name, of in sums:
            b.number(f"{measure}.{name}", group, sum((Decimal(str(of(r) or 0)) for r in rows), Decimal(0)))


def capped(rows, amount, caps, order, who=lambda r: r["person"]):
    """caps: (fits, most, bucket of a row). Returns what counts of each row and what each cap took."""
    index = sorted(range(len(rows)), key=lambda i: (order(rows[i]) is None, order(rows[i]) or 0, i))
    left = [Decimal(str(amount(r) or 0)) for r in rows]
    taken = []
    for fits, most, bucket in caps:
        used, took = defaultdict(Decimal), [Decimal(0)] * len(rows)
        for i in index:
            if not fits(rows[i]):
                continue
            key = (who(rows[i]), bucket(rows[i]))
            counts = min(left[i], max(Decimal(0), Decimal(most) - used[key]))
            used[key] += left[i]
            took[i] = left[i] - counts
            left[i] = counts
        taken.append(took)
    return left, taken


def plan(b, measure, lines, quota, rates=True):
    """lines: (group, leaves of actual and (low, high)); sums over leaves, gaps never cancel."""
    for group, leaves in lines:
        low, high = sum(q[0] for _, q in leaves), sum(q[1] for _, q in leaves)
        actual = sum(a for a, _ in leaves)
        if quota:
            b.count(f"{measure}.quota", group, low)
        else:
            b.count(f"{measure}.low", group, low)
            b.count(f"{measure}.high", group, high)
        b.count(measure, group, actual)
        b.rate(f"{measure}.rate", group, actual, low)
        b.count(f"{measure}.gap", group, sum(max(0, q[0] - a) for a, q in leaves))
        b.count(f"{measure}.over", group, sum(max(0, a - q[1]) for a, q in leaves))


def quotient(b, measure, group, over, under, item, target):
    """A plain quotient of two numbers against a target of its unit; None: no target for the row."""
    if under == 0:
        b.figure(measure, group, None)
    else:
        exact = Fraction(over) / Fraction(under)
        b.figure(measure, group, exact)
    b.figure(f"{measure}.{item}.target", group, None if target is None else float(target))
    gap = None if target is None or under == 0 else exact - target
    b.figure(f"{measure}.{item}.gap", group, gap)
