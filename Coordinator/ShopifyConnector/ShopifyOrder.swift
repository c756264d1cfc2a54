package import AllocationModel

/// What a body of `orders/create` asks of the warehouses.
package enum ShopifyOrderResult: Hashable, Sendable {
    /// To be placed.
    case order(ShopifyOrder)
    /// Understood, and nothing to do: answer 2xx, or Shopify sends it again.
    case ignored(id: Order.ID, IgnoredReason)

    /// Why an order of the shop is none for the warehouses.
    package enum IgnoredReason: String, CaseIterable, Hashable, Sendable {
        /// Placed with the shop's test payment.
        case test
        case cancelled
        /// Every line is a gift card, a download or a service, or has been fulfilled.
        case nothingToShip

        /// The reason as a sentence.
        package var sentence: String {
            switch self {
            case .test: "It is a test order of the shop."
            case .cancelled: "It was cancelled at the shop."
            case .nothingToShip: "None of its lines is waiting to be shipped."
            }
        }
    }
}

/// An order of the shop as the warehouses see it, and what rules may want to know of it.
package struct ShopifyOrder: Hashable, Sendable {
    package let order: Order
    /// The shop's own name of the order: `#1001`.
    package let name: String
    /// The order's tags, each without the spaces around it.
    package let tags: [String]
    /// The buyer's purchase order number.
    package let purchaseOrder: String?
    /// The company's id, of a business buyer.
    package let company: String?
    /// What the buyer pays, in the order's currency.
    package let total: Money?
    /// What was read otherwise than it may have been meant, as sentences.
    package let notes: [String]
}

/// Why a body of `orders/create` cannot become an order.
package enum ShopifyFault: Error, Hashable, Sendable {
    /// It is no JSON document.
    case malformed(JSONFault)
    /// It is, but these places are not what an order needs.
    case unusable(FieldFaults)
}

/// How the shop's words become ours.
package struct ShopifyOptions: Hashable, Sendable {
    /// The service level of each shipping method, by its code in lower case.
    package var serviceLevels: [String: ServiceLevel]
    /// For a method that is not listed.
    package var defaultServiceLevel: ServiceLevel
    /// For an order that does not say `ship complete`.
    package var defaultCompleteness: Completeness
    package var currency: CurrencyChoice
    /// Whether test orders are placed, as they should be in a trial of the whole.
    package var acceptsTestOrders: Bool

    package init(
        serviceLevels: [String: ServiceLevel] = [:],
        defaultServiceLevel: ServiceLevel = .ground,
        defaultCompleteness: Completeness = .complete,
        currency: CurrencyChoice = .shop,
        acceptsTestOrders: Bool = false
    ) {
        var lowered: [String: ServiceLevel] = [:]
        for (code, level) in serviceLevels.sorted(by: { $0.key < $1.key }) {
            lowered[code.lowercased()] = level
        }
        self.serviceLevels = lowered
        self.defaultServiceLevel = defaultServiceLevel
        self.defaultCompleteness = defaultCompleteness
        self.currency = currency
        self.acceptsTestOrders = acceptsTestOrders
    }

    /// Which of an order's two currencies its freight is counted in.
    package enum CurrencyChoice: String, CaseIterable, Hashable, Sendable {
        /// The one the shop keeps its books in, which its rate cards are in too.
        case shop
        /// The one the buyer saw.
        case presentment
    }
}

extension ShopifyOrder {
    /// Reads the body of `orders/create`: the order itself, without a wrapper.
    ///
    /// - Throws: `ShopifyFault` with every place that is wrong.
    package static func order(
        from body: [UInt8],
        _ options: ShopifyOptions = ShopifyOptions()
    ) throws(ShopifyFault) -> ShopifyOrderResult {
        var reading = OrderReading(document: try document(body), options: options)
        guard let result = reading.result(), reading.faults.isEmpty else {
            throw .unusable(reading.faults)
        }
        return result
    }

