import AllocationModel
import AllocationProtocol
import SwiftProtobuf
import Testing

@testable import WireFormat

/// A value that the model's types would trap on, or that means nothing, names its field.
struct `Unlawful values` {
    @Test func `of requests are refused by name`() throws {
        let cases: [(String, (inout ProtoRequestBatch) -> Void)] = [
            ("coordinator", { $0.coordinator = "" }),
            ("coordinator", { $0.coordinator = String(repeating: "x", count: 65) }),
            ("coordinator", { $0.coordinator = "of\u{7}fice" }),
            ("epoch", { $0.epoch = -1 }),
            ("epoch", { $0.epoch = 1 << 23 }),
            ("session.number", { $0.session.number = -1 }),
            ("ended_below", { $0.endedBelow = .min }),
            ("requests[0].kind", { $0.requests[0].kind = nil }),
            ("requests[1].challenge.session", { $0.requests[1].challenge.clearSession() }),
            ("requests[1].challenge.known", { $0.requests[1].challenge.clearKnown() }),
            ("requests[1].challenge.known.entry", { $0.requests[1].challenge.known.entry = -1 }),
            ("requests[3].bid.order", { $0.requests[3].bid.order = " 4711" }),
            ("requests[3].bid.attempt", { $0.requests[3].bid.attempt = -1 }),
            ("requests[3].bid.lines", { $0.requests[3].bid.lines = [] }),
            ("requests[3].bid.lines[1].sku", { $0.requests[3].bid.lines[1].sku = "" }),
            (
                "requests[3].bid.lines[0].quantity",
                { $0.requests[3].bid.lines[0].quantity = 1_000_000_001 }
            ),
            ("requests[3].bid.destination", { $0.requests[3].bid.destination = [] }),
            (
                "requests[3].bid.destination.country",
                { $0.requests[3].bid.destination[0].country = "us" }
            ),
            (
                "requests[3].bid.destination.postal_code",
                { $0.requests[3].bid.destination[0].postalCode = "7500" }
            ),
            (
                "requests[3].bid.destination.region",
                { $0.requests[3].bid.destination[0].region = "T\nX" }
            ),
            (
                "requests[3].bid.service_level",
                { $0.requests[3].bid.serviceLevel = .UNRECOGNIZED(9) }
            ),
            ("requests[3].bid.currency", { $0.requests[3].bid.currency = "XXX" }),
            ("requests[3].bid.purpose", { $0.requests[3].bid.purpose = .UNRECOGNIZED(9) }),
            (
                "requests[3].bid.remaining_milliseconds",
                { $0.requests[3].bid.remainingMilliseconds = -1 }
            ),
            ("requests[4].reserve.transaction", { $0.requests[4].reserve.transaction = [] }),
            ("requests[4].reserve.bid", { $0.requests[4].reserve.bid = [] }),
            ("requests[4].reserve.lines", { $0.requests[4].reserve.lines = [] }),
            (
                "requests[4].reserve.lines[0].bid_line",
                { $0.requests[4].reserve.lines[0].bidLine = 3 }
            ),
            (
                "requests[4].reserve.lines[0].bid_line",
                { $0.requests[4].reserve.lines[0].bidLine = -1 }
            ),
            (
                "requests[4].reserve.lines[0].quantity",
                { $0.requests[4].reserve.lines[0].quantity = -8 }
            ),
            ("requests[4].reserve.participants", { $0.requests[4].reserve.participants = [] }),
            (
                "requests[4].reserve.participants[1]",
                { $0.requests[4].reserve.participants[1] = "" }
            ),
            ("requests[5].confirm.counter", { $0.requests[5].confirm.counter = 1 << 40 }),
            ("requests[5].confirm.epoch", { $0.requests[5].confirm.epoch = -1 }),
        ]
        for (field, change) in cases {
            let fault = try #require(
                try refusal(after: change, to: Golden.requests, Wire.decodeRequests),
                "\(field)"
            )
            #expect(fault == field)
        }
    }

    @Test func `of what gives history back are refused by name`() throws {
        let request = ReserveRequest(
            transaction: Sample.transaction,
            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: 8)],
            participants: ["DAL"],
            bid: Sample.bidRequest
        )
        let requests = Wire.encode(
            RequestBatch(
                coordinator: "office",
                epoch: 5,
                requests: [
                    .report(Sample.session, after: Sample.transaction),
                    .restore(
                        Sample.session,
                        Restoration(
                            incarnation: 2,
                            rulings: [Ruling(request: request, isCancelled: false)]
                        )
                    ),
                ]
            )
        )
        let ofRequests: [(String, (inout ProtoRequestBatch) -> Void)] = [
            ("decisions", { $0.decisions = -1 }),
            ("requests[0].report.session", { $0.requests[0].report.clearSession() }),
            ("requests[0].report.after.epoch", { $0.requests[0].report.after.epoch = -1 }),
            ("requests[1].restore.session", { $0.requests[1].restore.clearSession() }),
            ("requests[1].restore.incarnation", { $0.requests[1].restore.incarnation = -1 }),
            (
                "requests[1].restore.confirmed[0].bid",
                { $0.requests[1].restore.confirmed[0].bid = [] }
            ),
            (
                "requests[1].restore.shipped[0].transaction",
                { $0.requests[1].restore.shipped = [ProtoShipmentReport()] }
            ),
            (
                "requests[1].restore.confirmed[0].carriage[0].service",
                {
                    var carriage = ProtoCarriage()
                    carriage.service = " "
                    $0.requests[1].restore.confirmed[0].carriage = [carriage]
                }
            ),
            (
                "requests[1].restore.confirmed[0].carriage[0].leaves",
                {
                    var carriage = ProtoCarriage()
                    carriage.service = "ground"
                    carriage.leaves = .max
                    $0.requests[1].restore.confirmed[0].carriage = [carriage]
                }
            ),
            (
                "requests[1].restore.cancelled[0].transaction",
                { $0.requests[1].restore.cancelled = [ProtoReserveRequest()] }
            ),
        ]
        for (field, change) in ofRequests {
            #expect(try refusal(after: change, to: requests, Wire.decodeRequests) == field)
        }
        let answers = Wire.encode(
            AnswerBatch(
                warehouse: "DAL",
                boot: Sample.boot,
                answers: [
                    .holdings(
                        Sample.session,
                        Holdings(
                            holdings: [Holding(request: request, status: .voted)],
                            isLast: true
                        )
                    ),
                    .restored(Sample.session, Restored(mark: Sample.mark, shortfall: 0)),
                    .hello(Hello(boot: Sample.boot, epochMaximum: 1, incarnation: 1)),
                ],
                mark: Sample.mark,
                overrides: [
                    HoldOverride(
                        transaction: Sample.transaction,
                        choice: .release,
                        who: "ana",
                        reason: "cut off",
                        at: Timestamp(milliseconds: 1)
                    )
                ],
                shipments: [
                    ShipmentReport(
                        transaction: Sample.transaction,
                        who: "ana",
                        at: Timestamp(milliseconds: 1)
                    )
                ],
                refusals: [
                    PickRefusal(
                        transaction: Sample.transaction,
                        sku: "VALVE-3IN",
                        lot: "L1",
                        quantity: 3,
                        reason: .damaged,
                        who: "kim",
                        at: Timestamp(milliseconds: 1)
                    )
                ],
                counts: [
                    CountReport(
                        entry: 7,
                        sku: "VALVE-3IN",
                        lot: "L1",
                        recorded: 50,
                        counted: 47,
                        who: "ana",
                        at: Timestamp(milliseconds: 1)
                    )
                ]
            )
        )
        let ofAnswers: [(String, (inout ProtoAnswerBatch) -> Void)] = [
            ("mark.entry", { $0.mark.entry = -1 }),
            ("overrides[0].transaction", { $0.overrides[0].clearTransaction() }),
            ("overrides[0].choice", { $0.overrides[0].choice = .unspecified }),
            ("overrides[0].choice", { $0.overrides[0].choice = .UNRECOGNIZED(3) }),
            ("overrides[0].who", { $0.overrides[0].who = "" }),
            ("overrides[0].reason", { $0.overrides[0].reason = "a\nb" }),
            (
                "overrides[0].reason",
                { $0.overrides[0].reason = String(repeating: "x", count: 501) }
            ),
            ("overrides[0].at_milliseconds", { $0.overrides[0].atMilliseconds = .max }),
            ("shipments[0].transaction", { $0.shipments[0].clearTransaction() }),
            ("shipments[0].who", { $0.shipments[0].who = "" }),
            ("shipments[0].who", { $0.shipments[0].who = String(repeating: "x", count: 501) }),
            ("shipments[0].at_milliseconds", { $0.shipments[0].atMilliseconds = .min }),
            ("reports[0].counts[0].entry", { $0.reports[0].counts[0].entry = 0 }),
            ("reports[0].counts[0].sku", { $0.reports[0].counts[0].sku = "" }),
            ("reports[0].counts[0].lot", { $0.reports[0].counts[0].lot = "a\nb" }),
            ("reports[0].counts[0].recorded", { $0.reports[0].counts[0].recorded = -1 }),
            ("reports[0].counts[0].counted", { $0.reports[0].counts[0].counted = 1_000_000_001 }),
            ("reports[0].counts[0].who", { $0.reports[0].counts[0].who = "" }),
            (
                "reports[0].counts[0].at_milliseconds",
                { $0.reports[0].counts[0].atMilliseconds = .max }
            ),
            (
                "reports[0].refusals[0].transaction",
                { $0.reports[0].refusals[0].clearTransaction() }
            ),
            ("reports[0].refusals[0].sku", { $0.reports[0].refusals[0].sku = "" }),
            ("reports[0].refusals[0].lot", { $0.reports[0].refusals[0].lot = "a\nb" }),
            ("reports[0].refusals[0].quantity", { $0.reports[0].refusals[0].quantity = 0 }),
            (
                "reports[0].refusals[0].quantity",
                { $0.reports[0].refusals[0].quantity = 1_000_000_001 }
            ),
            ("reports[0].refusals[0].reason", { $0.reports[0].refusals[0].reason = .unspecified }),
            (
                "reports[0].refusals[0].reason",
                { $0.reports[0].refusals[0].reason = .UNRECOGNIZED(9) }
            ),
            ("reports[0].refusals[0].who", { $0.reports[0].refusals[0].who = "" }),
            (
                "reports[0].refusals[0].at_milliseconds",
                { $0.reports[0].refusals[0].atMilliseconds = .min }
            ),
            ("answers[0].holdings.session", { $0.answers[0].holdings.clearSession() }),
            (
                "answers[0].holdings.voted[0].participants",
                { $0.answers[0].holdings.voted[0].participants = [] }
            ),
            ("answers[1].restored.mark", { $0.answers[1].restored.clearMark() }),
            ("answers[1].restored.shortfall", { $0.answers[1].restored.shortfall = -1 }),
            ("answers[1].restored.unknown_sku", { $0.answers[1].restored.unknownSku = " X" }),
            ("answers[2].hello.witness_epoch", { $0.answers[2].hello.witnessEpoch = 1 << 23 }),
            (
                "answers[2].hello.witness_decisions",
                { $0.answers[2].hello.witnessDecisions = -1 }
            ),
        ]
        for (field, change) in ofAnswers {
            #expect(try refusal(after: change, to: answers, Wire.decodeAnswers) == field)
        }
    }

    @Test func `of answers and bids are refused by name`() throws {
        let bid = "answers[3].bid.bid"
        let cases: [(String, (inout ProtoAnswerBatch) -> Void)] = [
            ("warehouse", { $0.warehouse = "" }),
            (
                "inquiries[0].coordinator",
                {
                    $0.coordinator = ""
                    $0.answers = []
                }
            ),
            ("answers[0].kind", { $0.answers[0].kind = nil }),
            ("answers[0].hello.epoch_maximum", { $0.answers[0].hello.epochMaximum = -1 }),
            ("answers[1].attach.latest", { $0.answers[1].attach.clearLatest() }),
            (
                "answers[1].attach.in_doubt[0].epoch",
                { $0.answers[1].attach.inDoubt[0].epoch = -1 }
            ),
            ("answers[3].bid.bid", { $0.answers[3].bid.clearBid() }),
            ("\(bid).offers", { $0.answers[3].bid.bid.offers.swapAt(0, 1) }),
            ("\(bid).offers", { $0.answers[3].bid.bid.offers[1].line = 0 }),
            ("\(bid).offers[1].line", { $0.answers[3].bid.bid.offers[1].line = 500 }),
            (
                "\(bid).offers[0].tier_quantities",
                { $0.answers[3].bid.bid.offers[0].tierQuantities = [] }
            ),
            (
                "\(bid).offers[1].tier_quantities[1]",
                { $0.answers[3].bid.bid.offers[1].tierQuantities[1] = -30 }
            ),
            (
                "\(bid).offers[1].tier_scarcity_costs",
                { $0.answers[3].bid.bid.offers[1].tierScarcityCosts = [1] }
            ),
            (
                "\(bid).offers[1].tier_scarcity_costs[1]",
                { $0.answers[3].bid.bid.offers[1].tierScarcityCosts[1] = 50_000_000_000_000 }
            ),
            (
                "\(bid).offers[0].unit_weight",
                { $0.answers[3].bid.bid.offers[0].unitWeight = -1 }
            ),
            (
                "\(bid).offers[0].unit_weight",
                {
                    $0.answers[3].bid.bid.offers[0].tierQuantities = [1_000_000_000]
                    $0.answers[3].bid.bid.offers[0].unitWeight = 100_000_000
                }
            ),
            (
                "\(bid).offers[0].unit_billable_excess",
                { $0.answers[3].bid.bid.offers[0].unitBillableExcess = .max }
            ),
            (
                "\(bid).offers[0].unit_billable_excess",
                { $0.answers[3].bid.bid.offers[0].unitBillableExcess = -4201 }
            ),
            (
                "\(bid).offers[0].freight_class",
                { $0.answers[3].bid.bid.offers[0].freightClass = .UNRECOGNIZED(18) }
            ),
            (
                "\(bid).offers[0].freight_class",
                { $0.answers[3].bid.bid.offers[0].freightClass = .UNRECOGNIZED(-1) }
            ),
            ("\(bid).offers[0].multiple", { $0.answers[3].bid.bid.offers[0].multiple = -1 }),
            ("\(bid).offers[0].pick_cost", { $0.answers[3].bid.bid.offers[0].pickCost = -1 }),
            (
                "\(bid).offers[1].lots[0].expires",
                { $0.answers[3].bid.bid.offers[1].lots[0].expires = .max }
            ),
            (
                "\(bid).offers[1].lots[0].certificates[0]",
                {
                    $0.answers[3].bid.bid.offers[1].lots[0].certificates[0] = String(
                        repeating: "x",
                        count: 65
                    )
                }
            ),
            ("\(bid).services", { $0.answers[3].bid.bid.services[1].code = "ups-ground" }),
            ("\(bid).services[0].tariff", { $0.answers[3].bid.bid.services[0].tariff = 4 }),
            ("\(bid).services[0].tariff", { $0.answers[3].bid.bid.services[0].tariff = -1 }),
            ("\(bid).services[0].cutoff", { $0.answers[3].bid.bid.services[0].cutoff = 1440 }),
            ("\(bid).services[0].leaves", { $0.answers[3].bid.bid.services[0].leaves = .min }),
            (
                "\(bid).services[0].blocked_lines[0]",
                { $0.answers[3].bid.bid.services[0].blockedLines = [-1] }
            ),
            (
                "\(bid).services[0].packings[0].line",
                { $0.answers[3].bid.bid.services[0].packings = [packing { $0.line = 7 }] }
            ),
            (
                "\(bid).services[0].packings[0].unit_billable_weight",
                {
                    let packing = packing { $0.unitBillableWeight = -1 }
                    $0.answers[3].bid.bid.services[0].packings = [packing]
                }
            ),
            (
                "\(bid).services[0].packings[0].unit_charge",
                {
                    // Eight of them are more than any cost.
                    let packing = packing { $0.unitCharge = Limits.costMaximum / 8 + 1 }
                    $0.answers[3].bid.bid.services[0].packings = [packing]
                }
            ),
            (
                "\(bid).services[0].packings",
                { $0.answers[3].bid.bid.services[0].packings = [packing(), packing()] }
            ),
            (
                "\(bid).incoming[0].line",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.line = 500 }] }
            ),
            (
                "\(bid).incoming[0].receipt",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.receipt = "" }] }
            ),
            (
                "\(bid).incoming[0].quantity",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.quantity = 0 }] }
            ),
            (
                "\(bid).incoming[0].expected",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.expected = .max }] }
            ),
            (
                "\(bid).incoming[0].leaves_after",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.leavesAfter = -1 }] }
            ),
            (
                "\(bid).incoming[0].arrives_after",
                { $0.answers[3].bid.bid.incoming = [incoming { $0.arrivesAfter = 3661 }] }
            ),
            (
                "\(bid).incoming",
                {
                    $0.answers[3].bid.bid.incoming = [incoming { $0.line = 1 }, incoming()]
                }
            ),
            ("\(bid).declines[0].subject", { $0.answers[3].bid.bid.declines[0].subject = nil }),
            ("\(bid).declines[1].lines", { $0.answers[3].bid.bid.declines[1].lines = [0] }),
            ("\(bid).declines[6].lines[0]", { $0.answers[3].bid.bid.declines[6].lines = [-1] }),
            ("\(bid).declines[0].reason", { $0.answers[3].bid.bid.declines[0].reason = nil }),
            (
                "\(bid).declines[4].not_a_multiple.below",
                { $0.answers[3].bid.bid.declines[4].notAMultiple.below = -12 }
            ),
            ("answers[4].vote.vote", { $0.answers[4].vote.vote = nil }),
            ("answers[5].vote.refuse.reason", { $0.answers[5].vote.refuse.reason = nil }),
            ("answers[11].refused.reason", { $0.answers[11].refused.reason = nil }),
            (
                "answers[15].refused.unlawful.status",
                { $0.answers[15].refused.unlawful.status = .unspecified }
            ),
            (
                "answers[15].refused.unlawful.event",
                { $0.answers[15].refused.unlawful.event = .UNRECOGNIZED(6) }
            ),
        ]
        for (field, change) in cases {
            let fault = try #require(
                try refusal(after: change, to: Golden.answers, Wire.decodeAnswers),
                "\(field)"
            )
            #expect(fault == field)
        }
    }

    // Freight is computed with what passes here: nothing of it may overflow later.
    @Test func `of tariffs are refused by name`() throws {
        let cases: [(String, (inout ProtoAnswerBatch) -> Void)] = [
            ("tariffs[0].kind", { $0.tariffs[0].kind = nil }),
            (
                "tariffs[0].parcel_table.packages_maximum",
                { $0.tariffs[0].parcelTable.packagesMaximum = 0 }
            ),
            ("tariffs[0].parcel_table.charge_unit", { $0.tariffs[0].parcelTable.chargeUnit = 0 }),
            (
                "tariffs[0].parcel_table.charge_steps",
                { $0.tariffs[0].parcelTable.chargeSteps = [] }
            ),
            (
                "tariffs[0].parcel_table.charge_steps[1]",
                { $0.tariffs[0].parcelTable.chargeSteps[1] = -1 }
            ),
            (
                "tariffs[0].parcel_table.charge_steps[1]",
                { $0.tariffs[0].parcelTable.chargeSteps[1] = .max }
            ),
            (
                "tariffs[0].parcel_table.charge_steps",
                { $0.tariffs[0].parcelTable.packagesMaximum = 1_000_000_000 }
            ),
            (
                "tariffs[0].parcel_table.weight_steps",
                { $0.tariffs[0].parcelTable.weightSteps = [] }
            ),
            (
                "tariffs[0].parcel_table.weight_steps[0]",
                { $0.tariffs[0].parcelTable.weightSteps = [0] }
            ),
            (
                "tariffs[0].parcel_table.weight_steps",
                { $0.tariffs[0].parcelTable.weightSteps = [1, 1, 1, 1, 1, 1] }
            ),
            (
                "tariffs[0].parcel_table.weight_steps",
                { $0.tariffs[0].parcelTable.weightSteps = [10_000_000_000_000] }
            ),
            (
                "tariffs[0].parcel_table.weight_steps",
                {
                    $0.tariffs[0].parcelTable.weightUnit = .gram
                    $0.tariffs[0].parcelTable.weightSteps = [10_000_000_000_000]
                }
            ),
            (
                "tariffs[0].parcel_table.weight_unit",
                { $0.tariffs[0].parcelTable.weightUnit = .UNRECOGNIZED(2) }
            ),
            ("tariffs[1].parcel.base", { $0.tariffs[1].parcel.base = -1 }),
            ("tariffs[1].parcel.base", { $0.tariffs[1].parcel.base = 100_000_000_000_000 }),
            ("tariffs[1].parcel.rate", { $0.tariffs[1].parcel.rate = 10_000_000_000 }),
            (
                "tariffs[1].parcel.package_weight_maximum",
                { $0.tariffs[1].parcel.packageWeightMaximum = 0 }
            ),
            ("tariffs[1].parcel.packages_maximum", { $0.tariffs[1].parcel.packagesMaximum = -1 }),
            (
                "tariffs[2].less_than_truckload.breaks",
                { $0.tariffs[2].lessThanTruckload.breaks = [] }
            ),
            (
                "tariffs[2].less_than_truckload.breaks[1].rates",
                { $0.tariffs[2].lessThanTruckload.breaks[1].rates.removeLast() }
            ),
            (
                "tariffs[2].less_than_truckload.breaks[1].rates[3]",
                { $0.tariffs[2].lessThanTruckload.breaks[1].rates[3] = -1 }
            ),
            (
                "tariffs[2].less_than_truckload.breaks[1].rates",
                { $0.tariffs[2].lessThanTruckload.breaks[1].rates[3] = 100_000_000_000 }
            ),
            (
                "tariffs[2].less_than_truckload.breaks[1].deficit",
                { $0.tariffs[2].lessThanTruckload.breaks[1].deficit = 100_000_000_000_000 }
            ),
            (
                "tariffs[2].less_than_truckload.minimum_charge",
                { $0.tariffs[2].lessThanTruckload.minimumCharge = -1 }
            ),
            (
                "tariffs[2].less_than_truckload.minimum_charge",
                {
                    $0.tariffs[2].lessThanTruckload.minimumCharge = 101
                    $0.tariffs[2].lessThanTruckload.chargeUnit = 100
                }
            ),
            (
                "tariffs[2].less_than_truckload.minimum_charge",
                {
                    $0.tariffs[2].lessThanTruckload.minimumCharge = 100_000_000_000_000
                    $0.tariffs[2].lessThanTruckload.rateWeight = 100_000_000
                }
            ),
            (
                "tariffs[2].less_than_truckload.rate_weight",
                { $0.tariffs[2].lessThanTruckload.rateWeight = -1 }
            ),
            (
                "tariffs[2].less_than_truckload.rate_weight",
                { $0.tariffs[2].lessThanTruckload.rateWeight = 100_000_001 }
            ),
            (
                "tariffs[2].less_than_truckload.charge_unit",
                { $0.tariffs[2].lessThanTruckload.chargeUnit = 10_001 }
            ),
            ("tariffs[3].full_truckload.capacity", { $0.tariffs[3].fullTruckload.capacity = 0 }),
            (
                "tariffs[3].full_truckload.trucks_maximum",
                { $0.tariffs[3].fullTruckload.trucksMaximum = 0 }
            ),
            (
                "tariffs[3].full_truckload.flat",
                { $0.tariffs[3].fullTruckload.flat = 100_000_000_000_000 }
            ),
        ]
        for (field, change) in cases {
            let fault = try #require(
                try refusal(after: change, to: Golden.answers, Wire.decodeAnswers),
                "\(field)"
            )
            #expect(fault == field)
        }
    }

    @Test func `of what is stored are refused by name`() throws {
        let orders: [(String, (inout ProtoStoredOrder) -> Void)] = [
            ("id", { $0.id = "" }),
            ("lines", { $0.lines = [] }),
            ("lines[0].quantity", { $0.lines[0].quantity = -1 }),
            ("lines", { for index in $0.lines.indices { $0.lines[index].quantity = 0 } }),
            ("lines[1].id", { $0.lines[1].id = "" }),
            ("destination", { $0.clearDestination() }),
            ("destination.accessorials", { $0.destination.accessorials = 16 }),
            ("completeness", { $0.completeness = .UNRECOGNIZED(3) }),
        ]
        for (field, change) in orders {
            let fault = try #require(
                try refusal(after: change, to: Golden.order, Wire.decodeOrder),
                "\(field)"
            )
            #expect(fault == field)
        }
        let plans: [(String, (inout ProtoStoredOutcome) -> Void)] = [
            ("outcome", { $0.outcome = nil }),
            ("confirmed.currency", { $0.confirmed.currency = "" }),
            ("confirmed.cost", { $0.confirmed.cost = .min }),
            ("confirmed.shipments[1].service", { $0.confirmed.shipments[1].service = "" }),
            (
                "confirmed.shipments[0].lines[0].line",
                { $0.confirmed.shipments[0].lines[0].line = -1 }
            ),
            ("confirmed.backorders[0].quantity", { $0.confirmed.backorders[0].quantity = -1 }),
        ]
        for (field, change) in plans {
            let fault = try #require(
                try refusal(after: change, to: Golden.confirmed, Wire.decodeOutcome),
                "\(field)"
            )
            #expect(fault == field)
        }
        let evidence: [(String, (inout ProtoEvidence) -> Void)] = [
            ("bids[0].warehouse", { $0.bids[0].warehouse = "" }),
            ("silent[0]", { $0.silent[0] = "" }),
            ("nodes", { $0.nodes = -1 }),
            ("attempts", { $0.attempts = -1 }),
        ]
        for (field, change) in evidence {
            let fault = try #require(
                try refusal(after: change, to: Golden.evidence, Wire.decodeEvidence),
                "\(field)"
            )
            #expect(fault == field)
        }
    }

    /// Returns the field that the changed message is refused for, or nil where it is not.
    private func refusal<Proto: Message, Value>(
        after change: (inout Proto) -> Void,
        to golden: [UInt8],
        _ decode: ([UInt8]) throws(DecodingFault) -> Value
    ) throws -> String? {
        var proto = try Proto(serializedBytes: golden)
        change(&proto)
        let bytes: [UInt8] = try proto.serializedBytes()
        do throws(DecodingFault) {
            _ = try decode(bytes)
            return nil
        } catch {
            guard case .unlawful(let field, _) = error else { return error.description }
            return field
        }
    }
}

/// A lawful packing of line 0, but for what `change` does to it.
private func incoming(_ change: (inout ProtoIncoming) -> Void = { _ in }) -> ProtoIncoming {
    var incoming = ProtoIncoming()
    incoming.receipt = "PO-1001"
    incoming.quantity = 40
    incoming.expected = 20_521
    change(&incoming)
    return incoming
}

private func packing(_ change: (inout ProtoPacking) -> Void = { _ in }) -> ProtoPacking {
    var packing = ProtoPacking()
    packing.unitBillableWeight = 5100
    packing.unitCharge = 255_000
    change(&packing)
    return packing
}
