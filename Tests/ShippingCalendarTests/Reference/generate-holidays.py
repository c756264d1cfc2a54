#!/usr/bin/env python3
"""Makes holidays.csv: public holidays as rules, and their days by Python's holidays package.

    cd Tests/ShippingCalendarTests/Reference && python3 generate-holidays.py

Needs holidays (0.109 made the committed file). Each rule is what a site manager's calendar
program writes for the holiday; the package has the days from the laws of each country, without
the weekdays on which some are made up for. Easter is no yearly rule, and so not among them.
"""
import csv
import re

import holidays

YEARS = range(2022, 2035)
US, CA = ("US", None), ("CA", "ON")
# Where, what the package calls it, the rule, and days that were moved by a law of one year.
RULES = [
    (US, r"New Year's Day", "BYMONTH=1;BYMONTHDAY=1", []),
    (US, r"Martin Luther King Jr. Day", "BYMONTH=1;BYDAY=3MO", []),
    (US, r"Washington's Birthday", "BYMONTH=2;BYDAY=3MO", []),
    (US, r"Memorial Day", "BYMONTH=5;BYDAY=-1MO", []),
    (US, r"Juneteenth National Independence Day", "BYMONTH=6;BYMONTHDAY=19", []),
    (US, r"Independence Day", "BYMONTH=7;BYMONTHDAY=4", []),
    (US, r"Labor Day", "BYMONTH=9;BYDAY=1MO", []),
    (US, r"Columbus Day", "BYMONTH=10;BYDAY=2MO", []),
    (US, r"Veterans Day", "BYMONTH=11;BYMONTHDAY=11", []),
    (US, r"Thanksgiving Day", "BYMONTH=11;BYDAY=4TH", []),
    (US, r"Christmas Day", "BYMONTH=12;BYMONTHDAY=25", []),
    (("US", "CA"), r"Day After Thanksgiving",
     "BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29", []),
    (("US", "UT"), r"Pioneer Day", "BYMONTH=7;BYMONTHDAY=24", []),
    (("US", "MA"), r"Patriots' Day", "BYMONTH=4;BYDAY=3MO", []),
    (("US", "NV"), r"Nevada Day", "BYMONTH=10;BYDAY=-1FR", []),
    (CA, r"Family Day", "BYMONTH=2;BYDAY=3MO", []),
    (CA, r"Victoria Day", "BYMONTH=5;BYDAY=MO;BYMONTHDAY=18,19,20,21,22,23,24", []),
    (CA, r"Labor Day", "BYMONTH=9;BYDAY=1MO", []),
    (CA, r"Thanksgiving Day", "BYMONTH=10;BYDAY=2MO", []),
    (("GB", "ENG"), r"May Day", "BYMONTH=5;BYDAY=1MO", []),
    (("GB", "ENG"), r"Spring Bank Holiday", "BYMONTH=5;BYDAY=-1MO", ["2022-05-30"]),
    (("GB", "ENG"), r"Late Summer Bank Holiday", "BYMONTH=8;BYDAY=-1MO", []),
    (("MX", None), r".*Constitution.*|.*Constituci.*", "BYMONTH=2;BYDAY=1MO", []),
    (("MX", None), r".*Ju.rez.*", "BYMONTH=3;BYDAY=3MO", []),
    (("MX", None), r".*Revolu.*", "BYMONTH=11;BYDAY=3MO", []),
    (("SE", None), r"Midsummer Day", "BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26", []),
    (("JP", None), r"Coming of Age Day", "BYMONTH=1;BYDAY=2MO", []),
    (("JP", None), r"Respect for the Aged Day", "BYMONTH=9;BYDAY=3MO", []),
]

rows = []
for (country, part), name, rule, moved in RULES:
    found = holidays.country_holidays(country, subdiv=part, years=YEARS, observed=False)
    days = sorted(day for day in found if any(
        re.fullmatch(name, one) for one in found[day].split("; ")))
    days = [day for day in days if str(day) not in moved and day.month == int(
        re.search(r"BYMONTH=(\d+)", rule).group(1))]
    if len(days) < len(YEARS) - 2:
        raise SystemExit(f"{country} {part}: {name} is on {len(days)} days: {set(found.values())}")
    rows.append([
        f"{country} {part or ''}".strip(), rule, days[0].strftime("%Y%m%d"),
        " ".join(day.replace("-", "") for day in moved if day > str(days[0])),
        " ".join(day.strftime("%Y%m%d") for day in days)])
with open("holidays.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["place", "rule", "first", "excluded", "days"])
    writer.writerows(rows)
