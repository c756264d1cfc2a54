package import AllocationModel
import ShippingCalendar

/// Reads orders from JSON, and says of every place that is wrong what is wrong and what to do.
package enum OrderDocument {
    /// Returns the order in a body.
    ///
    /// - Throws: `Problem` with code `malformed_json`, `idempotency_key_mismatch` or `invalid_order`.
    package static func order(
        from body: [UInt8],
        idempotencyKey: String?
    ) throws(Problem) -> Order {
        try order(from: body, named: .byDocument(orKey: idempotencyKey), done: "nothing was placed")
    }

    /// Returns the order in a body that asks what it would cost; it may have an id, or none.
    ///
    /// - Throws: `Problem` with code `malformed_json` or `invalid_order`.
    package static func orderToQuote(from body: [UInt8]) throws(Problem) -> Order {
        try order(from: body, named: .ifAtAll, done: "nothing was quoted")
    }

    /// Returns the destination in a document, with the first and the last day that stand beside it.
    static func destination(
        in document: JSONField,
        _ faults: inout FieldFaults
    ) -> Destination? {
        var reading = OrderReading(document: document, naming: .ifAtAll, faults: faults)
        let destination = reading.destination()
        faults = reading.faults
        return destination
    }

    private static func order(
        from body: [UInt8],
        named naming: OrderReading.Naming,
        done: String
    ) throws(Problem) -> Order {
        let document: JSONValue
        do throws(JSONFault) {
            document = try JSONValue(parsing: body)
        } catch {
            throw Problem(
                .malformedJSON,
                "The body cannot be read as JSON: \(error).",
                hint: "Send one JSON object in UTF-8."
            )
        }
        var reading = OrderReading(document: JSONField(document), naming: naming)
        let order = try reading.order()
        guard let order, reading.faults.isEmpty else {
            let count = reading.faults.faults.count + reading.faults.unlistedCount
            throw Problem(
                .invalidOrder,
                count == 1
                    ? "One place of the order is wrong."
                    : "\(count) places of the order are wrong.",
                hint: "Correct what ‘errors’ lists and send the order again; \(done).",
                faults: reading.faults
            )
        }
        return order
    }
}

/// One reading of one order, with what was found wrong so far.
private struct OrderReading {
    /// Where the order's id comes from.
    enum Naming {
        /// From the document or the header, which must not differ.
        case byDocument(orKey: String?)
        /// From the document if it has one.
        case ifAtAll
    }

    let document: JSONField
    let naming: Naming
    var faults = FieldFaults()

    mutating func order() throws(Problem) -> Order? {
        let hint = "Send an object with id, destination and lines."
        guard document.members(hint: hint, &faults) != nil else { return nil }
        refuseUnknownMembers(
            of: document,
            but: [
                "id", "currency", "serviceLevel", "completeness", "destination", "lines",
                "customer", "value", "payment", "type", "urgency", "requestedBy", "tags",
                "notBefore", "deliverBy",
            ]
        )
        let id = try id()
        let currency = optional("currency", or: .usd, hint: "Give an ISO 4217 code such as USD.") {
            (text) throws(ParseError) in try Currency(parsing: text)
        }
        let serviceLevel = optional(
            "serviceLevel",
            or: .ground,
            hint: "Write ground, three-day, two-day or next-day."
        ) { (text) throws(ParseError) in try ServiceLevel(parsing: text) }
        let completeness = optional(
            "completeness",
            or: .complete,
            hint: "Write complete, lineComplete or partial."
        ) { (text) throws(ParseError) in try Completeness(parsing: text) }
        let destination = destination()
        let lines = lines()
        let terms = currency.map { readTerms(in: $0) }
        guard let id, let currency, let serviceLevel, let completeness, let destination, let lines,
            let terms, faults.isEmpty
        else { return nil }
        return Order(
            id: id,
            lines: lines,
            destination: destination,
            serviceLevel: serviceLevel,
            completeness: completeness,
            currency: currency,
            terms: terms
        )
    }

    // Terms.

    private mutating func readTerms(in currency: Currency) -> OrderTerms {
        OrderTerms(
            customer: optional("customer", hint: "Give the customer's id in the directory.") {
                (text) throws(ParseError) in try Customer.ID(parsing: text)
            },
            value: optional("value", hint: "Give an amount in the order's currency, as 104.95.") {
                (text) throws(ParseError) in try Money(parsing: text, in: currency)
            },
            payment: word("payment"),
            type: word("type"),
            urgency: word("urgency") ?? .normal,
            requestedBy: optional("requestedBy", hint: "Give a date such as 2026-03-04.") {
                (text) throws(ParseError) in try CivilDate(parsing: text)
            },
            tags: readTags()
        )
    }