    /// Reads which order a body of `orders/cancelled` is about.
    ///
    /// - Throws: `ShopifyFault` where it names none.
    package static func cancelledOrder(from body: [UInt8]) throws(ShopifyFault) -> Order.ID {
        var reading = OrderReading(document: try document(body), options: ShopifyOptions())
        guard let id = reading.id() else { throw .unusable(reading.faults) }
        return id
    }

    private static func document(_ body: [UInt8]) throws(ShopifyFault) -> JSONField {
        do throws(JSONFault) {
            return JSONField(try JSONValue(parsing: body))
        } catch {
            throw .malformed(error)
        }
    }
}

/// One reading of one order, with what was found wrong so far.
private struct OrderReading {
    let document: JSONField
    let options: ShopifyOptions
    var faults = FieldFaults()
    var notes: [String] = []

    mutating func result() -> ShopifyOrderResult? {
        guard document.members(hint: "Send the order itself.", &faults) != nil else { return nil }
        guard let id = id() else { return nil }
        if document["test"].value == true && !options.acceptsTestOrders {
            return .ignored(id: id, .test)
        }
        if !document["cancelled_at"].isAbsent { return .ignored(id: id, .cancelled) }
        guard let lines = lines() else { return nil }
        if lines.isEmpty && faults.isEmpty { return .ignored(id: id, .nothingToShip) }
        let destination = destination()
        let currency = currency()
        let serviceLevel = serviceLevel()
        let completeness = completeness()
        let total = currency.flatMap { price(in: $0) }
        guard let destination, let currency, faults.isEmpty else { return nil }
        return .order(
            ShopifyOrder(
                order: Order(
                    id: id,
                    lines: lines,
                    destination: destination,
                    serviceLevel: serviceLevel,
                    completeness: completeness,
                    currency: currency,
                    terms: OrderTerms(customer: customerID(), value: total, tags: boundedTags())
                ),
                name: optionalText("name") ?? id.rawValue,
                tags: tags(),
                purchaseOrder: optionalText("po_number"),
                company: companyID(),
                total: total,
                notes: notes
            )
        )
    }

    mutating func id() -> Order.ID? {
        guard let number = identifier(document["id"]) else { return nil }
        return Order.ID(trusted: "shopify-\(number)")
    }

    /// Reads an id of Shopify's: up to 64 bits, beyond what a double holds.
    private mutating func identifier(_ field: JSONField) -> Int64? {
        let hint = "Include the field in the webhook's subscription; ids are whole numbers."
        guard let number = field.integer(hint: hint, &faults) else { return nil }
        guard number > 0 else {
            faults.add(FieldFault(field.pointer, "is \(number); no id is", hint: hint))
            return nil
        }
        return number
    }

    // Lines.

    private mutating func lines() -> [Order.Line]? {
        let field = document["line_items"]
        let hint = "Include line_items in the webhook's subscription."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        var lines: [Order.Line] = []
        for element in elements {
            if let line = line(element) { lines.append(line) }
        }
        guard lines.count <= Limits.orderLinesMaximum else {
            faults.add(
                FieldFault(
                    field.pointer,
                    "holds \(lines.count) lines to ship",
                    hint: "Split the order; at most \(Limits.orderLinesMaximum) lines are planned."
                )
            )
            return nil
        }
        return lines
    }

    /// Returns the line, or nil where it is not to be shipped or has a fault.
    private mutating func line(_ field: JSONField) -> Order.Line? {
        let hint = "Include the line's fields in the webhook's subscription."
        guard field.members(hint: hint, &faults) != nil else { return nil }
        if field["gift_card"].value == true { return nil }
        guard let needsShipping = field["requires_shipping"].boolean(hint: hint, &faults) else {
            return nil
        }
        if !needsShipping { return nil }
        // `quantity` is what was once ordered; what edits, refunds and shipments
        // have left over is what a warehouse can still ship.
        let quantityField = field["fulfillable_quantity"]
        guard let units = quantityField.integer(hint: hint, &faults), units != 0 else { return nil }
        let quantity = quantity(units, at: quantityField)
        let id = identifier(field["id"])
        let sku = sku(field)
        guard let quantity, let id, let sku else { return nil }
        return Order.Line(id: Identifier(trusted: "\(id)"), sku: sku, quantity: quantity)
    }

