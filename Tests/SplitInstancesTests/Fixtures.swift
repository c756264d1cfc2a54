import AllocationModel
import SplitInstances
import Testing

/// Two sites, every kind of tariff and everything a file may say.
///
/// Each piece that a test replaces occurs once.
enum Document {
    static let full = """
        {
          "schema": "alloc-instance/1",
          "id": "valves-and-paint",
          "units": { "currency": "USD", "weight": "0.1 lb" },
          "seed": 4711,
          "family": { "L": 2 },
          "policy": {
            "completeness": "partial", "maxWarehouses": 2, "maxShipments": null,
            "objective": "weighted", "forced": [0], "forbidden": [], "preferences": [[1, 25000]]
          },
          "lines": [
            { "id": "VALVE-3IN", "qty": 20, "weight": 150, "dim": 160, "class": 85, "group": 0,
              "backorder": 900000, "noSplit": 0, "minQty": 2, "lot": 0 },
            { "id": "PAINT-GRAY", "qty": 6, "weight": 400, "dim": 401, "class": 70, "group": 1,
              "backorder": 800000, "noSplit": 1, "minQty": 0, "lot": 1 }
          ],
          "warehouses": [
            { "id": "DAL", "fixed": 100000,
              "stock": [
                { "line": 0, "tiers": [[8, 0], [4, 7000]], "pick": 9000 },
                { "line": 1, "tiers": [[6, 0]], "pick": 9001,
                  "lots": [["A7", 6], ["B2", 3]], "multiple": 2, "weight": 390, "dim": 395,
                  "class": "77.5", "group": 2 }
              ],
              "services": [
                { "id": "ground", "eta": 1, "handling": 15000,
                  "tariff": { "kind": "parcel", "base": 80000, "rate": 91, "cap": 1500,
                              "maxPackages": 30 },
                  "blocked": [1], "late": [] },
                { "id": "freight", "eta": 3, "handling": 160000,
                  "tariff": { "kind": "ltl", "minCharge": 900000, "accessorial": 480000,
                              "maxWeight": 200000, "breaks": [
                    { "from": 0, "rates": { "85": 430, "77.5": 400 }, "deficit": 399 },
                    { "from": 5000, "rates": { "85": 330, "77.5": 300 }, "deficit": 301 } ] },
                  "blocked": [], "late": [[0, 1200]] }
              ] },
            { "id": "RNO", "fixed": 80000,
              "stock": [ { "line": 0, "tiers": [[12, 0]], "pick": 0, "lots": [] } ],
              "services": [
                { "id": "table", "eta": 4, "handling": 15001,
                  "tariff": { "kind": "parcelTable", "steps": [[700, 110000], [1490, 190000]],
                              "maxPackages": 20 },
                  "blocked": [], "late": [],
                  "packings": [{ "line": 0, "dim": 170, "charge": 25000 }] },
                { "id": "truck", "eta": 2, "handling": 350000,
                  "tariff": { "kind": "ftl", "flat": 6200000, "capacity": 440000,
                              "maxTrucks": 3 },
                  "blocked": [], "late": [] }
              ] }
          ]
        }
        """

    /// The document with one piece of it put differently.
    static func changing(_ piece: String, to other: String) throws -> String {
        let ranges = full.ranges(of: piece)
        try #require(ranges.count == 1, "‘\(piece)’ occurs \(ranges.count) times")
        return full.replacing(piece, with: other)
    }

    /// Reads text.
    static func instance(_ text: String) throws(SplitInstanceFault) -> SplitInstance {
        try SplitInstance(parsing: Array(text.utf8))
    }

    /// What is wrong with text, or nil.
    static func fault(in text: String) -> String? {
        do throws(SplitInstanceFault) {
            _ = try instance(text)
            return nil
        } catch {
            return error.description
        }
    }
}
