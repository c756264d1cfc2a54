import AllocationModel

/// The office, its warehouses and what they sell: what every run is about.
enum Example {
    static let office = Coordinator.ID(trusted: "office")
    static let warehouses = ["ATL", "DAL", "EWR", "RNO", "SEA"].map(Warehouse.ID.init(trusted:))
    static let skus: [SKU] = ["HOSE-1IN", "VALVE-3IN"].map(SKU.init(trusted:))
    static let destination = Destination(country: .us, postalCode: "75001")
    /// 2026-03-02T15:00:00Z, a Monday morning in Dallas.
    static let monday = Timestamp(milliseconds: 1_772_463_600_000)

    static func instant(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: monday.milliseconds + milliseconds)
    }
}
