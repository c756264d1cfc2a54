import AllocationModel
import Foundation
import SiteConsole
import Testing

struct `Site JSON` {
    /// One of every command, with every argument that it may have.
    static func commands() throws -> [SiteCommand] {
        let afternoon = try TimeOfDay(parsing: "14:30")
        let thanksgiving = try CivilDate(parsing: "2026-11-26")
        return [
            .adjustStock(sku: valve, lot: "L-2207", by: -3, reason: "dropped by the forklift"),
            .adjustStock(sku: valve, lot: nil, by: 3, reason: "found in bay 7"),
            .adjustStock(sku: valve, lot: nil, by: 3, reason: "found in bay 7", key: "http:1"),
            .countStock(sku: valve, lot: nil, counted: 47),
            .listStock(
                filter: ListFilter(text: "valve", condition: .short),
                after: valve,
                limit: 10
            ),
            .showHistory(sku: valve, limit: 20),
            .setSafetyStock(sku: valve, quantity: 4),
            .setCutoff(
                days: [.monday, .friday],
                service: "ups-ground",
                time: afternoon
            ),
            .removeCutoff(days: [.saturday], service: nil),
            .listCutoffs,
            .listPicks(limit: 20),
            .ship(order: "4711"),
            .addHoliday(date: thanksgiving, name: "Thanksgiving"),
            .addHoliday(date: thanksgiving, name: "Thanksgiving", cutoff: afternoon),
            .addHoliday(
                date: thanksgiving,
                name: "Thanksgiving",
                through: thanksgiving.adding(days: 1),
                years: 3
            ),
            .importHolidays(calendar: "BEGIN:VCALENDAR", through: thanksgiving, isDryRun: true),
            .setCapacity(days: [.saturday], orders: 120, lines: 800, grams: 4_500_000),
            .setCapacity(days: [.monday, .friday], orders: nil, lines: nil, grams: nil),
            .clearCapacity(days: [.sunday]),
            .showCapacity,
            .showCalendar(from: thanksgiving, days: 14, service: "ups-ground"),
            .showCalendar(from: nil, days: 7, service: nil, handling: "cut-to-length"),
            .leadTimes(.set(handling: "cut-to-length", days: 2, minutes: 90)),
            .leadTimes(.set(handling: nil, days: 1, minutes: 0)),
            .leadTimes(.remove(handling: "cut-to-length")),
            .leadTimes(.list),
            .carriers(.list),
            .carriers(
                .setDays(
                    service: "ups-2day-sat",
                    pickup: [.monday, .thursday],
                    transit: [.friday],
                    deliveryOnly: [.saturday]
                )
            ),
            .carriers(
                .setDays(
                    service: "milk-run",
                    pickup: [.monday],
                    transit: [.monday],
                    deliveryOnly: [],
                    hours: try HoursOfDay(parsing: "07:00-11:00")
                )
            ),
            .carriers(.clearDays(service: "ups-2day-sat")),
            .carriers(.addHoliday(carrier: "UPS", date: thanksgiving, name: "Thanksgiving")),
            .carriers(
                .importHolidays(
                    carrier: "UPS",
                    calendar: "BEGIN:VCALENDAR",
                    through: thanksgiving,
                    isDryRun: true
                )
            ),
            .carriers(.removeHoliday(carrier: "UPS", date: thanksgiving)),
            .carriers(.listHolidays(carrier: nil)),
            .removeHoliday(date: thanksgiving),
            .listHolidays,
            .importFTLRates(
                FTLRateFile(
                    service: "schneider-ftl",
                    carrier: "Schneider",
                    level: .ground,
                    effective: thanksgiving,
                    rates: "dest_zip,flat\n750,900\n",
                    terms: FTLRateFile.Terms(
                        poundsMaximum: 48_000,
                        palletsMaximum: 24,
                        trucksMaximum: 2,
                        fuelBasisPoints: 1800,
                        fuelPerMile: "0.42",
                        accessorials: ["liftgate": "75"],
                        handling: "25",
                        circuityPercent: 120,
                        transitDays: 3,
                        milesPerDay: 450
                    )
                )
            ),
            .importRates(
                RateCardFiles(
                    service: "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    effective: thanksgiving,
                    chart: "dest_zip,zone\n750-754,2\n",
                    zoneColumn: "zone",
                    rates: "weight_lb,2\n1,9\n",
                    deliveryAreas: "dest_zip,commercial,residential\n750,1,2\n",
                    terms: RateCardFiles.Terms(
                        divisor: 166,
                        lengthInchesMaximum: 96,
                        girthInchesMaximum: 130,
                        oversize: [
                            RateCardFiles.Oversize(amount: "26.75", over: "pounds=50,length=48")
                        ],
                        fuelBasisPoints: 1850,
                        residentialSurcharge: "6.45",
                        handling: "2.50",
                        addressKinds: ["po-box", "military"],
                        flight: "cargo",
                        transitDays: 5,
                        transitDaysByZone: ["2": 1]
                    )
                )
            ),
            .importLTLRates(
                LTLRateFile(
                    service: "saia-ltl",
                    carrier: "Saia",
                    level: .ground,
                    effective: thanksgiving,
                    rates: "dest_zip,class,mc,l5c\n750,70,57,23.46\n",
                    terms: LTLRateFile.Terms(
                        discountBasisPoints: 6200,
                        floor: "95.00",
                        fuelBasisPoints: 2850,
                        accessorials: ["residential": "85.00"],
                        handling: "12.50",
                        poundsMaximum: 12_000,
                        transitDays: 3
                    )
                )
            ),
            .listRates,
            .showRates(service: "ups-ground", on: thanksgiving, to: "75001"),
            .quoteRates(
                QuoteRequest(
                    postalCode: "75001",
                    country: "US",
                    isResidential: true,
                    goods: [QuoteRequest.Goods(sku: valve, quantity: 12)],
                    on: thanksgiving,
                    accessorials: ["liftgate"]
                )
            ),
            .listHolds(inDoubt: true, limit: 100),
            .forceHold(transaction: "office-3-17", choice: .release, reason: "walk-in"),
            .settleHold(transaction: "office-3-17", reason: "sent from Reno"),
            .listForced(limit: 100),
            .beginImport(ImportOptions(isDryRun: true, isSnapshot: true)),
            .beginImport(ImportOptions(key: "drop:20260302T150000Z-1A2B3C4D5E6F")),
            .appendImport(ImportID(7), piece: Data([0, 255, 10, 34])),
            .finishImport(ImportID(7)),
            .abandonImport(ImportID(7)),
            .examine(inFull: true),
            .audit,
        ]
    }