    private mutating func quantity(_ units: Int64, at field: JSONField) -> Quantity? {
        do throws(ParseError) {
            return try Quantity(checking: units)
        } catch {
            faults.add(FieldFault(field.pointer, error, hint: "Correct the order at the shop."))
            return nil
        }
    }

    private mutating func sku(_ line: JSONField) -> SKU? {
        let field = line["sku"]
        let title = optionalText(in: line, "name").map { "‘\($0)’" } ?? "the variant"
        let hint = "Give \(title) a SKU in Shopify, the one the warehouses use, and send it again."
        if field.isAbsent || field.value == "" {
            faults.add(FieldFault(field.pointer, "is empty, so no warehouse knows it", hint: hint))
            return nil
        }
        return field.parsed(hint: hint, &faults, by: SKU.init(parsing:))
    }

    // Destination.

    private mutating func destination() -> Destination? {
        let field = document["shipping_address"]
        guard !field.isAbsent else {
            faults.add(
                FieldFault(
                    field.pointer,
                    "is empty, though there are goods to ship",
                    hint: """
                        An order for pick-up is handed over at the shop. For any other, grant the \
                        app access to protected customer data, and enter the address.
                        """
                )
            )
            return nil
        }
        let addressHint = "Complete the shipping address at the shop."
        guard field.members(hint: addressHint, &faults) != nil else { return nil }
        guard
            let country = field["country_code"]
                .parsed(
                    hint: addressHint,
                    &faults,
                    by: Country.init(parsing:)
                )
        else { return nil }
        let region = optionalText(in: field, "province_code") ?? ""
        // Some countries have no postal codes; the US is refused without one.
        let postalCode = optionalText(in: field, "zip") ?? ""
        let isBusiness =
            optionalText(in: field, "company") != nil || !document["company"].isAbsent
        do throws(ParseError) {
            return try Destination(
                country: country,
                parsingPostalCode: postalCode,
                region: String(region.prefix(16)),
                isResidential: !isBusiness,
                isPostOfficeBox: AddressKind.isPostOfficeBox(
                    ["address1", "address2"].compactMap { optionalText(in: field, $0) }
                ),
                accessorials: accessorials()
            )
        } catch {
            faults.add(FieldFault(field["zip"].pointer, error, hint: addressHint))
            return nil
        }
    }

    // Everything else.

    private mutating func currency() -> Currency? {
        let hint = "Include currency in the webhook's subscription."
        let presented = document["presentment_currency"]
        let isPresentment = options.currency == .presentment && !presented.isAbsent
        let field = isPresentment ? presented : document["currency"]
        return field.parsed(hint: hint, &faults, by: Currency.init(parsing:))
    }

    /// Returns the total where the body has it in `currency`; its absence is no fault.
    private func price(in currency: Currency) -> Money? {
        let set = options.currency == .presentment ? "presentment_money" : "shop_money"
        let money = document["current_total_price_set"][set]
        guard case .string(let amount) = money["amount"].value,
            money["currency_code"].value == .string(currency.code)
        else { return nil }
        return try? Money(parsing: amount, in: currency)
    }

