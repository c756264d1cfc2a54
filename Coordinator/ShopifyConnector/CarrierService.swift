package import AllocationModel

/// What Shopify asks a carrier service at checkout, as an order that nobody has placed.
///
/// The contract is the Admin API's DeliveryCarrierService, 2026-07: one request for each group
/// of locations, answered within ten seconds or less, and cached by Shopify for a quarter of an hour.
package enum CarrierService {
    /// Reads what is to be shipped, and where.
    ///
    /// - Returns: The order to be quoted, or nil where nothing of it is shipped.
    /// - Throws: `ShopifyFault` with every place that is wrong.
    package static func order(
        from body: [UInt8],
        _ options: ShopifyOptions = ShopifyOptions()
    ) throws(ShopifyFault) -> Order? {
        let document: JSONField
        do throws(JSONFault) {
            document = JSONField(try JSONValue(parsing: body))
        } catch {
            throw .malformed(error)
        }
        var reading = RateReading(rate: document["rate"], options: options)
        let order = reading.order()
        guard reading.faults.isEmpty else { throw .unusable(reading.faults) }
        return order
    }

    /// Returns the rates of a quote, as Shopify reads them.
    ///
    /// A rate's code is its service level: it comes back as the code of the order's shipping line.
    /// Prices are in hundredths, also of currencies that have none.
    package static func rates(of quote: Quote) -> JSONValue {
        [
            "rates": .array(
                quote.options.filter { $0.plan.backorders.isEmpty }
                    .map { option in
                        let arrivals = option.plan.shipments.map(\.arrives).sorted()
                        let count = option.plan.shipments.count
                        return [
                            "service_name": .string(name(of: option.level)),
                            "service_code": .string(option.level.word),
                            "description": .string(
                                count == 1 ? "In one delivery" : "In \(count) deliveries"
                            ),
                            "currency": .string(option.shipping.currency.code),
                            "total_price": .string(hundredths(of: option.shipping)),
                            "min_delivery_date": date(arrivals.first),
                            "max_delivery_date": date(arrivals.last),
                        ]
                    }
            )
        ]
    }

    private static func name(of level: ServiceLevel) -> String {
        switch level {
        case .ground: "Ground"
        case .threeDay: "Three-day"
        case .twoDay: "Two-day"
        case .nextDay: "Next-day"
        }
    }

    /// Hundredths of the unit, rounded up where the currency has more decimals.
    private static func hundredths(of money: Money) -> String {
        // A cost is in ten-thousandths.
        "\((money.cost.tenThousandths + 99) / 100)"
    }

    /// The noon of the day: the same date everywhere in the Americas and in Europe.
    private static func date(_ day: CivilDate?) -> JSONValue {
        day.map { .string("\($0) 12:00:00 +0000") } ?? .null
    }
}

/// One reading of one request, with what was found wrong so far.
private struct RateReading {
    let rate: JSONField
    let options: ShopifyOptions
    var faults = FieldFaults()

    mutating func order() -> Order? {
        guard rate.members(hint: "Send what Shopify sends: an object ‘rate’.", &faults) != nil
        else { return nil }
        let lines = lines()
        let destination = destination()
        let currency = rate["currency"]
            .parsed(
                hint: "Give an ISO 4217 code such as USD.",
                &faults,
                by: Currency.init(parsing:)
            )
        guard let lines, !lines.isEmpty, let destination, let currency else { return nil }
        return Order(
            id: Order.ID(trusted: "quote"),
            lines: lines,
            destination: destination,
            serviceLevel: .ground,
            completeness: options.defaultCompleteness,
            currency: currency,
            // Its tags are the customer's, which the directory has; an order's are others.
            terms: OrderTerms(customer: customerID(), value: value(in: currency))
        )
    }

    private mutating func lines() -> [Order.Line]? {
        let field = rate["items"]
        let hint = "Send the items of the cart."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        let lines = elements.enumerated().compactMap { line($1, number: $0 + 1) }
        guard lines.count <= Limits.orderLinesMaximum else {
            faults.add(
                FieldFault(
                    field.pointer,
                    "holds \(lines.count) items to ship",
                    hint: "At most \(Limits.orderLinesMaximum) lines are planned."
                )
            )
            return nil
        }
        return lines
    }

    /// Returns the line, or nil where it is not shipped or has a fault.
    private mutating func line(_ field: JSONField, number: Int) -> Order.Line? {
        let hint = "Send the item as Shopify does."
        guard field.members(hint: hint, &faults) != nil else { return nil }
        if field["requires_shipping"].value == false { return nil }
        guard let units = field["quantity"].integer(hint: hint, &faults) else { return nil }
        let quantity: Quantity
        do throws(ParseError) {
            quantity = try Quantity(checking: units)
        } catch {
            faults.add(FieldFault(field["quantity"].pointer, error, hint: hint))
            return nil
        }
        if quantity.isZero { return nil }
        let code = field["sku"]
        let skuHint = "Give the variant a SKU in Shopify, the one the warehouses use."
        if code.isAbsent || code.value == "" {
            faults.add(
                FieldFault(code.pointer, "is empty, so no warehouse knows it", hint: skuHint)
            )
            return nil
        }
        guard let sku = code.parsed(hint: skuHint, &faults, by: SKU.init(parsing:)) else {
            return nil
        }
        return Order.Line(id: Identifier(trusted: "\(number)"), sku: sku, quantity: quantity)
    }

    private mutating func destination() -> Destination? {
        let field = rate["destination"]
        let hint = "Complete the address."
        guard field.members(hint: hint, &faults) != nil,
            let country = field["country"]
                .parsed(hint: hint, &faults, by: Country.init(parsing:))
        else { return nil }
        do throws(ParseError) {
            return try Destination(
                country: country,
                parsingPostalCode: text(field["postal_code"]) ?? "",
                region: String((text(field["province"]) ?? "").prefix(16)),
                isResidential: text(field["company_name"]) == nil,
                isPostOfficeBox: AddressKind.isPostOfficeBox(
                    ["address1", "address2", "address3"].compactMap { text(field[$0]) }
                )
            )
        } catch {
            faults.add(FieldFault(field["postal_code"].pointer, error, hint: hint))
            return nil
        }
    }

    private func text(_ field: JSONField) -> String? {
        guard case .string(let text) = field.value, !text.isEmpty else { return nil }
        return text
    }

    private func customerID() -> Customer.ID? {
        guard case .number(let number) = rate["customer"]["id"].value, number.isIntegerLiteral
        else { return nil }
        return try? Customer.ID(parsing: number.text)
    }

    /// What the goods come to: in hundredths, a number in some of Shopify's calls and a text in others.
    private func value(in currency: Currency) -> Money? {
        let hundredths: Int64? =
            switch rate["order_totals"]["subtotal_price"].value {
            case .string(let text): Int64(text)
            case .number(let number): try? number.integer()
            default: nil
            }
        guard let hundredths, (0...Limits.costMaximum / 100).contains(hundredths) else {
            return nil
        }
        return Cost(hundredths * 100).money(in: currency)
    }
}
