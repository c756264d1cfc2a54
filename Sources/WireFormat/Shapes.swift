import AllocationModel

/// The shapes of the contract: every list of `holdfast.proto`, with the most it may hold.
extension Shape {
    static let requestBatch = Shape(
        "RequestBatch",
        [
            5: .leaf("session"),
            7: .message("requests", atMost: Limits.batchRequestsMaximum, request),
        ]
    )

    private static let request = Shape(
        "Request",
        [
            1: .leaf("greet"),
            2: .message("challenge", challenge),
            3: .leaf("activate"),
            4: .message("bid", bidRequest),
            5: .message("reserve", reserveRequest),
            6: .leaf("confirm"),
            7: .leaf("release"),
            8: .leaf("cancel"),
            9: .message("report", reportRequest),
            10: .message("restore", restoreRequest),
            11: .leaf("note_override"),
            12: .message("note_lease", Shape("NoteLease", [1: .leaf("lease")])),
            13: .message("close_lease", Shape("CloseLease", [1: .leaf("lease")])),
            14: .message("drain", drainRequest),
            15: .leaf("note_shipment"),
            17: .message("note_refusal", Shape("NoteRefusal", [1: .leaf("transaction")])),
            18: .leaf("note_counts"),
        ]
    )

    private static let drainRequest = Shape(
        "DrainRequest",
        [
            1: .message("confirmed", reserveRequest),
            2: .message("cancelled", reserveRequest),
            3: .message(
                "draws",
                atMost: Limits.drawsMaximum,
                Shape("LeaseDraw", [1: .leaf("lease")])
            ),
        ]
    )

    private static let leaseOffer = Shape(
        "LeaseOffer",
        [1: .leaf("lease"), 9: .leaf("write_off")]
    )

    private static let standingService = Shape(
        "StandingService",
        [
            4: .message("tariff", parcelTable),
            9: .leaf("countries", atMost: Limits.countriesMaximum),
            10: .numbers("prefixes", atMost: Limits.prefixesMaximum),
        ]
    )

    private static let reportRequest = Shape(
        "ReportRequest",
        [1: .leaf("session"), 2: .leaf("after")]
    )

    private static let restoreRequest = Shape(
        "RestoreRequest",
        [
            1: .leaf("session"),
            3: .message("confirmed", atMost: Limits.rulingsMaximum, reserveRequest),
            4: .message("cancelled", atMost: Limits.rulingsMaximum, reserveRequest),
            5: .message("shipped", atMost: Limits.rulingsMaximum, shipmentReport),
        ]
    )

    private static let shipmentReport = Shape("ShipmentReport", [1: .leaf("transaction")])

    private static let challenge = Shape("Challenge", [3: .leaf("session"), 4: .leaf("known")])

    private static let destination = Shape("Destination", [6: .leaf("delivery", atMost: 1)])

    private static let bidRequest = Shape(
        "BidRequest",
        [
            3: .leaf("lines", atMost: Limits.orderLinesMaximum),
            4: .message("destination", atMost: 1, destination),
        ]
    )

    private static let lotTerms = Shape(
        "LotTerms",
        [
            2: .leaf("certificates", atMost: Limits.certificatesMaximum),
            3: .leaf("approved", atMost: LotNeeds.approvedMaximum),
        ]
    )

    private static let lotNeeds = Shape(
        "LotNeeds",
        [
            2: .leaf("certificates", atMost: Limits.certificatesMaximum),
            4: .leaf("approved", atMost: LotNeeds.approvedMaximum),
        ]
    )

    private static let reserveRequest = Shape(
        "ReserveRequest",
        [
            1: .leaf("transaction", atMost: 1),
            2: .message(
                "lines",
                atMost: Limits.orderLinesMaximum,
                Shape("ReserveLine", [4: .message("lots", atMost: 1, lotTerms)])
            ),
            3: .leaf("participants", atMost: Limits.warehousesMaximum),
            4: .message("bid", atMost: 1, bidRequest),
            5: .leaf("carriage", atMost: 1),
        ]
    )

