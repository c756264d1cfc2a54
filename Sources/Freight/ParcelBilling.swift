package import AllocationModel

/// How a parcel carrier bills one unit of a SKU, whatever rides with it.
package struct ParcelBilling: Hashable, Sendable {
    /// What the rate table is asked for.
    package let unitBillableWeight: Weight
    /// What each unit costs beside the table, fuel included, in minor units.
    package let unitCharge: Int64
}

/// So many units of a SKU, and how they are packed.
package struct ParcelGoods: Hashable, Sendable {
    package let unitWeight: Weight
    package let dimensions: Dimensions?
    package let carton: Carton?
    /// How many could ride together at the most.
    package let units: Int64

    /// Takes what the catalog says of how a SKU is packed.
    package init(_ entry: CatalogEntry, units: Int64) {
        unitWeight = entry.unitWeight
        dimensions = entry.dimensions
        carton = entry.carton
        self.units = units
    }
}

extension ParcelRateCard {
    /// Returns how a unit is billed: by itself, or as its share of the carton that it comes in.
    ///
    /// Goods ride in their cartons where there are enough of them to fill one, and the service
    /// takes a full one; else they are taken out. A carton that is not full is billed by the
    /// share too, for how full it is depends on the split. A share of a charge is rounded up to
    /// the minor unit, and a share of weight to the gram. `heaviest` is what one package may
    /// weigh, in grams.
    package func billing(of goods: ParcelGoods, heaviest: Int64) -> ParcelBilling {
        if let carton = goods.carton, goods.units >= carton.units,
            let billing = billing(of: carton, holding: goods),
            terms.takes(carton.dimensions),
            billing.unitBillableWeight.grams * carton.units <= heaviest
        {
            return billing
        }
        return looseBilling(of: goods)
    }

    /// Returns how a unit is billed that is a package by itself.
    package func looseBilling(of goods: ParcelGoods) -> ParcelBilling {
        ParcelBilling(
            unitBillableWeight: terms.divisor.billableWeight(
                actual: goods.unitWeight,
                dimensions: goods.dimensions
            ),
            unitCharge: terms.oversizeCharge(for: goods.unitWeight, goods.dimensions)
        )
    }

    /// Returns a unit's share of a full carton, or nil for one heavier than anything is.
    func billing(of carton: Carton, holding goods: ParcelGoods) -> ParcelBilling? {
        let (grams, isTooHeavy) = goods.unitWeight.grams
            .multipliedReportingOverflow(by: carton.units)
        guard !isTooHeavy, grams <= AllocationModel::Limits.unitWeightMaximum else { return nil }
        let weight = Weight(grams: grams)
        // Who does not know the carton's size knows at least that of what is in it.
        let billed =
            carton.dimensions.map {
                terms.divisor.billableWeight(actual: weight, dimensions: $0).grams
            }
            ?? looseBilling(of: goods).unitBillableWeight.grams * carton.units
        let charge = terms.oversizeCharge(for: weight, carton.dimensions ?? goods.dimensions)
        return ParcelBilling(
            unitBillableWeight: Weight(grams: (billed + carton.units - 1) / carton.units),
            unitCharge: (charge + carton.units - 1) / carton.units
        )
    }

    /// Returns the most that a unit is billed as, in a carton or by itself.
    package func worstBilling(of goods: ParcelGoods) -> ParcelBilling {
        let loose = looseBilling(of: goods)
        guard let packed = goods.carton.flatMap({ billing(of: $0, holding: goods) }) else {
            return loose
        }
        return ParcelBilling(
            unitBillableWeight: max(loose.unitBillableWeight, packed.unitBillableWeight),
            unitCharge: max(loose.unitCharge, packed.unitCharge)
        )
    }
}

extension ParcelRateCard.Terms {
    /// Returns what a package costs more for its weight and size, fuel included, in minor units.
    func oversizeCharge(for weight: Weight, _ dimensions: Dimensions?) -> Int64 {
        let amounts = oversize.filter { $0.applies(to: weight, dimensions) }
            .map(\.amount.minorUnits)
        return amounts.max().map { charge(forPrice: $0, toResidence: false) } ?? 0
    }
}
