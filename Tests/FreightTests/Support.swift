import AllocationModel
import Freight

func zone(_ name: String) throws -> Zone { try Zone(parsing: name) }

func usd(_ text: String) throws -> Money { try Money(parsing: text, in: .usd) }

func destination(
    _ postalCode: String,
    isResidential: Bool = false,
    isPostOfficeBox: Bool = false
) throws -> Destination {
    try Destination(
        country: .us,
        parsingPostalCode: postalCode,
        isResidential: isResidential,
        isPostOfficeBox: isPostOfficeBox
    )
}

func chart(_ text: String) throws -> ZoneChart {
    guard case .chart(let chart) = try rateFile(text) else { throw ParseError("is no chart") }
    return chart
}

func table(_ text: String) throws -> RateTable {
    guard case .table(let table) = try rateFile(text) else { throw ParseError("is no table") }
    return table
}

func rateFile(_ text: String, zoneColumn: String = "zone") throws -> RateFile {
    try RateFile(
        parsing: try CSVReader.rows(of: [UInt8](text.utf8)),
        currency: .usd,
        zoneColumn: zoneColumn
    )
}

/// Dallas by ground: two zones, three weights, 10 percent fuel, 4.00 to a residence.
func dallasGround(
    fuelBasisPoints: Int64 = 1000,
    packagesMaximum: Int = 3,
    addressKinds: Set<AddressKind> = []
) throws -> ParcelRateCard {
    try ParcelRateCard(
        service: "ups-ground",
        carrier: "UPS",
        level: .ground,
        terms: try ParcelRateCard.Terms(
            currency: .usd,
            packagesMaximum: packagesMaximum,
            fuelBasisPoints: fuelBasisPoints,
            residentialSurcharge: try usd("4.00"),
            handling: try usd("1.50"),
            addressKinds: addressKinds,
            transitDaysByZone: [try zone("2"): 1],
            transitDaysDefault: 4
        ),
        chart: try chart(
            """
            dest_zip,zone,transit_days
            750-754,2,
            070-089,5,
            995-999,-,
            89501,5,3
            890-898,7,
            CA,5,6
            """
        ),
        rates: try table(
            """
            weight_lb,2,5
            1,9.99,12.05
            10,14.20,21.33
            150,60.00,118.75
            """
        )
    )
}

extension ParcelRateCard {
    func offer(to destination: Destination) -> Offer? {
        guard case .offered(let offer) = tariff(to: destination) else { return nil }
        return offer
    }
}