    static let answerBatch = Shape(
        "AnswerBatch",
        [
            7: .message("answers", atMost: Limits.batchRequestsMaximum, answer),
            8: .message("tariffs", atMost: Limits.tariffsMaximum, tariff),
            9: .leaf("inquiries", atMost: Limits.transactionsMaximum),
            10: .leaf("mark"),
            11: .message(
                "overrides",
                atMost: Limits.overridesMaximum,
                Shape("Override", [1: .leaf("transaction")])
            ),
            12: .message("leases", atMost: Limits.leasesMaximum, leaseOffer),
            13: .message("standing", atMost: Limits.bidServicesMaximum, standingService),
            14: .message("shipments", atMost: Limits.shipmentsToldMaximum, shipmentReport),
            17: .message("reports", atMost: 1, siteReport),
        ]
    )

    private static let siteReport = Shape(
        "SiteReport",
        [
            1: .message(
                "refusals",
                atMost: Limits.refusalsMaximum,
                Shape("PickRefusal", [1: .leaf("transaction")])
            ),
            2: .leaf("counts", atMost: Limits.countsMaximum),
        ]
    )

    private static let answer = Shape(
        "Answer",
        [
            1: .leaf("hello"),
            2: .message("attach", attachment),
            3: .leaf("ready"),
            4: .message("bid", bidAnswer),
            5: .message("vote", voteAnswer),
            6: .leaf("confirmed"),
            7: .leaf("released"),
            8: .message("refused", refusal),
            9: .message("holdings", holdings),
            10: .message("restored", restored),
            11: .leaf("noted"),
            12: .leaf("lease_noted"),
            18: .leaf("counts_noted"),
        ]
    )

    private static let holdings = Shape(
        "Holdings",
        [
            1: .leaf("session"),
            3: .message("voted", atMost: Limits.rulingsMaximum, reserveRequest),
            4: .message("confirmed", atMost: Limits.rulingsMaximum, reserveRequest),
            5: .message("released", atMost: Limits.rulingsMaximum, reserveRequest),
            6: .message("shipped", atMost: Limits.rulingsMaximum, reserveRequest),
        ]
    )

    private static let restored = Shape("Restored", [1: .leaf("session"), 2: .leaf("mark")])

    private static let attachment = Shape(
        "Attachment",
        [
            1: .leaf("session"),
            2: .leaf("latest"),
            4: .leaf("in_doubt", atMost: Limits.transactionsMaximum),
            5: .leaf("confirmed", atMost: Limits.transactionsMaximum),
        ]
    )

    private static let bidAnswer = Shape("BidAnswer", [3: .message("bid", bid)])

    private static let voteAnswer = Shape(
        "VoteAnswer",
        [
            1: .leaf("transaction"),
            2: .leaf("reserve"),
            3: .message("refuse", voteRefusal),
        ]
    )

    private static let voteRefusal = Shape(
        "VoteRefusal",
        [
            1: .leaf("insufficient_stock"),
            3: .leaf("late"),
            4: .leaf("ledger_unavailable"),
            5: .message("bid", bid),
            7: .leaf("shipped"),
        ]
    )

    private static let refusal = Shape(
        "Refusal",
        [
            2: .leaf("stale_session"),
            3: .leaf("other_boot"),
            4: .leaf("unknown_transaction"),
            5: .message("unlawful", Shape("UnlawfulTransition", [1: .leaf("transaction")])),
            6: .leaf("expired"),
            7: .leaf("ledger_unavailable"),
            8: .leaf("overridden"),
            9: .leaf("being_replaced"),
        ]
    )

    private static let bid = Shape(
        "Bid",
        [
            2: .message("offers", atMost: Limits.orderLinesMaximum, offer),
            3: .message("services", atMost: Limits.bidServicesMaximum, service),
            5: .message("declines", atMost: Limits.declinesMaximum, decline),
            6: .leaf("incoming", atMost: Limits.bidIncomingMaximum),
        ]
    )

    private static let offer = Shape(
        "Offer",
        [
            2: .numbers("tier_quantities", atMost: Limits.bidTiersMaximum),
            3: .numbers("tier_scarcity_costs", atMost: Limits.bidTiersMaximum),
            4: .message("lots", atMost: Limits.bidLotsMaximum, lotOffer),
        ]
    )

    private static let lotOffer = Shape(
        "LotOffer",
        [4: .leaf("certificates", atMost: Limits.certificatesMaximum)]
    )

    private static let service = Shape(
        "Service",
        [
            10: .numbers("blocked_lines", atMost: Limits.orderLinesMaximum),
            12: .leaf("packings", atMost: Limits.orderLinesMaximum),
            14: .leaf("leaving", atMost: 1),
        ]
    )