    private mutating func optional<Value>(
        _ name: String,
        hint: String,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        let field = document[name]
        return field.isAbsent ? nil : field.parsed(hint: hint, &faults, by: parse)
    }

    private mutating func word<Value: RawRepresentable & CaseIterable>(_ name: String) -> Value?
    where Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return optional(name, hint: "Write one of: \(words).") {
            (text) throws(ParseError) -> Value in
            guard let value = Value(rawValue: text) else {
                throw ParseError("‘\(text.prefix(64))’ is not known")
            }
            return value
        }
    }

    private mutating func readTags() -> [String] {
        let field = document["tags"]
        guard !field.isAbsent else { return [] }
        let hint =
            "Give at most \(Limits.tagsMaximum) strings of at most \(Limits.tagBytesMaximum) bytes."
        guard let elements = field.elements(hint: hint, &faults) else { return [] }
        guard elements.count <= Limits.tagsMaximum else {
            faults.add(FieldFault(field.pointer, "holds \(elements.count) tags", hint: hint))
            return []
        }
        var tags: [String] = []
        for element in elements {
            guard let tag = element.text(hint: hint, &faults) else { continue }
            let isPlain = tag.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
            }
            if isPlain, (1...Limits.tagBytesMaximum).contains(tag.utf8.count) {
                tags.append(tag)
            } else {
                faults.add(FieldFault(element.pointer, "is no tag", hint: hint))
            }
        }
        return tags
    }

    /// Reads the order's id, which the header may give instead.
    private mutating func id() throws(Problem) -> Order.ID? {
        let field = document["id"]
        let hint = "Choose an id for the order and keep it when you send it again."
        let key: String?
        switch naming {
        case .ifAtAll where field.isAbsent: return Order.ID(trusted: "quote")
        case .ifAtAll: key = nil
        case .byDocument(let header): key = header
        }
        guard !field.isAbsent else {
            guard let key else {
                faults.add(field.mismatch(wanted: "a string", hint: hint))
                return nil
            }
            return identifier(key, at: field.pointer, hint: hint)
        }
        guard let text = field.name(hint: hint, &faults) else { return nil }
        if let key, key != text {
            throw Problem(
                .idempotencyKeyMismatch,
                "The header Idempotency-Key is ‘\(key.prefix(64))’ and the id ‘\(text.prefix(64))’.",
                hint: "Send the order's id as the key, or no key: the id is the key."
            )
        }
        return identifier(text, at: field.pointer, hint: hint)
    }

    private mutating func identifier<Subject>(
        _ text: String,
        at pointer: JSONPointer,
        hint: String
    ) -> Identifier<Subject>? {
        do throws(ParseError) {
            return try Identifier(parsing: text)
        } catch {
            faults.add(FieldFault(pointer, error, hint: hint))
            return nil
        }
    }

    private mutating func optional<Value>(
        _ name: String,
        or standard: Value,
        hint: String,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        let field = document[name]
        return field.isAbsent ? standard : field.parsed(hint: hint, &faults, by: parse)
    }

    // Destination.

    mutating func destination() -> Destination? {
        let field = document["destination"]
        let hint = "Give an object with country and postalCode."
        guard field.members(hint: hint, &faults) != nil else { return nil }
        refuseUnknownMembers(
            of: field,
            but: [
                "country", "postalCode", "region", "residential", "addressLines", "postOfficeBox",
                "receivingDays", "receivingHours", "timeZone", "accessorials",
            ]
        )
        let accessorials = accessorials(field["accessorials"])
        let delivery = delivery(to: field)
        let country = field["country"]
            .parsed(
                hint: "Give the ISO 3166 code, such as US.",
                &faults,
                by: Country.init(parsing:)
            )
        let code = field["postalCode"]
            .text(
                hint: "Give it as a string, so that leading zeros stay.",
                &faults
            )
        let region = region(field["region"])
        let isResidential =
            field["residential"].isAbsent
            ? false : field["residential"].boolean(hint: "Write true or false.", &faults)
        let isPostOfficeBox = isPostOfficeBox(field)
        guard let country, let code, let region, let isResidential, let isPostOfficeBox,
            let delivery, let accessorials
        else { return nil }
        do throws(ParseError) {
            return try Destination(
                country: country,
                parsingPostalCode: code,
                region: region,
                isResidential: isResidential,
                isPostOfficeBox: isPostOfficeBox,
                accessorials: accessorials,
                delivery: delivery
            )
        } catch {
            let pointer = field["postalCode"].pointer
            faults.add(FieldFault(pointer, error, hint: "Give the code as the country writes it."))
            return nil
        }
    }

    /// Reads when it takes goods in: days and hours, and the order's first and last day.
    private mutating func delivery(to destination: JSONField) -> DeliveryTerms? {
        let before = faults
        let zone = zone(destination["timeZone"])
        guard faults == before else { return nil }
        // Whoever comes in the minute that has begun comes too early.
        let first = moment("notBefore", in: zone, after: 59_999)
        let last = moment("deliverBy", in: zone, after: 0)
        let receiving = receivingDays(destination["receivingDays"])
        let field = destination["receivingHours"]
        let hours =
            field.isAbsent
            ? nil
            : field.parsed(
                hint: "Give the hours of a day, as 07:00-15:00, until 23:59 at the latest; or "
                    + "leave them out for all.",
                &faults,
                by: HoursOfDay.init(parsing:)
            )
        guard faults == before, let receiving else { return nil }
        do throws(ParseError) {
            return try DeliveryTerms(
                checkingReceiving: receiving,
                hours: hours,
                notBefore: first?.day,
                notBeforeTime: first?.time,
                by: last?.day,
                byTime: last?.time
            )
        } catch {
            faults.add(contradiction(from: first, by: last, hours: hours))
            return nil
        }
    }

    /// Reads whose clock the destination goes by.
    private mutating func zone(_ field: JSONField) -> SiteTimeZone? {
        field.isAbsent
            ? nil
            : field.parsed(
                hint: "Give the IANA name, such as America/Chicago, or leave it out.",
                &faults,
                by: SiteTimeZone.init(parsing:)
            )
    }

    /// Reads a day, a time of it by the destination's clock, or an instant.
    ///
    /// Of an instant it returns what that clock shows so many milliseconds later.
    private mutating func moment(
        _ name: String,
        in zone: SiteTimeZone?,
        after milliseconds: Int64
    ) -> (day: CivilDate, time: TimeOfDay?)? {
        let field = document[name]
        guard !field.isAbsent else { return nil }
        return field.parsed(
            hint: "Give a date such as 2026-03-04, or a time of one by the destination's clock, "
                + "2026-03-04T13:00; or 2026-03-04T13:00-05:00, with destination.timeZone.",
            &faults
        ) { (text) throws(ParseError) in
            guard let instant = try? Timestamp(parsing: text) else {
                return try DeliveryTerms.moment(parsing: text)
            }
            guard let zone else {
                throw ParseError(
                    "‘\(text)’ is an instant, and what the destination's clock shows then is not "
                        + "known without destination.timeZone"
                )
            }
            return zone.reading(
                at: Timestamp(milliseconds: instant.milliseconds + milliseconds)
            )
        }
    }

    /// Says which of a destination's days, hours and times cannot be true together.
    private func contradiction(
        from first: (day: CivilDate, time: TimeOfDay?)?,
        by last: (day: CivilDate, time: TimeOfDay?)?,
        hours: HoursOfDay?
    ) -> FieldFault {
        let by = document["deliverBy"].pointer
        if let first, let last, first.day > last.day {
            return FieldFault(
                by,
                "is before the first day, notBefore",
                hint: "Give a later day, or leave one of them out."
            )
        }
        if let from = first?.time, let hours, from >= hours.until {
            return FieldFault(
                document["notBefore"].pointer,
                "is when nobody is there any more, by receivingHours",
                hint: "Give an earlier time, or the day after."
            )
        }
        if let last, let byTime = last.time, let hours, byTime <= hours.from {
            return FieldFault(
                by,
                "is before anybody is there, by receivingHours",
                hint: "Give a later time, or the day before."
            )
        }
        return FieldFault(
            by,
            "is before the first time, notBefore",
            hint: "Give a later time, or leave one of them out."
        )
    }

    private mutating func receivingDays(_ field: JSONField) -> Weekdays? {
        if field.isAbsent { return .everyDay }
        let hint = "Give days such as mon, tue and fri, or leave them out for all."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        let days = elements.compactMap { element in
            element.parsed(hint: hint, &faults, by: Weekday.init(parsing:))
        }
        guard days.count == elements.count else { return nil }
        guard !days.isEmpty else {
            faults.add(FieldFault(field.pointer, "names no day", hint: hint))
            return nil
        }
        return Weekdays(days)
    }

    /// Reads what it needs of a freight carrier; twice the same is once.
    private mutating func accessorials(_ field: JSONField) -> Set<Accessorial>? {
        if field.isAbsent { return [] }
        let words = Accessorial.askedFor.map(\.rawValue).joined(separator: ", ")
        let hint = "Give an array with some of \(words), or leave it out."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        let needed = elements.compactMap { element in
            element.parsed(hint: hint, &faults, by: Accessorial.init(parsingAskedFor:))
        }
        return needed.count == elements.count ? Set(needed) : nil
    }

    /// Reads whether it is a post office box: as it says itself, or as its street's lines do.
    ///
    /// The lines are read for this alone, and kept nowhere.
    private mutating func isPostOfficeBox(_ destination: JSONField) -> Bool? {
        let field = destination["postOfficeBox"]
        let said =
            field.isAbsent ? nil : field.boolean(hint: "Write true or false.", &faults)
        guard let lines = addressLines(destination["addressLines"]) else { return nil }
        if !field.isAbsent && said == nil { return nil }
        return said ?? AddressKind.isPostOfficeBox(lines)
    }

    private mutating func addressLines(_ field: JSONField) -> [String]? {
        if field.isAbsent { return [] }
        let most = StorefrontLimits.addressLinesMaximum
        let hint = "Give at most \(most) strings, or leave them out."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        guard elements.count <= most else {
            faults.add(FieldFault(field.pointer, "holds \(elements.count) lines", hint: hint))
            return nil
        }
        let lines = elements.compactMap { $0.text(hint: hint, &faults) }
        return lines.count == elements.count ? lines : nil
    }

    private mutating func region(_ field: JSONField) -> String? {
        if field.isAbsent { return "" }
        let hint = "Give the code of the state or province, such as TX, or leave it out."
        guard let text = field.text(hint: hint, &faults) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard text.utf8.count <= StorefrontLimits.regionBytesMaximum, isPlain else {
            faults.add(FieldFault(field.pointer, "is no code of a region", hint: hint))
            return nil
        }
        return text
    }

    // Lines.

    private mutating func lines() -> [Order.Line]? {
        let field = document["lines"]
        let hint = "Give an array of 1 to \(Limits.orderLinesMaximum) lines."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        guard (1...Limits.orderLinesMaximum).contains(elements.count) else {
            faults.add(
                FieldFault(
                    field.pointer,
                    "holds \(elements.count) lines",
                    hint: elements.isEmpty
                        ? hint : "Split the order; one has at most \(Limits.orderLinesMaximum)."
                )
            )
            return nil
        }
        var lines: [Order.Line] = []
        var firstUse: [Identifier<Order.Line>: Int] = [:]
        for (index, element) in elements.enumerated() {
            guard let line = line(element, index) else { continue }
            if let first = firstUse.updateValue(index, forKey: line.id) {
                faults.add(
                    FieldFault(
                        element["id"].pointer,
                        "is ‘\(line.id)’, as line \(first) is",
                        hint: "Give every line an id of its own, or none an id."
                    )
                )
                firstUse[line.id] = first
            }
            lines.append(line)
        }
        return lines
    }

    private mutating func line(_ field: JSONField, _ index: Int) -> Order.Line? {
        let hint = "Give an object with sku and quantity."
        guard field.members(hint: hint, &faults) != nil else { return nil }
        refuseUnknownMembers(of: field, but: ["id", "sku", "quantity", "lots"])
        let id = lineID(field["id"], index)
        let sku = field["sku"]
            .parsed(
                hint: "Give the SKU's code as a string.",
                &faults,
                by: SKU.init(parsing:)
            )
        let quantity = quantity(field["quantity"])
        let lots = lotNeeds(field["lots"])
        guard let id, let sku, let quantity, let lots else { return nil }
        return Order.Line(id: id, sku: sku, quantity: quantity, lots: lots)
    }

    /// Reads what the order asks of a line's lots; where it is absent, nothing.
    private mutating func lotNeeds(_ field: JSONField) -> LotNeeds? {
        if field.isAbsent { return LotNeeds.none }
        let hint = "Give an object with some of lifeDays, certificates, singleLot and approved."
        guard field.members(hint: hint, &faults) != nil else { return nil }
        refuseUnknownMembers(
            of: field,
            but: ["lifeDays", "certificates", "singleLot", "approved"]
        )
        let before = faults
        let life = field["lifeDays"]
        let days = life.isAbsent ? nil : lifeDays(life)
        let certificates: [String]? = names(
            field["certificates"],
            atMost: LotNeeds.certificatesMaximum,
            by: LotCertificate.name(parsing:)
        )
        let approved: [Lot.ID]? = names(
            field["approved"],
            atMost: LotNeeds.approvedMaximum,
            by: Lot.ID.init(parsing:)
        )
        let single = field["singleLot"]
        let isSingle =
            single.isAbsent ? false : single.boolean(hint: "Write true or false.", &faults)
        guard faults == before else { return nil }
        return LotNeeds(
            lifeDays: days,
            certificates: certificates ?? [],
            isSingleLot: isSingle ?? false,
            approved: approved
        )
    }

    private mutating func lifeDays(_ field: JSONField) -> Int? {
        let hint = "Give a whole number of days from 0 to \(LotNeeds.lifeDaysMaximum)."
        guard let days = field.integer(hint: hint, &faults) else { return nil }
        guard (0...Int64(LotNeeds.lifeDaysMaximum)).contains(days) else {
            faults.add(FieldFault(field.pointer, "is \(days)", hint: hint))
            return nil
        }
        return Int(days)
    }

    /// Reads an array of names, each once; nil where it is absent.
    private mutating func names<Value: Hashable>(
        _ field: JSONField,
        atMost most: Int,
        by parse: (String) throws(ParseError) -> Value
    ) -> [Value]? {
        if field.isAbsent { return nil }
        let hint = "Give an array of 1 to \(most) strings, or leave it out."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        guard (1...most).contains(elements.count) else {
            faults.add(FieldFault(field.pointer, "holds \(elements.count) names", hint: hint))
            return nil
        }
        var found: [Value] = []
        for element in elements {
            guard let value = element.parsed(hint: hint, &faults, by: parse) else { continue }
            if !found.contains(value) { found.append(value) }
        }
        return found
    }

    /// A line without an id is called by its place, counted from 1.
    private mutating func lineID(_ field: JSONField, _ index: Int) -> Identifier<Order.Line>? {
        if field.isAbsent { return Identifier(trusted: "\(index + 1)") }
        let hint = "Give the line's id as a string, or leave it out."
        guard let text = field.name(hint: hint, &faults) else { return nil }
        return identifier(text, at: field.pointer, hint: hint)
    }

    private mutating func quantity(_ field: JSONField) -> Quantity? {
        let hint = "Order a whole number from 1 to \(Limits.quantityMaximum)."
        guard let units = field.integer(hint: hint, &faults) else { return nil }
        guard (1...Limits.quantityMaximum).contains(units) else {
            faults.add(FieldFault(field.pointer, "is \(units)", hint: hint))
            return nil
        }
        return Quantity(units)
    }

    // Unknown members.

    /// A field that is not ours is a field its sender believes in: it is refused, not dropped.
    private mutating func refuseUnknownMembers(of field: JSONField, but known: [String]) {
        guard case .object(let members) = field.value else { return }
        for member in members where !known.contains(member.name) {
            let meant = faults.isFull ? nil : suggestion(for: member.name, among: known)
            let hint =
                meant.map { "Did you mean ‘\($0)’?" }
                ?? "Remove it; known here are \(known.joined(separator: ", "))."
            faults.add(
                FieldFault(field.pointer.member(member.name), "is not a known field", hint: hint)
            )
        }
    }
}

/// Returns the word most like `word`, if one is so like it that it was probably meant.
func suggestion(for word: String, among known: [String]) -> String? {
    let plain = simplified(word)
    guard plain.count <= 32 else { return nil }
    let distances = known.map { editDistance(plain, simplified($0)) }
    guard let least = distances.min(), let index = distances.firstIndex(of: least) else {
        return nil
    }
    // A third of the letters may differ: `qty` is far from `quantity`, `quanity` is near.
    return least * 3 <= max(3, known[index].count) ? known[index] : nil
}

/// The letters and digits in lower case: `service_level` and `serviceLevel` are one word.
private func simplified(_ word: String) -> [UInt8] {
    word.lowercased().utf8
        .filter { $0 >= 0x80 || (48...57).contains($0) || (97...122).contains($0) }
}

/// The fewest letters to insert, delete or change (Levenshtein, 1965).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (column, other) in right.enumerated() {
            let substituted = diagonal + (byte == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substituted, row[column] + 1, row[column + 1] + 1)
        }
    }
    return row[right.count]
}
