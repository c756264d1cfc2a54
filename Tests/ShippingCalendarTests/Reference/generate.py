#!/usr/bin/env python3
"""Makes the reference cases of ShippingCalendarTests, with Python's own time zones.

    cd Tests/ShippingCalendarTests/Reference && python3 generate.py

Needs Python 3.9 or later and the system's tzdata; committed files are of
tzdata 2025b. Seeded, so that the same tzdata gives the same files. Nothing
here is clever on purpose: an instant is found by trying every minute, a
leaving day by trying every day against the definition.

instants.csv    the first instant at which a zone's clock reads a time or later
dates.csv       the day that a zone's calendar shows at an instant
deliveries.csv  when an order taken at an instant leaves and arrives
"""
import csv
import random
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = """
America/Chicago America/New_York America/Denver America/Los_Angeles America/Phoenix
America/Kentucky/Louisville America/Anchorage Pacific/Honolulu America/Puerto_Rico
America/St_Johns America/Havana America/Santiago America/Sao_Paulo America/Nuuk
Europe/London Europe/Dublin Europe/Berlin Asia/Kathmandu Asia/Kolkata Asia/Tokyo
Australia/Sydney Australia/Lord_Howe Pacific/Auckland Pacific/Chatham Pacific/Apia UTC
""".split()
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
FIRST, LAST = date(2024, 1, 1), date(2031, 12, 31)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
chance = random.Random(4711)


def milliseconds(instant):
    return (instant - EPOCH) // timedelta(milliseconds=1)


def reading(instant, zone):
    """What the wall clock of the zone shows, as a naive datetime."""
    return instant.astimezone(zone).replace(tzinfo=None)


def first_instant(zone, day, clock):
    wanted = datetime.combine(day, clock)
    instant = wanted.replace(tzinfo=timezone.utc) - timedelta(hours=15)
    while reading(instant, zone) < wanted:
        instant += timedelta(minutes=1)
    return instant


def changes(zone):
    """The instants of a zone's clock changes, by trying every hour, then minutes."""
    found = []
    at = datetime.combine(FIRST, time(), timezone.utc)
    end = datetime.combine(LAST, time(), timezone.utc)
    while at < end:
        later = at + timedelta(hours=6)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            exact = at
            while exact.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset():
                exact += timedelta(minutes=1)
            found.append(exact)
        at = later
    return found


def any_day():
    return FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))


def any_clock():
    return time(chance.randrange(24), chance.choice([0, 0, 15, 30, 45, 59]))


def moment(name, zone, changing):
    """An instant that is as often as not close to a clock change."""
    if changing and chance.random() < 0.5:
        return chance.choice(changing) + timedelta(seconds=chance.randrange(-200_000, 20_000))
    return datetime.combine(any_day(), any_clock(), timezone.utc) + timedelta(
        seconds=chance.randrange(60))


class Calendar:
    def __init__(self, zone):
        self.zone = zone
        self.cutoffs = {
            day: any_clock() for day in range(7) if chance.random() < (0.95 if day < 5 else 0.2)}
        if not self.cutoffs:
            self.cutoffs[0] = time(14)
        self.lead = chance.choice([0, 0, 0, 1, 2, 5])
        self.pickup = {d for d in range(7) if chance.random() < (0.95 if d < 5 else 0.3)} or {0}
        self.moving = {d for d in range(7) if chance.random() < (0.98 if d < 5 else 0.2)} or {1}
        # A day that is both must exist, or nothing ever leaves or arrives.
        self.pickup.add(min(self.cutoffs))
        self.receiving = {d for d in range(7) if chance.random() < 0.8} | {min(self.moving)}
        self.transit = chance.choice([0, 1, 1, 2, 3, 5, 7])
        self.holidays, self.carrier_holidays = set(), set()

    def add_holidays(self, around):
        for holidays in (self.holidays, self.carrier_holidays):
            for _ in range(chance.randrange(4)):
                holidays.add(around + timedelta(days=chance.randrange(-2, 12)))

    def works(self, day):
        return day.weekday() in self.cutoffs and day not in self.holidays

    def deadline(self, day):
        left = self.lead
        while left > 0:
            day -= timedelta(days=1)
            left -= self.works(day)
        return day

    def leaving(self, now):
        day = reading(now, self.zone).date()
        while True:
            if self.works(day) and day.weekday() in self.pickup \
                    and day not in self.carrier_holidays:
                last = self.deadline(day)
                cutoff = first_instant(self.zone, last, self.cutoffs[last.weekday()])
                if cutoff > now:
                    return day, last, cutoff
            day += timedelta(days=1)

    def arriving(self, leaves):
        moves = lambda d: d.weekday() in self.moving and d not in self.carrier_holidays
        day = leaves
        for _ in range(self.transit):
            day += timedelta(days=1)
            while not moves(day):
                day += timedelta(days=1)
        while day.weekday() not in self.receiving or not (
                moves(day) or (self.transit == 0 and day == leaves)):
            day += timedelta(days=1)
        return day


def names(days):
    return " ".join(WEEK[d] for d in sorted(days))


def write(name, header, rows):
    with open(name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    instants, dates, deliveries = [], [], []
    for name in ZONES:
        zone = ZoneInfo(name)
        changing = changes(zone)
        days = [any_day() for _ in range(40)]
        days += [reading(c, zone).date() for c in changing]
        days += [reading(c - timedelta(seconds=1), zone).date() for c in changing]
        for day in days:
            near = [time(0), time(1), time(1, 30), time(2), time(2, 15), time(2, 30), time(23, 30)]
            clock = chance.choice(near) if chance.random() < 0.7 else any_clock()
            instants.append((name, day, clock.strftime("%H:%M"),
                             milliseconds(first_instant(zone, day, clock))))
        for _ in range(60):
            now = moment(name, zone, changing)
            dates.append((name, milliseconds(now), reading(now, zone).date()))
        for change in changing[:6]:
            for now in (change - timedelta(milliseconds=1), change):
                dates.append((name, milliseconds(now), reading(now, zone).date()))
        for _ in range(80):
            calendar = Calendar(zone)
            now = moment(name, zone, changing)
            calendar.add_holidays(reading(now, zone).date())
            leaves, last, cutoff = calendar.leaving(now)
            deliveries.append((
                name, milliseconds(now),
                " ".join(f"{WEEK[d]}={t:%H:%M}" for d, t in sorted(calendar.cutoffs.items())),
                " ".join(map(str, sorted(calendar.holidays))), calendar.lead,
                names(calendar.pickup), names(calendar.moving),
                " ".join(map(str, sorted(calendar.carrier_holidays))), calendar.transit,
                names(calendar.receiving), leaves, last, milliseconds(cutoff),
                calendar.arriving(leaves)))
    write("instants.csv", ["zone", "date", "time", "instant_ms"], instants)
    write("dates.csv", ["zone", "instant_ms", "date"], dates)
    write("deliveries.csv", [
        "zone", "now_ms", "cutoffs", "holidays", "lead_days", "pickup", "moving",
        "carrier_holidays", "transit_days", "receiving", "leaves", "cutoff_date",
        "cutoff_ms", "arrives"], deliveries)


if __name__ == "__main__":
    main()