    private static let decline = Shape(
        "Decline",
        [
            1: .leaf("order"),
            4: .leaf("unknown_sku"),
            5: .leaf("no_stock"),
            7: .leaf("not_a_multiple"),
            8: .leaf("not_served"),
            9: .leaf("too_slow"),
            12: .leaf("no_working_day"),
            13: .leaf("too_heavy"),
            14: .leaf("no_usable_lot"),
            17: .leaf("too_large"),
            18: .leaf("weight_unknown"),
            20: .leaf("forbidden_by_air"),
            29: .numbers("lines", atMost: Limits.orderLinesMaximum),
        ]
    )

    private static let tariff = Shape(
        "Tariff",
        [
            1: .leaf("parcel"),
            2: .message("parcel_table", parcelTable),
            3: .message("less_than_truckload", lessThanTruckload),
            4: .leaf("full_truckload"),
        ]
    )

    private static let parcelTable = Shape(
        "ParcelTable",
        [
            3: .numbers("weight_steps", atMost: Limits.tariffStepsMaximum),
            5: .numbers("charge_steps", atMost: Limits.tariffStepsMaximum),
        ]
    )

    private static let lessThanTruckload = Shape(
        "LessThanTruckload",
        [4: .message("breaks", atMost: Limits.tariffBreaksMaximum, tariffBreak)]
    )

    private static let tariffBreak = Shape(
        "Break",
        [3: .numbers("rates", atMost: FreightClass.allCases.count)]
    )

    static let storedOrder = Shape(
        "StoredOrder",
        [
            4: .message(
                "lines",
                atMost: Limits.orderLinesMaximum,
                Shape("Line", [4: .message("lots", atMost: 1, lotNeeds)])
            ),
            5: .message("destination", destination),
            9: .message(
                "terms",
                atMost: 1,
                Shape("Terms", [7: .leaf("tags", atMost: Limits.tagsMaximum)])
            ),
        ]
    )

    static let storedOutcome = Shape(
        "StoredOutcome",
        [
            3: .message("confirmed", plan),
            4: .message("refused", refusedLines),
            5: .message("cancelled", plan),
        ]
    )

    private static let plan = Shape(
        "Plan",
        [
            3: .message("shipments", atMost: Limits.shipmentsMaximum, shipment),
            4: .leaf("backorders", atMost: Limits.orderLinesMaximum),
        ]
    )

    private static let shipment = Shape(
        "Shipment",
        [4: .leaf("lines", atMost: Limits.orderLinesMaximum), 10: .leaf("leaving", atMost: 1)]
    )

    private static let refusedLines = Shape(
        "RefusedLines",
        [1: .message("lines", atMost: Limits.orderLinesMaximum, refusedLine)]
    )

    private static let refusedLine = Shape(
        "RefusedLine",
        [
            5: .leaf("unknown_sku"),
            6: .leaf("not_a_multiple"),
            7: .leaf("not_served"),
            8: .leaf("insufficient_stock"),
            9: .leaf("contended"),
            10: .leaf("no_lawful_plan"),
            13: .leaf("lots_unfit"),
        ]
    )

    private static let profile = Shape(
        "Profile",
        [
            2: .leaf("warehouses", atMost: Limits.warehousesMaximum),
            3: .leaf("regions", atMost: Limits.tagsMaximum),
            4: .leaf("handling", atMost: Limits.tagsMaximum),
            8: .message("lots", atMost: 1, lotNeeds),
        ]
    )

    static let evidence = Shape(
        "Evidence",
        [
            3: .message("bids", atMost: Limits.warehousesMaximum, bid),
            4: .message("tariffs", atMost: Limits.tariffsMaximum, tariff),
            5: .leaf("silent", atMost: Limits.warehousesMaximum),
            6: .leaf("unreachable", atMost: Limits.warehousesMaximum),
            11: .message(
                "buyer",
                atMost: 1,
                Shape("Buyer", [5: .leaf("tags", atMost: Limits.tagsMaximum)])
            ),
            12: .message("profiles", atMost: Limits.orderLinesMaximum, profile),
            13: .message("sourcing", atMost: 1, Shape("Sourcing", [:])),
            14: .message("asked", atMost: 1, storedOrder),
            15: .numbers("asked_lines", atMost: Limits.orderLinesMaximum),
        ]
    )
}
