#!/usr/bin/env python3
"""Makes ZIP3Centroids.swift from the centroids of three-digit ZIP prefixes.

    python3 generate-zip3.py /path/to/zip3_centroids.csv > ZIP3Centroids.swift

The input has the columns zip3,lat,lon,n_zcta: mean latitude and longitude of
the census ZCTAs of each prefix. US Census Gazetteer 2016, public domain.

Each centroid becomes a point on a sphere of radius 1 000 000, so that Swift
compares distances by squared chords, in whole numbers and the same on every
machine. Rounding moves a point by less than 20 feet.
"""
import csv
import math
import sys

# Prefixes in use that contain no census area: each takes its city's.
STANDINS = {"311": "303", "509": "503", "555": "554", "901": "900"}


def point(lat, lon):
    lat, lon = math.radians(lat), math.radians(lon)
    axes = (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
    return tuple(round(axis * 1_000_000) for axis in axes)


with open(sys.argv[1], newline="") as file:
    points = {row["zip3"]: point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
for missing, standin in STANDINS.items():
    points.setdefault(missing, points[standin])

print("// Made by generate-zip3.py from the US Census Gazetteer of 2016 (public domain):")
print("// the mean position of the census ZCTAs of each three-digit ZIP prefix, as a")
print("// point on a sphere of radius 1 000 000. Do not edit.")
print()
print("enum ZIP3Centroids {")
print("    /// Prefix, x, y, z; by rising prefix.")
print("    static let table: [Int32] = [")
number = lambda n: f"{n:_}" if abs(n) >= 10_000 else str(n)
for prefix in sorted(points):
    print("        " + ", ".join([str(int(prefix)), *map(number, points[prefix])]) + ",")
print("    ]")
print("}")