    @Test func `reads back every command as it was written`() throws {
        for command in try Self.commands() {
            let request = SiteRequest(command, who: "ana")

            let bytes = try SiteJSON.bytes(of: request)

            #expect(try SiteJSON.read(SiteRequest.self, from: bytes) == request)
        }
    }

    @Test func `writes nouns as a person writes them`() throws {
        let command = SiteCommand.setCutoff(
            days: [.monday],
            service: nil,
            time: try TimeOfDay(parsing: "09:05")
        )

        let text = String(decoding: try SiteJSON.bytes(of: command), as: UTF8.self)

        #expect(text == #"{"setCutoff":{"days":["mon"],"time":"09:05"}}"#)
    }

    @Test func `refuses a SKU that no file could have named, and says where`() throws {
        let text = #"{"who":"ana","command":{"showHistory":{"sku":" VALVE","limit":1}}}"#

        let error = try #require(throws: ParseError.self) {
            try SiteJSON.read(SiteRequest.self, from: Data(text.utf8))
        }

        #expect(error.description.contains("sku"))
        #expect(error.description.contains("begins or ends with a space"))
    }

    @Test func `refuses a command of a later version`() throws {
        let text = #"{"who":"ana","command":{"teleport":{}}}"#

        #expect(throws: ParseError.self) {
            try SiteJSON.read(SiteRequest.self, from: Data(text.utf8))
        }
    }
}

struct `Socket path` {
    @Test func `is refused where the system could not bind it`() throws {
        let longest = String(repeating: "d", count: 107)

        #expect(try SocketPath(longest).path == longest)
        let error = try #require(throws: ParseError.self) { try SocketPath(longest + "d") }
        #expect(error.description.contains("has 108 bytes"))
    }

    @Test func `never takes the place of a file that is no socket`() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-\(UUID().uuidString)").path
        try Data("stock".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let socket = try SocketPath(path)

        #expect(throws: SiteFault.self) { try socket.clear() }
        #expect(!socket.exists)
        #expect(FileManager.default.fileExists(atPath: path))
    }
}
