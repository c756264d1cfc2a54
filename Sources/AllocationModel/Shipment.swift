/// By which carrier service a warehouse's part of an order is to leave, and when at the latest.
package struct Carriage: Hashable, Sendable {
    /// The service's code on the site's rate card; nil where the part leaves by several.
    package let service: String?
    /// The day of the first of them.
    package let leaves: CivilDate

    package init(service: String?, leaves: CivilDate) {
        self.service = service
        self.leaves = leaves
    }
}

/// A site's word that what it had set aside in an attempt has left the building.
///
/// Told again until the coordinator has it in its log.
package struct ShipmentReport: Hashable, Sendable {
    package let transaction: TransactionID
    /// Who said so at the site.
    package let who: String
    package let at: Timestamp

    package init(transaction: TransactionID, who: String, at: Timestamp) {
        self.transaction = transaction
        self.who = who
        self.at = at
    }
}

/// A shipment of one site, in the record of its order.
package struct SiteShipment: Hashable, Sendable {
    package let warehouse: Warehouse.ID
    package let report: ShipmentReport

    package init(warehouse: Warehouse.ID, report: ShipmentReport) {
        self.warehouse = warehouse
        self.report = report
    }
}
