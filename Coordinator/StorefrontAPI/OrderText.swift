package import AllocationModel

// What a person reads: on the command line, in the demonstration, and under
// `Accept: text/plain`. Every fact in it is in the JSON too.

extension OrderRecord {
    /// The order and what became of it: who ships what, by whom, for how much, and when.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    fileprivate var lines: [String] {
        var lines = ["Order \(order.id) \(sentence)", ""]
        lines += order.lines.map {
            $0.quantity.isZero ? "  \($0.sku) is cancelled" : "  \($0.quantity) x \($0.sku)"
        }
        lines += ["", "To \(order.destination.words), \(order.serviceWords)."]
        for resourcing in resourcings { lines += resourcing.keptLines(in: self) }
        if let plan = outcome?.plan { lines += plan.textLines(in: self) }
        for refused in refusedPicks { lines += ["", refused.sentence] }
        for revision in revisions { lines += ["", revision.of.sentence(to: revision.to)] }
        let moves = dateChanges.filter { $0.before != nil }
        if !moves.isEmpty { lines.append("") }
        lines += moves.map(\.sentence)
        if case .refused(let refusals) = outcome {
            lines.append("")
            lines += refusals.map { "  \($0.sku): \($0.sentence) \($0.hint)" }
        }
        for forced in overrides {
            let override = forced.override
            let what = override.choice == .confirm ? "keep" : "give back"
            lines += [
                "",
                "\(override.who) has forced \(forced.warehouse) to \(what) its part: "
                    + "\(override.reason)."
                    + (forced.isConflict ? " That is not what was decided." : ""),
            ]
        }
        return lines
    }

    private var sentence: String {
        let settled = isSettled ? "" : " Not every warehouse has acknowledged yet."
        return switch outcome {
        case nil: "is not decided yet."
        case .confirmed where status == .shipped: "has shipped."
        case .confirmed where status == .partlyShipped: "has shipped in part."
        case .confirmed(let plan):
            plan.backorders.isEmpty
                ? "is confirmed in full.\(settled)" : "is confirmed, with a backorder.\(settled)"
        case .refused: "is refused; nothing is promised."
        case .cancelled where !shipments.isEmpty:
            "is cancelled, and \(shippers) had shipped: call it back.\(settled)"
        case .cancelled: "is cancelled; every unit goes back to stock.\(settled)"
        }
    }

    /// The warehouses that have shipped their parts, in words.
    var shippers: String { shipments.map(\.warehouse.rawValue).joined(separator: " and ") }
}

extension SitePickRefusal {
    fileprivate var sentence: String {
        "\(warehouse) could not pick \(refusal.words), said \(refusal.who) at \(refusal.at.iso8601)."
    }
}

