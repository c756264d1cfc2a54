"""Makes HazardousMaterialsTable.swift from a table of 49 CFR 172.101 in CSV.

    python3 generate-hazmat.py hazmat_49cfr172_101.csv

The table is the United States government's (public domain), as of 2026-06-01, with a row for
each proper shipping name: id, name, class, packing_group, subsidiary_risks, passenger_aircraft,
cargo_aircraft, limited_quantity_section. Rows of one number and packing group are taken together:
every hazard that one of them has, forbidden by air where one of them is, the least that one of
them may have in a package by air, a limited quantity where one of them has one.
"""

import csv
import pathlib
import re
import sys



def amounts(text):
    """What a package may hold by air, as in "5 L", "4 L or 4 kg", "Less than .1 kg"."""
    if text in ("", "Forbidden", "No limit", "No Limit", "See A105"):
        return {}
    found = {}
    for number, unit in re.findall(r"([0-9.]+) (L|mL|kg gross|kg|g)\b", text):
        scale = {"L": 1000, "mL": 1, "kg": 1000, "kg gross": 1000, "g": 1}[unit]
        thousandths = round(float(number) * scale) - (1 if text.startswith("Less") else 0)
        # Of what is said gross, the net is taken: it weighs less.
        found["L" if unit in ("L", "mL") else "kg"] = thousandths
    if not found:
        raise SystemExit(f"what is ‘{text}’?")
    return found


def least(entry, aircraft, found):
    for unit, thousandths in found.items():
        entry[aircraft][unit] = min(thousandths, entry[aircraft].get(unit, thousandths))


def written(limits):
    return ";".join(f"{limits[unit]}{unit}" for unit in sorted(limits))


groups = {}
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        number = row["id"][2:]
        if not number.isdigit() or row["class"] in ("", "Comb liq"):
            continue
        entry = groups.setdefault(
            (int(number), row["packing_group"]),
            {"hazards": set(), "flags": set(), "p": {}, "c": {}},
        )
        name = row["name"].lower()
        # A solid of class 8 is not in the table of segregation, nor one of division 6.1.
        solid = "solid" in name and "solution" not in name and "liquid" not in name
        for hazard in [row["class"]] + [x for x in row["subsidiary_risks"].split(";") if x]:
            entry["hazards"].add(hazard + ("s" if solid and hazard in ("8", "6.1") else ""))
        least(entry, "p", amounts(row["passenger_aircraft"]))
        least(entry, "c", amounts(row["cargo_aircraft"]))
        if row["passenger_aircraft"] == "Forbidden":
            entry["flags"].add("p")
        if row["cargo_aircraft"] == "Forbidden":
            entry["flags"].add("c")
        if row["limited_quantity_section"] not in ("", "None"):
            entry["flags"].add("q")
        if "cyanide" in name:
            entry["flags"].add("y")
        if "acid" in name and row["class"] == "8":
            entry["flags"].add("a")

lines = [
    "// Made by generate-hazmat.py from 49 CFR 172.101 of 2026-06-01 (public domain). Do not edit.",
    "",
    "enum HazardousMaterialsTable {",
    "    /// Number, packing group, hazards, flags, and the most of a package, a line each.",
    "    ///",
    "    /// Hazards with `s` are of solids. Flags: forbidden on passenger (`p`) and cargo aircraft",
    "    /// (`c`), limited quantities (`q`), a cyanide (`y`), an acid of class 8 (`a`). The most is",
    "    /// in thousandths of a litre or kilogram, on passenger and then on cargo aircraft.",
    '    static let text = """',
]
for (number, group), entry in sorted(groups.items()):
    hazards = ";".join(sorted(entry["hazards"]))
    flags = "".join(sorted(entry["flags"]))
    most = f"{written(entry['p'])},{written(entry['c'])}"
    lines.append(f"        {number},{group},{hazards},{flags},{most}")
lines += ['        """', "}", ""]
target = pathlib.Path(__file__).parent / "HazardousMaterialsTable.swift"
target.write_text("\n".join(lines))
