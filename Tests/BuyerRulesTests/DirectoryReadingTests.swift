import AllocationModel
import BuyerRules
import Testing

struct `Directories` {
    private func customers(_ text: String) throws -> [Customer] {
        try DirectoryReading.customers(from: Array(text.utf8))
    }

    private func faults(_ text: String, ofSKUs: Bool = false) -> [String] {
        do throws(RowReport) {
            if ofSKUs {
                _ = try DirectoryReading.profiles(from: Array(text.utf8))
            } else {
                _ = try DirectoryReading.customers(from: Array(text.utf8))
            }
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `read customers from CSV, the columns in any order`() throws {
        let read = try customers(
            "Tags,ID,segment,contract\n vip; net-30 ,ACME-7,Tier-1,C-1\n,BOLT-2,,\n\n"
        )

        #expect(
            read == [
                Customer(
                    id: "ACME-7",
                    segment: "Tier-1",
                    contract: "C-1",
                    tags: ["vip", "net-30"]
                ),
                Customer(id: "BOLT-2"),
            ]
        )
    }

    @Test func `read the same customers from JSON`() throws {
        let read = try customers(
            """
            [{"id": "ACME-7", "segment": "Tier-1", "contract": "C-1", "tags": ["vip", "net-30"]},
             {"id": 207119551, "company": null}]
            """
        )

        #expect(
            read == [
                Customer(
                    id: "ACME-7",
                    segment: "Tier-1",
                    contract: "C-1",
                    tags: ["vip", "net-30"]
                ),
                Customer(id: "207119551"),
            ]
        )
    }

    @Test func `read SKUs with all that rules look at`() throws {
        let csv = """
            sku,warehouses,regions,handling,hazmat,freight class,reorder-point
            VALVE-3IN,RNO;DAL,us-tx;CA,fragile,yes,77.5,12
            HOSE,,,,,,
            """

        let read = try DirectoryReading.profiles(from: Array(csv.utf8))

        #expect(
            read == [
                SKUProfile(
                    sku: "VALVE-3IN",
                    eligibleWarehouses: ["RNO", "DAL"],
                    regions: ["US-TX", "CA"],
                    handling: ["fragile"],
                    isHazardous: true,
                    freightClass: .class77h,
                    reorderPoint: 12
                ), SKUProfile(sku: "HOSE"),
            ]
        )
    }

    @Test func `report every row that is wrong, and take none`() {
        #expect(
            faults("id,segment\nACME-7,gold\n,silver\nACME-7,tin\nBOLT-2,a,b\n")
                == [
                    "line 3, id: is empty; give 1 to 64 characters",
                    "line 4, id: ‘ACME-7’ is on line 2 too",
                    "line 5 has 3 fields under 2 columns; quote a field with a comma",
                ]
                .sorted { Self.order($0) < Self.order($1) }
        )
        #expect(
            faults("sku,hazmat,freight_class,reorder_point\nA,maybe,78,-1\nB,,,x\n", ofSKUs: true)
                == [
                    "line 2, hazmat: ‘maybe’ is neither yes nor no",
                    "line 2, freight_class: ‘78’ is not a freight class; "
                        + "the eighteen run from 50 to 500",
                    "line 2, reorder_point: is -1; a quantity cannot be negative",
                    "line 3, reorder_point: ‘x’ is not a whole number",
                ]
        )
    }

    // A row's width is looked at before any row is read.
    private static func order(_ text: String) -> Int { text.hasPrefix("line 5") ? 0 : 1 }

    @Test func `name a column that is nearly one`() {
        #expect(
            faults("id,segmnt\nACME-7,gold\n") == [
                "line 1 has a column ‘segmnt’; did you mean ‘segment’?"
            ]
        )
        #expect(faults("segment\ngold\n") == ["line 1 has no column ‘id’; add it"])
        #expect(faults("").count == 1)
        #expect(faults("[1, {\"id\": {}}, {\"idd\": 1}]").count == 5)
    }
}
