#!/usr/bin/env python3
"""Makes windows.csv: when goods arrive by the days and hours of carrier and customer.

    cd Tests/ShippingCalendarTests/Reference && python3 generate-windows.py

Seeded. Nothing here is clever on purpose: a carrier may come at any quarter of an hour of its
hours, and each is tried; a leaving day is found by trying every day, and the last cutoff by
trying every cutoff from the last backwards.
"""
import csv
import random
from datetime import date, datetime, time, timedelta

chance = random.Random(1963)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CUTOFF = time(14)
FIRST = date(2026, 1, 5)
QUARTERS = range(0, 1440, 15)


def days(share):
    return {d for d in range(7) if chance.random() < share(d)}


def hours(first, last):
    """Two readings of a clock, or none."""
    if chance.random() < 0.3:
        return None
    start = chance.choice(QUARTERS[first * 4:last * 4])
    return start, start + chance.choice(range(15, 600, 15))


def quarters(window):
    """Every quarter of an hour at which something may happen; all of them where nobody says."""
    first, last = window or (0, 1439)
    return {q for q in range(1440) if first <= q <= last and (q % 15 == 0 or q == 1439)}


class Case:
    def __init__(self):
        self.now = datetime.combine(
            FIRST + timedelta(days=chance.randrange(360)), time(chance.randrange(24)))
        self.pickup = days(lambda d: 0.95 if d < 5 else 0.3) | {chance.randrange(5)}
        self.moving = days(lambda d: 0.97 if d < 5 else 0.2) | {chance.randrange(5)}
        self.delivery_only = days(lambda d: 0.4 if d == 5 else 0.0) - self.moving
        self.receiving = days(lambda d: 0.8) | {min(self.moving)}
        self.transit = chance.choice([0, 1, 1, 2, 3])
        today = self.now.date()
        self.closed = {today + timedelta(days=chance.randrange(10)) for _ in range(
            chance.randrange(3))}
        self.carrier_closed = {today + timedelta(days=chance.randrange(10)) for _ in range(
            chance.randrange(3))}
        self.carrier_hours = hours(6, 16)
        self.customer_hours = hours(6, 14)
        shared = sorted(quarters(self.carrier_hours) & quarters(self.customer_hours))
        self.shared = shared if len(shared) > 1 else []
        self.not_before = self.not_before_time = self.by = self.by_time = None
        if chance.random() < 0.6:
            self.not_before = today + timedelta(days=chance.randrange(12))
            if chance.random() < 0.7:
                self.not_before_time = chance.choice(QUARTERS)
        if chance.random() < 0.6:
            self.by = (self.not_before or today) + timedelta(days=chance.randrange(10))
            if chance.random() < 0.7:
                self.by_time = chance.choice(QUARTERS)

    def is_sensible(self):
        """Whether the terms could be: what contradicts itself is refused before."""
        first, last = self.customer_hours or (0, 1440)
        if self.by_time is not None and self.by_time <= first and self.customer_hours:
            return False
        if self.not_before_time is not None:
            if self.not_before_time >= last:
                return False
            if self.not_before == self.by and self.by_time is not None \
                    and self.not_before_time > self.by_time:
                return False
        return (self.customer_hours or (0, 1439))[1] <= 1439 \
            and (self.carrier_hours or (0, 1439))[1] <= 1439

    def moves(self, day):
        return day.weekday() in self.moving and day not in self.carrier_closed

    def brings(self, day):
        return day.weekday() in self.delivery_only and day not in self.carrier_closed

    def tries(self, leaves):
        """The days on which the carrier comes with the goods and somebody is there to take them."""
        day, left = leaves, self.transit
        if left == 0 and leaves.weekday() in self.receiving:
            yield leaves
        for _ in range(400):
            day += timedelta(days=1)
            if self.moves(day):
                left = max(0, left - 1)
                if left == 0 and day.weekday() in self.receiving:
                    yield day
            elif self.brings(day) and left <= 1 and day.weekday() in self.receiving:
                yield day

    def is_certain(self, day, number):
        """Whether the goods are there on a day at whatever hour of it the carrier comes."""
        if number == 0 and not quarters(self.carrier_hours) <= quarters(self.customer_hours):
            return False
        if day == self.by and self.by_time is not None:
            return all(q <= self.by_time for q in self.shared)
        return True

    def arrives(self, leaves):
        if not self.shared:
            return None
        return next((d for n, d in enumerate(self.tries(leaves)) if self.is_certain(d, n)), None)

    def is_early(self, day):
        if self.not_before is None or day > self.not_before:
            return False
        return day < self.not_before or self.not_before_time is not None and any(
            q < self.not_before_time for q in self.shared)

    def delivery(self, now):
        for offset in range(120):
            day = now.date() + timedelta(days=offset)
            if day.weekday() > 4 or day in self.closed or day.weekday() not in self.pickup \
                    or day in self.carrier_closed or datetime.combine(day, CUTOFF) <= now:
                continue
            arrives = self.arrives(day)
            if arrives is not None and not self.is_early(arrives):
                return day, arrives
        return None, None

    def last(self):
        """The day of the last cutoff before which an order arrives by the last day."""
        if self.by is None:
            return None
        for offset in range(120):
            day = self.by - timedelta(days=offset)
            if day.weekday() > 4 or day in self.closed:
                continue
            before = datetime.combine(day, CUTOFF) - timedelta(minutes=1)
            _, arrives = self.delivery(before)
            if arrives is not None and arrives <= self.by:
                return day
        return None


def names(found):
    return " ".join(WEEK[d] for d in sorted(found))


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def window(found):
    return f"{clock(found[0])}-{clock(found[1])}" if found else ""


def moment(day, minutes):
    return "" if day is None else f"{day}" + ("" if minutes is None else f"T{clock(minutes)}")


rows = []
while len(rows) < 3000:
    case = Case()
    if not case.is_sensible():
        continue
    leaves, arrives = case.delivery(case.now)
    rows.append([
        case.now.strftime("%Y-%m-%dT%H:%M"), " ".join(map(str, sorted(case.closed))),
        names(case.pickup), names(case.moving), names(case.delivery_only),
        " ".join(map(str, sorted(case.carrier_closed))), window(case.carrier_hours), case.transit,
        names(case.receiving), window(case.customer_hours),
        moment(case.not_before, case.not_before_time), moment(case.by, case.by_time),
        leaves or "", arrives or "", case.last() or ""])
with open("windows.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([
        "now", "holidays", "pickup", "moving", "delivery_only", "carrier_holidays", "delivers",
        "transit_days", "receiving", "receives", "not_before", "by", "leaves", "arrives", "last"])
    writer.writerows(rows)
