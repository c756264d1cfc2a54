/// A place on a flat map: miles east and north of the middle of the country.
struct Place {
    let east: Int64
    let north: Int64

    /// Returns a place near this one: at most so many miles off, east or west and north or south.
    func nearby(within miles: Int64, by dice: inout Dice) -> Place {
        Place(
            east: east + dice.whole(-miles...miles),
            north: north + dice.whole(-miles...miles)
        )
    }

    /// Returns miles by road: the straight line and the usual 18 % of detour.
    func roadMiles(to other: Place) -> Int64 {
        let square =
            (east - other.east) * (east - other.east)
            + (north - other.north) * (north - other.north)
        // A square root is rounded alike on every machine, unlike other functions.
        return Int64(Double(square).squareRoot()) * 118 / 100
    }
}

/// A city with a large distribution market, by its airport's code.
struct City {
    let code: String
    let place: Place

    private init(_ code: String, _ east: Int64, _ north: Int64) {
        self.code = code
        place = Place(east: east, north: north)
    }

    /// In Albers' projection, which is 22 miles off at most between any two.
    static let all = [
        City("ATL", 660, -329), City("DFW", -58, -425), City("ORD", 413, 220),
        City("LAX", -1251, -202), City("EWR", 1122, 248), City("SEA", -1220, 760),
        City("DEN", -468, 71), City("PHX", -918, -312), City("MCI", 74, 8),
        City("MEM", 336, -261), City("IND", 515, 82), City("CMH", 680, 116),
        City("CLT", 847, -197), City("HOU", 36, -640), City("MSP", 137, 412),
        City("SLC", -821, 194), City("JAX", 848, -542), City("BNA", 514, -177),
        City("PIT", 831, 168), City("DTW", 658, 275), City("STL", 310, -18),
        City("SMF", -1347, 154), City("PDX", -1276, 632), City("SAT", -151, -666),
        City("OKC", -84, -244), City("RIC", 1003, -6), City("BUF", 856, 349),
        City("CVG", 609, 44), City("TPA", 825, -713), City("MKE", 407, 296),
        City("ABQ", -593, -239), City("BOI", -999, 427), City("OMA", 5, 160),
        City("LIT", 208, -296), City("BHM", 526, -358), City("BOS", 1248, 401),
        City("PHL", 1082, 189), City("ELP", -607, -468), City("RNO", -1244, 191),
        City("SDF", 553, -26),
    ]
}
