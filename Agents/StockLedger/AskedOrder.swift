import AllocationModel

/// An order in the one column that keeps it with its reservation.
///
/// Codes hold no control characters, so a tab and a line end separate them.
enum AskedOrder {
    /// Returns the order's text: what it asks as a whole, then a line for each of its lines.
    static func text(of order: Order) -> String {
        let destination = order.destination
        // A word more for what is rare, so that a program of before reads all the others.
        let head =
            [
                destination.country.code, destination.postalCode, destination.region,
                destination.isResidential ? "1" : "0", order.serviceLevel.word,
                order.completeness.rawValue, order.currency.code,
            ] + (destination.isPostOfficeBox ? ["po-box"] : []) + words(of: destination.delivery)
            + (destination.accessorials.isEmpty
                ? [] : ["accessorials=\(destination.accessorials.bits)"])
        let lines = order.lines.map { "\($0.sku.code)\t\($0.quantity.units)" }
        return ([head.joined(separator: "\t")] + lines).joined(separator: "\n")
    }

    /// Reads the text back; nil where there is none.
    ///
    /// Lines are named by their number: what the client called them the site was never told.
    static func order(_ id: Order.ID, from text: String) -> Order? {
        let rows = text.split(separator: "\n")
        guard let head = rows.first else { return nil }
        let words = head.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 7, let extras = Extras(words.dropFirst(7)),
            let country = try? Country(parsing: words[0]),
            let level = try? ServiceLevel(parsing: words[4]),
            let completeness = try? Completeness(parsing: words[5]),
            let currency = try? Currency(parsing: words[6])
        else { return nil }
        let lines = rows.dropFirst().enumerated()
            .compactMap { index, row -> Order.Line? in
                let words = row.split(separator: "\t")
                guard words.count == 2, let units = Int64(words[1]),
                    let quantity = try? Quantity(checking: units), !quantity.isZero
                else { return nil }
                return Order.Line(
                    id: Identifier(trusted: "\(index + 1)"),
                    sku: SKU(trusted: String(words[0])),
                    quantity: quantity
                )
            }
        guard !lines.isEmpty, lines.count == rows.count - 1,
            lines.count <= AllocationModel::Limits.orderLinesMaximum
        else { return nil }
        return Order(
            id: id,
            lines: lines,
            destination: Destination(
                country: country,
                postalCode: words[1],
                region: words[2],
                isResidential: words[3] == "1",
                isPostOfficeBox: extras.isPostOfficeBox,
                accessorials: extras.accessorials,
                delivery: extras.delivery
            ),
            serviceLevel: level,
            completeness: completeness,
            currency: currency
        )
    }

    private static func words(of delivery: DeliveryTerms) -> [String] {
        let days = delivery.receiving == .everyDay ? nil : Int(delivery.receiving.bits)
        return [
            days.map { "receiving=\($0)" },
            delivery.hours.map { "from-minute=\($0.from.minutesSinceMidnight)" },
            delivery.hours.map { "until-minute=\($0.until.minutesSinceMidnight)" },
            delivery.notBefore.map { "not-before=\($0.daysSinceEpoch)" },
            delivery.notBeforeTime.map { "not-before-minute=\($0.minutesSinceMidnight)" },
            delivery.by.map { "deliver-by=\($0.daysSinceEpoch)" },
            delivery.byTime.map { "by-minute=\($0.minutesSinceMidnight)" },
        ]
        .compactMap(\.self)
    }

    /// What only some orders say.
    private struct Extras {
        var isPostOfficeBox = false
        var accessorials: Set<Accessorial> = []
        var delivery = DeliveryTerms.any

        /// Nil where a word means nothing.
        init?(_ words: ArraySlice<String>) {
            var receiving = Weekdays.everyDay
            var (first, last): (CivilDate?, CivilDate?) = (nil, nil)
            var (from, until): (TimeOfDay?, TimeOfDay?) = (nil, nil)
            var (notBefore, by): (TimeOfDay?, TimeOfDay?) = (nil, nil)
            for word in words {
                if word == "po-box" {
                    isPostOfficeBox = true
                    continue
                }
                let parts = word.split(separator: "=")
                guard parts.count == 2, let number = Int(parts[1]) else { return nil }
                switch parts[0] {
                case "receiving":
                    guard let days = Weekdays(bits: number) else { return nil }
                    receiving = days
                case "accessorials":
                    guard let needed = Set<Accessorial>(bits: number) else { return nil }
                    accessorials = needed
                case "from-minute": from = TimeOfDay(minutes: number)
                case "until-minute": until = TimeOfDay(minutes: number)
                case "not-before-minute": notBefore = TimeOfDay(minutes: number)
                case "by-minute": by = TimeOfDay(minutes: number)
                case "not-before": first = CivilDate(daysSinceEpoch: number)
                case "deliver-by": last = CivilDate(daysSinceEpoch: number)
                default: return nil
                }
            }
            let hours = from.flatMap { from in
                until.flatMap { try? HoursOfDay(checking: from, until: $0) }
            }
            guard (from == nil && until == nil) == (hours == nil),
                let terms = try? DeliveryTerms(
                    checkingReceiving: receiving,
                    hours: hours,
                    notBefore: first,
                    notBeforeTime: notBefore,
                    by: last,
                    byTime: by
                )
            else { return nil }
            delivery = terms
        }
    }
}
