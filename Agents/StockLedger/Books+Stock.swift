package import AllocationModel
import GRDB

extension Books {
    /// Returns all that there is of one SKU, or nil where the site does not keep it.
    ///
    /// - Complexity: one statement; a row for each lot.
    package func availability(of sku: SKU) throws -> SKUStock? {
        try stockRow(of: sku)?.stock
    }

    /// The row of a SKU, and all that there is of it.
    func stockRow(of sku: SKU) throws -> (id: Int64, stock: SKUStock)? {
        let today = try today()
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: Self.availabilitySQL),
            arguments: [sku.code]
        )
        guard let first = try rows.next() else { return nil }
        let id: Int64 = first[0]
        let entry = Self.catalogEntry(sku, first)
        let safetyStock = Quantity(first[10])
        let leased = Quantity(first[18])
        var lots: [LotStock] = []
        var row: Row? = first
        while let current = row {
            if !current.hasNull(atIndex: 11) { lots.append(Self.lotStock(current)) }
            row = try rows.next()
        }
        let stock = SKUStock(
            entry: entry,
            safetyStock: safetyStock,
            leased: leased,
            lots: lots,
            today: today
        )
        return (id, stock)
    }

    /// The row of a SKU, or nil for one not kept here.
    func skuID(of sku: SKU) throws -> Int64? {
        try db.value("SELECT id FROM sku WHERE code = ?", [sku.code])
    }

    // FEFO: a lot without expiry keeps longest, and codes settle the rest.
    private static let availabilitySQL = """
        SELECT s.id, s.description, s.unit, s.multiple, s.unit_weight, s.length, s.width,
            s.height, s.freight_class, s.is_lot_tracked, s.safety_stock, k.lot, k.on_hand,
            k.held, k.allocated, k.expires, k.is_quarantined, k.certificates,
            (SELECT ifnull(sum(kept - drained), 0) FROM lease
                WHERE sku = s.id AND kept > drained), s.units_per_pallet, s.handling,
            s.un_number, s.packing_group, s.is_limited_quantity, s.units_per_carton,
            s.carton_length, s.carton_width, s.carton_height, s.content, s.content_unit
        FROM sku AS s LEFT JOIN stock AS k ON k.sku = s.id
        WHERE s.code = ?
        ORDER BY k.expires IS NULL, k.expires, k.lot
        """

    static func catalogEntry(_ sku: SKU, _ row: Row) -> CatalogEntry {
        CatalogEntry(
            sku: sku,
            description: row[1],
            sellingUnit: SellingUnit(name: row[2], multiple: row[3]),
            unitWeight: Weight(grams: row[4]),
            dimensions: (row[5] as Int64?)
                .map {
                    Dimensions(length: $0, width: row[6], height: row[7])
                },
            carton: (row[24] as Int64?)
                .map { units in
                    let length: Int64? = row[25]
                    return Carton(
                        units: units,
                        dimensions: length.map {
                            Dimensions(length: $0, width: row[26], height: row[27])
                        }
                    )
                },
            freightClass: FreightClass(rawValue: row[8]) ?? .class70,
            unitsPerPallet: row[19],
            handling: row[20],
            hazmat: (row[21] as Int?)
                .map {
                    Hazmat(
                        number: $0,
                        packingGroup: (row[22] as Int?).flatMap(Hazmat.PackingGroup.init),
                        isLimitedQuantity: row[23],
                        content: content(row)
                    )
                },
            isLotTracked: row[9]
        )
    }

    private static func content(_ row: Row) -> Hazmat.Content? {
        (row[28] as Int64?)
            .flatMap { thousandths in
                (row[29] as String?).flatMap(Hazmat.Content.Kind.init)
                    .map { Hazmat.Content(thousandths, thousandthsOf: $0) }
            }
    }

    static func lotStock(_ row: Row) -> LotStock {
        let lot: String = row[11]
        return LotStock(
            lot: lot.isEmpty ? nil : Lot.ID(trusted: lot),
            onHand: Quantity(row[12]),
            held: Quantity(row[13]),
            allocated: Quantity(row[14]),
            expires: (row[15] as Int?).map { CivilDate(daysSinceEpoch: $0) },
            isQuarantined: row[16],
            certificates: Self.certificates(row[17])
        )
    }

    /// Certificates are kept one to a line: their names have no line ends.
    static func certificates(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}
