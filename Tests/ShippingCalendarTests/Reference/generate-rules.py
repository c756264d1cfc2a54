#!/usr/bin/env python3
"""Makes rules.csv: the days of yearly rules, by python-dateutil's rrule.

    cd Tests/ShippingCalendarTests/Reference && python3 generate-rules.py

Needs python-dateutil (2.9.0 made the committed file). Seeded. Rules are drawn
from the subset that HolidayFile reads; each begins on a day of its own, because
RFC 5545 leaves open what a first day outside the rule means.
"""
import csv
import random
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr

chance = random.Random(5545)
WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LAST = datetime(2034, 12, 31)


def draw():
    parts = ["FREQ=YEARLY"]
    if chance.random() < 0.2:
        parts.append(f"INTERVAL={chance.randint(2, 5)}")
    kind = chance.choice(["plain", "month", "monthday", "weekday", "both"])
    if kind != "plain" and (kind in ("month", "weekday", "both") or chance.random() < 0.7):
        months = sorted(chance.sample(range(1, 13), chance.choice([1, 1, 1, 2])))
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if kind in ("monthday", "both"):
        days = chance.sample([*range(1, 32), -1, -2, -7], chance.choice([1, 1, 2]))
        if kind == "both":
            days = range(22, 29)
        parts.append("BYMONTHDAY=" + ",".join(map(str, days)))
    if kind == "weekday":
        # All with a place in the month, or all without: dateutil reads a mixture as "and".
        ordinals = chance.choice([["1", "2", "3", "4", "5", "-1", "-2"], [""]])
        places = [chance.choice(ordinals) + chance.choice(WEEK)
                  for _ in range(chance.choice([1, 1, 2]))]
        parts.append("BYDAY=" + ",".join(places))
    if kind == "both":
        parts.append("BYDAY=" + chance.choice(WEEK))
    end = chance.random()
    if end < 0.25:
        parts.append(f"COUNT={chance.randint(1, 8)}")
    elif end < 0.5:
        parts.append(f"UNTIL={chance.randint(2026, 2033)}{chance.randint(1, 12):02}15")
    return ";".join(parts)


with open("rules.csv", "w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["first", "rule", "excluded", "days"])
    written = 0
    while written < 1500:
        rule = draw()
        around = datetime(chance.randint(2020, 2027), chance.randint(1, 12), chance.randint(1, 28))
        # A day of the rule to begin on: that of the unending one, if any is near.
        free = ";".join(p for p in rule.split(";") if p.split("=")[0] not in ("COUNT", "UNTIL", "INTERVAL"))
        first = rrulestr(free, dtstart=around).after(around - timedelta(days=1))
        if first is None or first.year > 2028:
            continue
        days = rrulestr(rule, dtstart=first).between(first, LAST, inc=True)
        excluded = [d for d in days if chance.random() < 0.1]
        days = [d for d in days if d not in excluded]
        show = lambda ds: " ".join(d.strftime("%Y%m%d") for d in ds)
        out.writerow([first.strftime("%Y%m%d"), rule, show(excluded), show(days)])
        written += 1