    private mutating func serviceLevel() -> ServiceLevel {
        guard case .array(let methods) = document["shipping_lines"].value else {
            return options.defaultServiceLevel
        }
        let codes = methods.compactMap { method -> String? in
            guard method["is_removed"] != true, case .string(let code) = method["code"] else {
                return nil
            }
            return code
        }
        for code in codes {
            let lowered = code.lowercased()
            if let level = options.serviceLevels[lowered] ?? (try? ServiceLevel(parsing: lowered)) {
                return level
            }
        }
        if let code = codes.first {
            notes.append(
                """
                The shipping method ‘\(code.prefix(64))’ is not mapped to a service level; \
                \(options.defaultServiceLevel.word) is assumed.
                """
            )
        }
        return options.defaultServiceLevel
    }

    private mutating func completeness() -> Completeness {
        guard case .array(let attributes) = document["note_attributes"].value else {
            return options.defaultCompleteness
        }
        for attribute in attributes {
            guard case .string(let name) = attribute["name"],
                case .string(let value) = attribute["value"],
                ["ship complete", "shipcomplete"].contains(spaced(name))
            else { continue }
            switch spaced(value) {
            case "yes", "true", "1", "y", "on": return .complete
            case "no", "false", "0", "n", "off": return .partial
            default:
                notes.append(
                    """
                    ‘\(name.prefix(64)): \(value.prefix(64))’ is neither yes nor no; \
                    \(options.defaultCompleteness.rawValue) is assumed.
                    """
                )
                return options.defaultCompleteness
            }
        }
        return options.defaultCompleteness
    }

    /// What the destination needs of a freight carrier: a note attribute with words and commas.
    private mutating func accessorials() -> Set<Accessorial> {
        guard case .array(let attributes) = document["note_attributes"].value else { return [] }
        var needed: Set<Accessorial> = []
        for attribute in attributes {
            guard case .string(let name) = attribute["name"],
                case .string(let value) = attribute["value"],
                ["accessorials", "delivery accessorials"].contains(spaced(name))
            else { continue }
            for word in value.split(separator: ",").map({ spaced(String($0)) }) where !word.isEmpty
            {
                if let asked = Accessorial.askedFor.first(where: { spaced($0.rawValue) == word }) {
                    needed.insert(asked)
                } else {
                    let known = Accessorial.askedFor.map(\.rawValue).joined(separator: ", ")
                    notes.append(
                        """
                        ‘\(name.prefix(64)): \(word.prefix(64))’ is not among \(known), and is \
                        left out.
                        """
                    )
                }
            }
        }
        return needed
    }

    /// The text in lower case, with hyphens and underscores as spaces, without outer ones.
    private func spaced(_ text: String) -> String {
        text.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }.joined(separator: " ")
    }

    /// Orders carry their tags as one string with commas, customers of other payloads as an array.
    private func tags() -> [String] {
        switch document["tags"].value {
        case .string(let text):
            text.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty }
        case .array(let values):
            values.compactMap { if case .string(let tag) = $0 { trimmed(tag) } else { nil } }
        case .null, .boolean, .number, .object, nil: []
        }
    }

    /// Tags as far as an order keeps them; the shop's own bounds are the same.
    private func boundedTags() -> [String] {
        Array(
            tags().filter { $0.utf8.count <= Limits.tagBytesMaximum }.prefix(Limits.tagsMaximum)
        )
    }

    /// The customer's id in the shop: the directory's tags and segment are found by it.
    private func customerID() -> Customer.ID? {
        guard case .number(let number) = document["customer"]["id"].value,
            number.isIntegerLiteral
        else { return nil }
        return try? Customer.ID(parsing: number.text)
    }

    private func companyID() -> String? {
        guard case .number(let number) = document["company"]["id"].value else { return nil }
        return number.text
    }

    private func optionalText(_ name: String) -> String? {
        optionalText(in: document, name)
    }

    /// Returns the text of a member, or nil where it has none worth the name.
    private func optionalText(in field: JSONField, _ name: String) -> String? {
        guard case .string(let text) = field[name].value else { return nil }
        let trimmed = trimmed(text)
        return trimmed.isEmpty ? nil : trimmed
    }

    private func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
