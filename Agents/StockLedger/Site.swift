package import AllocationModel
package import ShippingCalendar

/// The site that a ledger belongs to, as it was named when the ledger was made.
package struct Site: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    /// For people: `Dallas`.
    package let name: String
    package let timeZone: SiteTimeZone
    /// The currency of its rate cards.
    package let currency: Currency
    /// Where its parcels start.
    package let country: Country
    package let postalCode: String
    /// Working days of pick and pack between taking an order and its leaving.
    package let leadDays: Int

    /// - Precondition: `leadDays` is what `SiteCalendar` takes.
    package init(
        warehouse: Warehouse.ID,
        name: String,
        timeZone: SiteTimeZone,
        currency: Currency = .usd,
        country: Country = .us,
        postalCode: String,
        leadDays: Int = 0
    ) {
        self.warehouse = warehouse
        self.name = name
        self.timeZone = timeZone
        self.currency = currency
        self.country = country
        self.postalCode = postalCode
        self.leadDays = leadDays
    }
}