extension Explanation {
    /// The order, what became of it, and why it was not done otherwise.
    package var text: String {
        var lines = record.lines + ["", "Why"]
        for site in sites { lines += site.lines(for: asked) }
        if let runnerUp {
            let warehouses = runnerUp.warehouses.map(\.rawValue).joined(separator: " and ")
            lines += ["", "Next best would be \(warehouses) for \(runnerUp.cost)."]
        }
        let times = attempts == 1 ? "once" : "\(attempts) times, as sites could not reserve"
        lines += rules.lines
        if !stockLevels.isEmpty { lines += ["", "With other stock"] }
        lines += stockLevels.map { "  \($0.sentence(for: asked))" }
        if unasked > 0 {
            lines += ["", "\(unasked) more questions were left unanswered for want of time."]
        }
        lines += ["", "Solved \(times); \(nodes) nodes searched."]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Explanation.Rules {
    /// The rules as lines; none where none is published.
    fileprivate var lines: [String] {
        guard version > 0 else { return [] }
        var lines = ["", "Rules of version \(version)"]
        if applied.isEmpty { lines.append("  None is for this order.") }
        for one in applied {
            lines.append("  \(one.effect)  (\(one.rule)\(one.isSoft ? ", soft" : ""))")
            if let sentence = one.cost?.sentence { lines.append("    \(sentence)") }
        }
        if !relaxed.isEmpty { lines.append("  Given up: \(relaxed.joined(separator: "; ")).") }
        return lines
    }
}

extension Explanation.Rules.Cost {
    /// What the rule did to the order; nil where that is nothing.
    fileprivate var sentence: String? {
        switch self {
        case .nothing: return nil
        case .difference(let money, let days, let unitsShort):
            var effects: [String] = []
            if money.minorUnits != 0 { effects.append("costs \(money.words("more", "less"))") }
            if days != 0 {
                effects.append("arrives \(counted(days, "day")) \(days > 0 ? "later" : "sooner")")
            }
            if unitsShort != 0 {
                let units = counted(Int(unitsShort), "unit")
                effects.append("leaves \(units) \(unitsShort > 0 ? "more" : "fewer") short")
            }
            return effects.isEmpty
                ? "with it the order is placed otherwise, for the same money"
                : "with it the order \(effects.joined(separator: ", "))"
        case .order(let money): return "without it the order could be filled for \(money)"
        case .undetermined: return "what it costs was not found in time"
        }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(abs(count)) \(noun)\(abs(count) == 1 ? "" : "s")"
    }
}

extension Explanation.StockLevel {
    fileprivate func sentence(for order: Order) -> String {
        let sku = order.lines.indices.contains(line) ? order.lines[line].sku.code : "the SKU"
        let more = level > available
        let stock =
            "\(level.isZero ? "no" : "\(level) \(more ? "or more" : "or fewer")") \(sku) at \(warehouse) "
            + "(it offered \(available))"
        guard !warehouses.isEmpty else { return "\(stock): no lawful plan." }
        let names = warehouses.map(\.rawValue).joined(separator: " and ")
        let verb = warehouses.count == 1 ? "ships" : "ship"
        let cost = difference.map { ", for \($0.words("more", "less"))" } ?? ""
        return "\(stock): \(names) \(verb)\(cost)."
    }
}

extension Money {
    /// `12.00 USD more`, or less where it is negative.
    func words(_ more: String, _ less: String) -> String {
        minorUnits == 0 ? "nothing" : "\(magnitude) \(minorUnits > 0 ? more : less)"
    }

    fileprivate var magnitude: Money { minorUnits < 0 ? .zero(currency) - self : self }
}

extension Explanation.Site {
    fileprivate func lines(for order: Order) -> [String] {
        var lines = ["", "  \(warehouse) \(verdict.sentence)"]
        guard let bid else { return lines }
        for offer in bid.offers where order.lines.indices.contains(offer.line) {
            lines.append("    offers \(offer.quantity) x \(order.lines[offer.line].sku)")
        }
        lines += bid.services.map { "    \($0.words)" }
        lines += bid.declines.map { "    \($0.sentence(in: order))" }
        lines += rejections.map { "    \($0.sentence(in: order))" }
        return lines
    }
}

extension Resourcing {
    /// What had shipped of the plan before, and stays.
    fileprivate func keptLines(in record: OrderRecord) -> [String] {
        keptShipments.flatMap { shipment in
            shipment.textLines(
                record.shipments.first {
                    $0.warehouse == shipment.warehouse && $0.report.transaction == replaced
                }
            )
        }
    }

    /// Who had the order sourced again, when, why and how, and what it was before.
    fileprivate func sentence(to order: Order) -> String {
        let sites = before.warehouses.map(\.rawValue).joined(separator: " and ")
        let what =
            former.changes(to: order).map { "Changed \(at.iso8601) by \(wish.who), \($0)" }
            ?? "Sourced again \(at.iso8601) by \(wish.who), \(wish.words)"
        return "\(what): \(wish.reason). Before, "
            + "\(sites.isEmpty ? "nothing shipped" : "\(sites) shipped it") for \(before.cost)."
    }
}

extension Plan {
    /// What ships, what waits and what it costs; with what a record says has left.
    func textLines(in record: OrderRecord?) -> [String] {
        var lines = shipments.flatMap { $0.textLines(record?.shipment(from: $0.warehouse)) }
        for backorder in backorders {
            lines += ["", "\(backorder.quantity) x \(backorder.sku) on backorder."]
            lines += record?.dates?.textLines(of: backorder) ?? []
        }
        return lines + ["", "Total \(cost). \(proofSentence)"]
    }

    private var proofSentence: String {
        if isProved { return "No lawful plan is cheaper." }
        return "Not proved cheapest: another plan could save at most \(cost - bound)."
    }
}

extension OrderDates {
    /// From what a line is expected, and by when.
    fileprivate func textLines(of backorder: Plan.Backorder) -> [String] {
        let parts = parts(of: backorder.line)
        var lines = parts.map { part in
            let leaves = part.leaves.map { ", leaves \($0.words)" } ?? ""
            let arrives = part.arrives.map { ", arrives \($0.words)" } ?? ""
            return "  \(part.quantity) expected \(part.expected.words) at \(part.warehouse) "
                + "(\(part.receipt))\(leaves)\(arrives)."
        }
        let units = parts.reduce(Quantity.zero) { $0 + $1.quantity }
        let undated = backorder.quantity.lessAtMost(units)
        if !undated.isZero { lines.append("  No day is known of \(undated).") }
        if let told = dayTold(of: backorder.line) {
            lines.append("  Later than was told: \(told.words).")
        }
        return lines
    }
}

extension DateChange {
    /// How a day moved, and when that was heard.
    fileprivate var sentence: String {
        let was = before?.words ?? "no day"
        let now = after?.words ?? "no day"
        let from = receipt.map { receipt in " (\(receipt) at \(warehouse?.rawValue ?? ""))" } ?? ""
        let rest = undated.isZero || after == nil ? "" : ", and \(undated) for no day"
        return "\(sku) moved \(at.iso8601) from \(was) to \(now)\(from)\(rest)"
            + (isLater ? ": later." : ".")
    }
}

extension Plan.Shipment {
    fileprivate func textLines(_ shipped: SiteShipment?) -> [String] {
        let goods = lines.map { "\($0.quantity) x \($0.sku)" }.joined(separator: ", ")
        return [
            "", "\(warehouse) ships \(goods) by \(carrier) (\(service)).",
            "  Leaves \(leaves.words), arrives \(arrives.words)\(arrivesBy.words).",
        ] + (lastCutoff.map { ["  In time if it leaves by \($0.words)."] } ?? []) + [
            "  Freight \(freight), handling \(handling)."
        ] + (shipped.map { ["  Shipped \($0.report.at.iso8601), by \($0.report.who)."] } ?? [])
    }
}

extension Bid.Service {
    /// The way the goods could travel, on one line.
    fileprivate var words: String {
        let day = cutoffDate == leaves ? "" : "\(cutoffDate.words) "
        return "\(code) by \(carrier) leaves \(leaves.words) if ordered by \(day)\(cutoff), "
            + "arrives \(arrives.words)\(arrivesBy.words)"
            + (lastCutoff.map { ", in time if it leaves by \($0.words)" } ?? "") + pricing.words
    }
}

extension Bid.Service.Pricing {
    /// The word used in JSON.
    var word: String {
        switch self {
        case .card, .cardFor: "card"
        case .rater: "rater"
        }
    }

    /// The end of a sentence on the service; nothing where only a card was there.
    fileprivate var words: String {
        switch self {
        case .card: ""
        case .rater: ", priced by the live rater"
        case .cardFor(let failure): ", priced by the card: the live rater \(failure.words)"
        }
    }
}

extension Destination {
    var words: String {
        [postalCode, region, country.code].filter { !$0.isEmpty }.joined(separator: " ")
            + (isResidential ? " (a residence)" : "")
            + (addressKind == .street ? "" : ", of \(addressKind.words)")
            + (accessorials.isEmpty
                ? "" : ", with " + accessorials.sorted().map(\.words).joined(separator: " and "))
            + (delivery == .any ? "" : ", " + delivery.words)
    }
}

extension DeliveryTerms {
    /// `to arrive by Fri 2026-03-06, on mon, wed`.
    fileprivate var words: String {
        let days = receiving.days.map(\.abbreviation).joined(separator: ", ")
        let parts = [
            notBefore.map { day in
                "from \(day.words)" + (notBeforeTime.map { " \($0)" } ?? "") + " on"
            },
            by.map { day in "by \(day.words)" + (byTime.map { " \($0)" } ?? "") },
            receiving == .everyDay ? nil : "on \(days)",
            hours.map { "between \($0.from) and \($0.until)" },
        ]
        return "to arrive " + parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension Order {
    fileprivate var serviceWords: String {
        let level = serviceLevel == .ground ? "ground" : "\(serviceLevel.word) or faster"
        return switch completeness {
        case .complete: "\(level), all or nothing"
        case .lineComplete: "\(level), each line in full or on backorder"
        case .partial: "\(level), as much as there is"
        }
    }
}

extension TimeOfDay? {
    /// The end of a sentence on what comes by then; nothing where nobody says when.
    fileprivate var words: String { map { " by \($0)" } ?? "" }
}

extension LocalTime {
    /// `Wed 2026-03-04 14:30`, by the clock that it is of.
    fileprivate var words: String { "\(date.words) \(time)" }
}

extension CivilDate {
    /// `Wed 2026-03-04`.
    var words: String {
        let name = weekday.abbreviation
        return name.prefix(1).uppercased() + name.dropFirst() + " \(self)"
    }
}

// Verdicts, declines and refusals as words; the JSON carries the same sentences.

extension Explanation.Verdict {
    /// The word used in JSON.
    var word: String {
        switch self {
        case .used: "used"
        case .silent: "silent"
        case .unreachable: "unreachable"
        case .offeredNothing: "offeredNothing"
        case .dearer: "dearer"
        case .undetermined: "undetermined"
        case .unlawful: "unlawful"
        }
    }

    /// The verdict as the rest of a sentence that begins with the warehouse.
    var sentence: String {
        switch self {
        case .used(.costs(let more)) where more.minorUnits == 0:
            "is used; a plan without it would cost the same."
        case .used(.costs(let more)) where more.minorUnits < 0:
            "is used; without it the order would cost \(more.magnitude) less, but the rules put "
                + "this plan first."
        case .used(.costs(let more)): "is used; without it the order would cost \(more) more."
        case .used(.impossible): "is used; there is no lawful plan without it."
        case .used(.undetermined):
            "is used; no plan without it was found within the explanation's budget."
        case .silent: "is not used: it did not bid in time."
        case .unreachable: "is not used: it was not connected."
        case .offeredNothing: "is not used: it had nothing to offer."
        case .dearer(let more) where more.minorUnits < 0:
            "is not used: the best plan with it costs \(more.magnitude) less, but the rules put "
                + "another first."
        case .dearer(let more) where more.minorUnits == 0:
            "is not used: a plan with it costs the same."
        case .dearer(let more):
            "is not used: the cheapest plan with it would cost \(more) more."
        case .undetermined:
            "is not used: no plan with it was found within the explanation's budget."
        case .unlawful: "is not used: no lawful plan uses it."
        }
    }

    /// What the other choice about the site would cost in addition, where that is known.
    var difference: Money? {
        switch self {
        case .used(.costs(let more)), .dearer(let more): more
        case .used(.impossible), .used(.undetermined), .silent, .unreachable, .offeredNothing,
            .undetermined, .unlawful:
            nil
        }
    }
}

extension Order {
    /// What a line is of, for a person.
    fileprivate func name(ofLine index: Int) -> String {
        lines.indices.contains(index) ? lines[index].sku.code : "a line"
    }
}

extension Decline {
    /// The decline as a sentence without a full stop.
    func sentence(in order: Order) -> String {
        switch subject {
        case .service(let code) where reason.day != nil:
            "does not ship by \(code) on \(reason.day?.words ?? ""): \(reason.words)"
        case .order: "declines the order: \(reason.words)"
        case .line(let index): "declines \(order.name(ofLine: index)): \(reason.words)"
        case .service(let code): "declines \(code): \(reason.words)"
        case .lines(let indices, let code):
            "declines \(code) for \(indices.map(order.name(ofLine:)).joined(separator: ", ")): "
                + reason.words
        }
    }
}

extension Decline.Reason {
    /// The day that is declined, where it is one.
    var day: CivilDate? {
        if case .dayFull(let day) = self { day } else { nil }
    }

    /// The word used in JSON.
    var word: String {
        switch self {
        case .unknownSKU: "unknownSKU"
        case .noStock: "noStock"
        case .partialStock: "partialStock"
        case .offeredElsewhere: "offeredElsewhere"
        case .notAMultiple: "notAMultiple"
        case .notServed: "notServed"
        case .tooSlow: "tooSlow"
        case .noRate: "noRate"
        case .otherCurrency: "otherCurrency"
        case .noWorkingDay: "noWorkingDay"
        case .tooHeavy: "tooHeavy"
        case .noUsableLot: "noUsableLot"
        case .tooLarge: "tooLarge"
        case .weightUnknown: "weightUnknown"
        case .forbiddenByAir: "forbiddenByAir"
        case .tooLate: "tooLate"
        case .addressNotReached: "addressNotReached"
        case .accessorialNotOffered: "accessorialNotOffered"
        case .dayFull: "dayFull"
        }
    }

    /// The reason as words without a full stop.
    var words: String {
        switch self {
        case .unknownSKU: "the warehouse does not carry it"
        case .noStock: "nothing is available to promise"
        case .partialStock(let available): "only \(available) available to promise"
        case .offeredElsewhere(let available):
            "only \(available) left for now: another order is being offered the rest"
        case .notAMultiple(let below, let above): "it is sold as \(below) or \(above), not between"
        case .notServed: "no service reaches the destination"
        case .tooSlow: "slower than the order's service level"
        case .noRate(let zone): "the rate card has no rate for zone \(zone)"
        case .otherCurrency(let code): "the rate card is in \(code)"
        case .noWorkingDay: "no working day, and hour of delivery, within the horizon"
        case .tooHeavy: "a unit is heavier than the service carries"
        case .noUsableLot: "its lots have expired or are in quarantine"
        case .tooLarge: "a unit is larger than the service carries"
        case .weightUnknown: "the site does not know what a unit weighs"
        case .forbiddenByAir: "the material may not go by air"
        case .tooLate(let day): "it would arrive on \(day) at the soonest"
        case .addressNotReached(let kind): "it does not deliver to \(kind.words)"
        case .accessorialNotOffered(let needed): "it has no price of \(needed.words)"
        case .dayFull: "as much leaves that day as the site can have leave"
        }
    }
}

extension LineRefusal {
    /// Why, as a sentence.
    var sentence: String {
        switch reason {
        case .unknownSKU: "No warehouse carries it."
        case .lotsUnfit: "There is enough of it, but not of lots that meet what is asked of them."
        case .notAMultiple: "It is not sold in a quantity of \(requested)."
        case .notServed: "No service reaches the destination in time."
        case .addressNotReached(let kind): "No service delivers to \(kind.words)."
        case .accessorialNotOffered(let needed): "No service has a price of \(needed.words)."
        case .tooLate(let day): "It would arrive on \(day.words) at the soonest."
        case .insufficientStock:
            "\(requested) wanted, \(available) available at all warehouses together."
        case .contended: "Others took the stock while the order was being placed."
        case .noLawfulPlan: "There is enough of it, but no lawful plan for the whole order."
        }
    }

    /// What the customer can do, as a sentence.
    var hint: String {
        switch reason {
        case .unknownSKU: "Check the SKU's code."
        case .lotsUnfit: "Ask less of its lots, or order with completeness partial."
        case .notAMultiple(let below, let above):
            below == above ? "Order \(above)." : "Order \(below) or \(above)."
        case .notServed: "Order by a slower service level, or to another destination."
        case .addressNotReached: "Give an address in a street, or have it sent by a postal service."
        case .accessorialNotOffered:
            "Order without it, or have a site import a freight rate that has a price of it."
        case .tooLate(let day): "Order with deliverBy \(day) or later, or without."
        case .insufficientStock:
            available.isZero
                ? "Order it with completeness partial, to be sent when it comes in."
                : "Order \(available), or with completeness partial."
        case .contended: "Send the order again under a new id."
        case .noLawfulPlan: "Order with completeness partial, or in several orders."
        }
    }
}

extension LineRefusal.Reason {
    /// The word used in JSON.
    var word: String {
        switch self {
        case .unknownSKU: "unknownSKU"
        case .lotsUnfit: "lotsUnfit"
        case .notAMultiple: "notAMultiple"
        case .notServed: "notServed"
        case .addressNotReached: "addressNotReached"
        case .accessorialNotOffered: "accessorialNotOffered"
        case .tooLate: "tooLate"
        case .insufficientStock: "insufficientStock"
        case .contended: "contended"
        case .noLawfulPlan: "noLawfulPlan"
        }
    }
}
