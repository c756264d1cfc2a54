/// Every bound of the model, once, with its reason.
///
/// What exceeds one is refused where it enters, before anything is allocated
/// for it, so that sums and products inside stay far from overflow.
package enum Limits {
    /// Fits every identifier of the ecosystem's systems and keeps a row small.
    package static let identifierBytesMaximum = 64
    /// The largest order the solver's budgets are stated for.
    package static let orderLinesMaximum = 500
    /// The largest fan-out the solver's budgets are stated for.
    package static let warehousesMaximum = 200
    /// Services one bid may offer.
    package static let bidServicesMaximum = 64
    /// Lots one bid may offer for one line.
    package static let bidLotsMaximum = 256
    /// Receipts of one SKU that one bid tells of: the soonest of them.
    package static let bidReceiptsMaximum = 16
    /// Receipts that one bid tells of in all.
    package static let bidIncomingMaximum = 1024
    /// Price tiers of stock one bid may offer for one line.
    package static let bidTiersMaximum = 16
    /// Rows of one tariff: 150 lb in whole pounds, or LTL's ten breaks, fit.
    package static let tariffStepsMaximum = 400
    /// Units in one line or one stock row: a billion, so that a sum over an order fits.
    package static let quantityMaximum: Int64 = 1_000_000_000
    /// Grams in one unit: a hundred tonnes.
    package static let unitWeightMaximum: Int64 = 100_000_000
    /// Thousandths of a litre or kilogram in one unit of a hazardous material: a hundred tonnes.
    package static let hazmatContentMaximum: Int64 = 100_000_000
    /// Minor units in one amount of money: ten billion dollars.
    package static let moneyMinorUnitsMaximum: Int64 = 1_000_000_000_000
    /// Ten-thousandths in one cost of a tariff or a tier: the same, in the solver's unit.
    package static let costMaximum: Int64 = 100_000_000_000_000
    /// Units of weight that one rate is for: a thousand hundredweight in grams fit.
    package static let rateWeightMaximum: Int64 = 100_000_000
    /// A sum of rates times weights before it is divided: leaves `Int64` a factor of eight.
    package static let rateSumMaximum: Int64 = 1 << 60
    /// Ten-thousandths that a charge may be a multiple of: a whole unit of a currency.
    package static let chargeUnitMaximum: Int64 = 10_000
    /// Bytes of one HTTP body.
    package static let requestBytesMaximum = 1_048_576
    /// Bytes of one message between coordinator and agent.
    package static let messageBytesMaximum = 8_388_608
    /// Requests in one batch to an agent; the rest wait for the next exchange.
    package static let batchRequestsMaximum = 256
    /// Carrier days from hand-over to delivery: the slowest ground service takes fewer.
    package static let transitDaysMaximum = 60
    /// Bytes of one field of a CSV file: a long description fits, a runaway quote does not.
    package static let csvFieldBytesMaximum = 8192
    /// Columns of a CSV file: a rate table with every zone of every carrier fits.
    package static let csvColumnsMaximum = 256
    /// Faults one refused file is reported with: more than a person mends at a time.
    package static let rowFaultsMaximum = 100
    /// Levels of nesting in a JSON document: several times what any storefront sends.
    package static let jsonDepthMaximum = 64
    /// Tags of one customer or order: what Shopify allows.
    package static let tagsMaximum = 250
    /// Bytes of a tag, a segment, a contract, a company or a handling word: what Shopify allows.
    package static let tagBytesMaximum = 255
    /// Faults one refused document is reported with: more than a person mends at a time.
    package static let fieldFaultsMaximum = 100
    /// Units of one pallet: no box is so small.
    package static let unitsPerPalletMaximum: Int64 = 1_000_000
    /// Units of a full carton.
    package static let unitsPerCartonMaximum: Int64 = 1_000_000
}
