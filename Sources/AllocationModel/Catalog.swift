/// What a site knows about a SKU besides how many there are.
package struct CatalogEntry: Hashable, Sendable {
    package let sku: SKU
    package let description: String
    package let sellingUnit: SellingUnit
    /// One selling increment, packed.
    package let unitWeight: Weight
    /// Outer dimensions of one increment, packed; nil where the site does not know them.
    package let dimensions: Dimensions?
    /// What it is shipped in by the dozen or so; nil where each unit is a package by itself.
    package let carton: Carton?
    package let freightClass: FreightClass
    /// Units of a full pallet; nil where the site does not know.
    package let unitsPerPallet: Int64?
    /// How it is picked and packed, in the site's own words (`cut-to-length`); empty for as usual.
    package let handling: String
    /// Nil for what is not hazardous.
    package let hazmat: Hazmat?
    /// Whether stock is kept by lot.
    package let isLotTracked: Bool

    package init(
        sku: SKU,
        description: String = "",
        sellingUnit: SellingUnit = SellingUnit(),
        unitWeight: Weight,
        dimensions: Dimensions? = nil,
        carton: Carton? = nil,
        freightClass: FreightClass = .class70,
        unitsPerPallet: Int64? = nil,
        handling: String = "",
        hazmat: Hazmat? = nil,
        isLotTracked: Bool = false
    ) {
        self.sku = sku
        self.description = description
        self.sellingUnit = sellingUnit
        self.unitWeight = unitWeight
        self.dimensions = dimensions
        self.carton = carton
        self.freightClass = freightClass
        self.unitsPerPallet = unitsPerPallet
        self.handling = handling
        self.hazmat = hazmat
        self.isLotTracked = isLotTracked
    }
}

/// A box that so many units of one SKU are shipped in.
package struct Carton: Hashable, Sendable {
    /// What a full one holds; two at least.
    package let units: Int64
    /// Its outside; nil where the site does not know it.
    package let dimensions: Dimensions?

    /// - Precondition: it holds two units or more.
    package init(units: Int64, dimensions: Dimensions? = nil) {
        precondition(units > 1, "a carton holds several")
        self.units = units
        self.dimensions = dimensions
    }
}

/// The outside of a box in whole millimetres.
package struct Dimensions: Hashable, Sendable {
    package let length: Int64
    package let width: Int64
    package let height: Int64

    package init(length: Int64, width: Int64, height: Int64) {
        self.length = length
        self.width = width
        self.height = height
    }
}

/// A class of SKUs that are picked and packed alike, in the site's own words.
package enum HandlingClass {
    /// Reads a name, `Cut-to-length`, as it is kept: `cut-to-length`.
    package static func name(parsing text: String) throws(ParseError) -> String {
        let name = text.lowercased()
        let isLawful = name.utf8.allSatisfy {
            (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
        }
        guard isLawful, (1...Limits.identifierBytesMaximum).contains(name.utf8.count) else {
            throw ParseError(
                "‘\(text)’ is not a handling class; write one word such as cut-to-length"
            )
        }
        return name
    }
}
