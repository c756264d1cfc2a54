package import AllocationModel

/// Zones by distance, for a warehouse whose carrier gave it no chart.
package struct DistanceBands: Hashable, Sendable {
    /// Up to this many miles, this zone.
    package struct Band: Hashable, Sendable {
        package let milesMaximum: Int
        package let zone: Zone

        package init(milesMaximum: Int, zone: Zone) {
            self.milesMaximum = milesMaximum
            self.zone = zone
        }
    }

    /// By rising distance.
    package let bands: [Band]
    /// Where nothing else says: beyond the last band.
    package let beyond: Zone
    /// Puerto Rico, the Virgin Islands, Guam and its neighbours, however far they are.
    package let territories: Zone

    /// USPS's zones 1 to 9.
    package static let usps = DistanceBands(
        numbered: [(50, 1), (150, 2), (300, 3), (600, 4), (1000, 5), (1400, 6), (1800, 7)],
        beyond: 8,
        territories: 9
    )

    /// The same distances from zone 2 on, as UPS and FedEx count.
    package static let privateCarriers = DistanceBands(
        numbered: [(150, 2), (300, 3), (600, 4), (1000, 5), (1400, 6), (1800, 7)],
        beyond: 8,
        territories: 9
    )

    private init(numbered: [(Int, Int)], beyond: Int, territories: Int) {
        bands = numbered.map { Band(milesMaximum: $0.0, zone: Zone(number: $0.1)) }
        self.beyond = Zone(number: beyond)
        self.territories = Zone(number: territories)
    }
}

extension ZoneChart {
    /// Makes a chart by distance between the centroids of ZIP prefixes.
    ///
    /// Military prefixes and others without a place are left out: not served.
    ///
    /// - Throws: `ParseError` where the origin's prefix has no known place.
    package init(
        byDistanceFrom origin: Destination,
        bands: DistanceBands = .usps
    ) throws(ParseError) {
        guard let code = ZIPCode.number(of: origin), let from = Sphere.place(ofPrefix: code / 100)
        else {
            throw ParseError(
                "‘\(origin.postalCode)’ has no known place to measure from; import a zone chart"
            )
        }
        let chords = bands.bands.map { Sphere.squaredChord(miles: $0.milesMaximum) }
        var rows = Sphere.places.map { place in
            let chord = from.squaredChord(to: place)
            let band = chords.firstIndex { chord <= $0 }.map { bands.bands[$0].zone }
            let isTerritory = Sphere.territories.contains(place.prefix)
            return Row(
                .prefixes(place.prefix...place.prefix),
                zone: isTerritory ? bands.territories : band ?? bands.beyond
            )
        }
        // American Samoa has one code, under a prefix of Hawaii's.
        rows.append(Row(.codes(96_799...96_799), zone: bands.territories))
        do {
            try self.init(rows)
        } catch {
            preconditionFailure("the table of centroids names each prefix once")
        }
    }
}

/// Places on a sphere of radius 1 000 000, and distances between them without trigonometry.
enum Sphere {
    struct Place {
        let prefix: Int
        let x: Int64
        let y: Int64
        let z: Int64

        /// The square of the straight line through the Earth.
        func squaredChord(to other: Place) -> Int64 {
            let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
            return dx * dx + dy * dy + dz * dz
        }
    }

    /// Puerto Rico, the Virgin Islands; Guam, Palau, Micronesia, the Marshalls.
    static let territories: Set<Int> = [6, 7, 8, 9, 969]

    static let places: [Place] = stride(from: 0, to: ZIP3Centroids.table.count, by: 4)
        .map {
            let row = ZIP3Centroids.table[$0..<$0 + 4].map(Int64.init)
            return Place(prefix: Int(row[0]), x: row[1], y: row[2], z: row[3])
        }

    static func place(ofPrefix prefix: Int) -> Place? {
        places.first { $0.prefix == prefix }
    }

    /// Returns the squared chord under an arc of so many miles.
    ///
    /// For an angle θ = miles ÷ 3958.761 (the Earth's mean radius, IUGG) it is
    /// 2 − 2 cos θ = θ² − θ⁴/12 + θ⁶/360 − …: additions and multiplications in a
    /// fixed order, which IEEE 754 rounds alike on every machine. Sixteen terms
    /// leave less than one part in 10¹² up to half way around the Earth.
    static func squaredChord(miles: Int) -> Int64 {
        let angle = Double(min(max(miles, 0), 12_436)) / 3958.761
        var term = angle * angle
        var sum = 0.0
        var index = 2.0
        for _ in 0..<16 {
            sum += term
            term *= -(angle * angle) / ((index + 1) * (index + 2))
            index += 2
        }
        return Int64(sum * 1e12)
    }
}
