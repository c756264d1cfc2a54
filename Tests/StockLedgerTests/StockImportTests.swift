import AllocationModel
import ShippingCalendar
import Testing

@testable import StockLedger

struct `Stock import` {
    @discardableResult
    private func load(
        _ text: String,
        into ledger: StockLedger,
        dryRun: Bool = false,
        zeroesMissing: Bool = false,
        pieces: Int = 7
    ) throws -> StockImportSummary {
        var options = StockImportOptions(who: "erp")
        options.isDryRun = dryRun
        options.zeroesMissing = zeroesMissing
        var rest = Array(text.utf8)[...]
        return try ledger.performAndWait(at: monday) {
            try $0.importStock(options) {
                defer { rest = rest.dropFirst(pieces) }
                return rest.isEmpty ? nil : Array(rest.prefix(pieces))
            }
        }
    }

    private func faults(
        _ text: String,
        in ledger: StockLedger,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let before = try ledger.mark()
        let report = #expect(throws: RowReport.self, sourceLocation: sourceLocation) {
            try load(text, into: ledger)
        }
        #expect(try ledger.mark() == before, sourceLocation: sourceLocation)
        return report?.faults.map(\.description) ?? []
    }

    @Test func `enters what is new and changes what differs`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.stock("HOSE-1IN", 5)

        let summary = try load(
            """
            \u{FEFF}Part Number,Qty on hand,UOM,Weight lb,Length in,Width in,Height in,Class,Bin
            VALVE-3IN,15.000,each,2.5,10,4.5,4,77.5,A1

            HOSE-1IN,5,ft,,,,,,
            PUMP,3,each,30,20,20,20,85,B2
            """,
            into: ledger
        )

        #expect(summary.rows == 3)
        #expect(summary.created == 1)
        #expect(summary.changed == 2)
        #expect(summary.ignoredColumns == ["Bin"])
        #expect(summary.changes.map(\.sku) == ["VALVE-3IN", "PUMP"])
        let valve = try ledger.readAndWait(at: monday) { try $0.availability(of: "VALVE-3IN") }
        #expect(valve?.onHand == 15)
        // 2.5 lb are 1133.98 g; 4.5 in are 114.3 mm: both rounded up.
        #expect(valve?.entry.unitWeight == Weight(grams: 1134))
        #expect(valve?.entry.dimensions == Dimensions(length: 254, width: 115, height: 102))
        #expect(valve?.entry.freightClass == .class77h)
        let hose = try ledger.readAndWait(at: monday) { try $0.availability(of: "HOSE-1IN") }
        #expect(hose?.entry.sellingUnit.name == "ft")
        #expect(hose?.entry.unitWeight == Weight(grams: 450))
        #expect(try ledger.findings() == [])
    }

    @Test func `takes how many units a pallet has, and keeps it where a file says nothing`() throws
    {
        let ledger = try makeLedger()

        try load("sku,on_hand,per_pallet\nPUMP,40,12\nHOSE,5,\n", into: ledger)
        try load("sku,on_hand\nPUMP,41\n", into: ledger)

        let pallets = try ledger.readAndWait(at: monday) { books in
            try ["PUMP", "HOSE"].map { try books.availability(of: $0)?.entry.unitsPerPallet }
        }
        #expect(pallets == [12, nil])
        #expect(
            try faults("sku,on_hand,units_per_pallet\nPUMP,40,0\n", in: ledger)
                == ["line 2, units_per_pallet: is 0; leave it empty if nobody knows"]
        )
    }

    @Test func `takes the cartons that goods come in, and keeps what a file does not name`() throws
    {
        let ledger = try makeLedger()

        try load(
            """
            sku,on_hand,case_pack,carton_length_in,carton_width_in,carton_height_in
            FLANGE,40,12,20,16,10
            HOSE,5,6,,,
            PUMP,3,,,,

            """,
            into: ledger
        )
        try load("sku,on_hand\nFLANGE,41\nHOSE,5\n", into: ledger)
        try load("sku,on_hand,units_per_carton\nFLANGE,41,10\nHOSE,5,1\n", into: ledger)

        let cartons = try ledger.readAndWait(at: monday) { books in
            try ["FLANGE", "HOSE", "PUMP"].map { try books.availability(of: $0)?.entry.carton }
        }
        let size = Dimensions(length: 508, width: 407, height: 254)
        #expect(cartons == [Carton(units: 10, dimensions: size), nil, nil])
        #expect(
            try faults("sku,on_hand,units_per_carton\nPUMP,40,0\n", in: ledger)
                == ["line 2, units_per_carton: is 0; write 1 for what comes in no carton"]
        )
    }

    @Test func `takes what makes goods hazardous, as the table of the rules has it`() throws {
        let ledger = try makeLedger()

        try load(
            """
            sku,on_hand,UN,PG,limited_quantity
            PAINT,40,UN1263,II,yes
            CHLORINE,5,UN1017,,no
            VALVE,3,,,

            """,
            into: ledger
        )
        try load("sku,on_hand\nPAINT,41\n", into: ledger)

        let found = try ledger.readAndWait(at: monday) { books in
            try ["PAINT", "CHLORINE", "VALVE"].map { try books.availability(of: $0)?.entry.hazmat }
        }
        #expect(
            found == [
                Hazmat(number: 1263, packingGroup: .two, isLimitedQuantity: true),
                Hazmat(number: 1017, packingGroup: nil), nil,
            ]
        )
        #expect(
            try faults(
                """
                sku,on_hand,un_number,packing_group,limited_quantity
                A,1,UN12,,
                B,1,UN9999,,
                C,1,UN1203,III,
                D,1,UN1017,,yes
                E,1,,II,
                F,1,UN1203,IV,maybe

                """,
                in: ledger
            ) == [
                "line 2, un_number: ‘UN12’ is not a UN number; write it as UN1203",
                "line 3, un_number: is UN9999, which 49 CFR 172.101 does not have; correct it",
                "line 4, un_number: is UN1203 in packing group III, which 49 CFR 172.101 does not "
                    + "have; correct it",
                "line 5, un_number: is UN1017, which is no limited quantity in any package; write "
                    + "no for limited_quantity",
                "line 6, un_number: is empty, and the row has a packing group or a limited "
                    + "quantity; give it",
                "line 7, packing_group: ‘IV’ is not a packing group; write I, II or III",
                "line 7, limited_quantity: is ‘maybe’; write yes or no",
            ]
        )
    }

    @Test func `takes how much of a material a unit holds, and keeps it until it says otherwise`()
        throws
    {
        let ledger = try makeLedger()
        func content() throws -> String? {
            try ledger.readAndWait(at: monday) { books in
                try books.availability(of: "ACETONE")?.entry.hazmat?.content?.description
            }
        }
        let rows: [(text: String, content: String?)] = [
            ("sku,on_hand,un_number,packing_group\nACETONE,4,UN1090,II\n", nil),
            ("sku,on_hand,net_content\nACETONE,4,500 mL\n", "0.5 L"),
            ("sku,on_hand,un_number,packing_group\nACETONE,4,UN1090,II\n", "0.5 L"),
            ("sku,on_hand\nACETONE,5\n", "0.5 L"),
            ("sku,on_hand,un_number,net_content\nACETONE,4,UN1993,\n", nil),
            ("sku,on_hand,un_number,net_content\nACETONE,4,UN1993,5 L\n", "5 L"),
        ]
        for (text, expected) in rows {
            try load(text, into: ledger)
            #expect(try content() == expected, "\(text)")
        }
        #expect(
            try faults(
                """
                sku,on_hand,un_number,limited_quantity,net_content,weight_g
                A,1,UN1090,,five,
                B,1,UN1090,yes,1 L,30000
                C,1,UN1090,yes,1 L,30001

                """,
                in: ledger
            ) == [
                "line 2, net_content: ‘five’ is not how much of the material a unit holds; write "
                    + "5 L, 500 mL, 2.5 kg or 400 g",
                "line 4, limited_quantity: is yes, and one C weighs 67 lb; a package of limited "
                    + "quantities weighs 66 lb (30 kg) at the most (49 CFR 173.150), so write no",
            ]
        )
    }

    @Test func `takes how goods are handled, and the calendar what that takes`() throws {
        let ledger = try makeLedger()
        let cutting = try LeadTime(checkingDays: 2, minutes: 90)
        let usual = try LeadTime(checkingDays: 1)

        try load("sku,on_hand,handling\nCABLE,40,Cut-To-Length\nHOSE,5,\n", into: ledger)
        try ledger.performAndWait(at: monday) { books in
            try books.setLeadTime(cutting, of: "cut-to-length")
            try books.setLeadTime(usual, of: nil)
        }

        try ledger.readAndWait(at: monday) { books in
            #expect(try books.availability(of: "CABLE")?.entry.handling == "cut-to-length")
            #expect(try books.handlingCounts() == ["": 1, "cut-to-length": 1])
            let times = try books.calendar().leadTimes
            #expect(times.time(for: "cut-to-length") == cutting)
            #expect(times.usual == usual)
        }
        let removed = try ledger.performAndWait(at: monday) { books in
            (
                try books.removeLeadTime(of: "cut-to-length"),
                try books.removeLeadTime(of: "cut-to-length")
            )
        }
        #expect(removed == (true, false))
        let left = try ledger.readAndWait(at: monday) { try $0.calendar().leadTimes }
        #expect(left.time(for: "cut-to-length") == usual)
        #expect(
            try faults("sku,on_hand,handling\nCABLE,40,cut to length\n", in: ledger) == [
                "line 2, handling: ‘cut to length’ is not a handling class; write one word such as "
                    + "cut-to-length"
            ]
        )
    }

    @Test func `writes nothing to the journal of a row that says nothing new`() throws {
        let ledger = try makeLedger()
        let text = "sku,on_hand,safety_stock\nVALVE-3IN,12,2\nPUMP,3,0\n"
        try load(text, into: ledger)

        #expect(try load(text, into: ledger).changed == 0)

        let history = try ledger.readAndWait(at: monday) { try $0.history(of: "PUMP") }
        #expect(history?.map(\.kind) == [.import])
        #expect(history?.first?.who == "erp")
    }

    @Test func `keeps promises and shows what is missing for them`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.reserve(1, [("VALVE-3IN", 8)])

        try load("sku,on_hand\nVALVE-3IN,6\n", into: ledger)

        #expect(try ledger.numbers("VALVE-3IN") == [6, 8, 0])
        #expect(try ledger.findings().map(\.kind) == [.shortfall])
    }

    @Test func `enters lots with their expiry`() throws {
        let ledger = try makeLedger()
        let text = "sku,on_hand,lot,expiry\nGLUE,10,L-1,2026-12-31\nGLUE,4,L-2,2026-06-30\n"
        try load(text, into: ledger)
        try load("sku,on_hand,lot\nGLUE,11,L-1\n", into: ledger)

        let stock = try ledger.readAndWait(at: monday) { try $0.availability(of: "GLUE") }
        #expect(stock?.lots.map(\.lot) == ["L-2", "L-1"])
        #expect(stock?.lots.map(\.onHand) == [4, 11])
        #expect(try stock?.lots.last?.expires == CivilDate(parsing: "2026-12-31"))
    }

    @Test func `sets what a full snapshot does not name to zero`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        try ledger.stock("PUMP", 3)
        try ledger.stockLots("GLUE", [("L-1", 10, nil), ("L-2", 4, nil)])
        let text = "sku,on_hand,lot\nVALVE-3IN,12,\nGLUE,10,L-1\n"

        #expect(try load(text, into: ledger).zeroed == 0)
        #expect(try load(text, into: ledger, zeroesMissing: true).zeroed == 2)

        #expect(try ledger.numbers("VALVE-3IN") == [12, 0, 0])
        #expect(try ledger.numbers("PUMP") == [0, 0, 0])
        #expect(try ledger.numbers("GLUE") == [10, 0, 0])
        #expect(try ledger.findings() == [])
    }

    @Test func `tells in a dry run what it would do, and does nothing`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        let text = "sku,on_hand\nPUMP,3\nVALVE-3IN,12\n"
        let before = try ledger.readAndWait(at: monday) { try $0.list() }

        let dry = try load(text, into: ledger, dryRun: true)

        #expect(try ledger.readAndWait(at: monday) { try $0.list() } == before)
        #expect(try load(text, into: ledger) == dry)
    }

    @Test func `passes over other warehouses' rows and refuses a file without its own`() throws {
        let ledger = try makeLedger()
        let summary = try load(
            "sku,whse,on_hand\nPUMP,DAL,3\nPUMP,RNO,9\nHOSE-1IN,DAL,1\n",
            into: ledger
        )

        #expect(summary.rowsElsewhere == 1)
        #expect(try ledger.numbers("PUMP") == [3, 0, 0])
        #expect(
            try faults("sku,whse,on_hand\nPUMP,RNO,3\n", in: ledger) == [
                "line 2, warehouse: names DAL in no row of the file"
            ]
        )
    }

    @Test func `reports every fault with its line, field and remedy, and takes nothing`() throws {
        let ledger = try makeLedger()
        try ledger.stock("BOLT", 24, multiple: 12)
        try ledger.stockLots("GLUE", [("L-1", 5, nil)])

        let found = try faults(
            """
            sku,on_hand,lot,expiry,weight_kg
            PUMP,-3,,,
            PUMP,12.5,,,
            VALVE-3IN,"1,200",,,
            VALVE-4IN,,,,
            ,99,,,
            BOLT,30,,,
            GLUE,3,,,
            BOLT,24,L-1,,
            HOSE-1IN,7,,,heavy
            HOSE-2IN,7,,2026-01-01,
            HOSE-3IN,7,L-1,31/12/2026,
            HOSE-4IN,7,,,,,surplus
            """,
            in: ledger
        )

        #expect(
            found == [
                "line 2, on_hand: is -3; stock is never negative, so count it first",
                "line 3, on_hand: is 12.5; count whole units of the smallest size sold",
                "line 4, on_hand: is ‘1,200’; write the number without separators, as 1234",
                "line 5, on_hand: is empty; write 0 where there are none",
                "line 6, sku: is empty; give the SKU, or remove a row of totals",
                "line 7, on_hand: is 30, and BOLT comes in multiples of 12; "
                    + "the nearest are 24 and 36",
                "line 8, lot: is empty, and GLUE is kept by lot; name the lot",
                "line 9, lot: is given, and BOLT is not kept by lot; leave it empty",
                "line 10, unit_weight: is ‘heavy’; write a number such as 12.5",
                "line 11, expiry: has no lot to belong to; name the lot",
                "line 12, expiry: ‘31/12/2026’ is not a date; "
                    + "write year-month-day, as 2026-03-04",
                "line 13 has 7 fields under 5 columns; quote a field with a comma",
            ]
        )
        #expect(try ledger.readAndWait(at: monday) { try $0.list() }.count == 2)
    }

    @Test func `finds a SKU named twice, known, new or by lot`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 12)
        let text = """
            sku,on_hand,lot
            VALVE-3IN,12,
            PUMP,3,
            GLUE,1,L-1
            GLUE,1,L-2
            VALVE-3IN,13,
            """
        #expect(
            try faults(text, in: ledger) == [
                "line 6, sku: names VALVE-3IN again, as line 2 does; keep one of them"
            ]
        )
        #expect(
            try faults(text + "\nPUMP,3,\nGLUE,1,L-1\n", in: ledger).count == 3
        )
        #expect(
            try faults("sku,on_hand\nPUMP,3\nPUMP,3\n", in: ledger) == [
                "line 3, sku: names PUMP again, as line 2 does; keep one of them"
            ]
        )
    }

    @Test func `refuses a file that is none`() throws {
        let ledger = try makeLedger()

        #expect(
            try faults("", in: ledger) == ["line 1: is missing; the file is empty"]
                || faults("", in: ledger) == ["line 1 is missing; the file is empty"]
        )
        #expect(
            try faults("sku;on_hand\nPUMP;3\n", in: ledger).first?.contains("semicolons") == true
        )
        #expect(
            try faults("sku,amount\nPUMP,3\n", in: ledger).first?.contains("‘on_hand’") == true
        )
        #expect(try faults("sku,on_hand\nPUMP,\"3\n", in: ledger).first?.contains("quote") == true)
    }
}
