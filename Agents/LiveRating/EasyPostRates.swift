package import AllocationModel
package import Freight

/// EasyPost's requests and answers for the price of one package.
///
/// `POST /beta/rates` and `POST /v2/shipments` take the same body and both answer with
/// `rates`; the first keeps nothing. Pure: text in, prices out.
package struct EasyPostRates: Hashable, Sendable {
    /// A carrier's service, as EasyPost names the two: `UPS`, `Ground`.
    package struct Service: Hashable, Sendable, CustomStringConvertible {
        package let carrier: String
        package let service: String

        /// Reads `UPS/Ground`.
        package init(parsing text: String) throws(ParseError) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
                throw ParseError(
                    "‘\(text)’ is not a carrier and its service; write UPS/Ground, as EasyPost does"
                )
            }
            carrier = String(parts[0])
            service = String(parts[1])
        }

        package var description: String { "\(carrier)/\(service)" }
    }

    /// Whole inches of a package whose size is not known, where the account's carriers want them.
    package struct Box: Hashable, Sendable {
        package let inches: [Int]

        /// Reads `12x9x6`.
        package init(parsing text: String) throws(ParseError) {
            let sides = text.split(separator: "x", omittingEmptySubsequences: false)
                .map { Int($0) ?? 0 }
            guard sides.count == 3, sides.allSatisfy({ (1...108).contains($0) }) else {
                throw ParseError(
                    "‘\(text)’ is not a box; write three sides in whole inches, as 12x9x6"
                )
            }
            inches = sides
        }
    }

    /// By the code of the site's card.
    package let services: [String: Service]
    package let box: Box?

    package init(services: [String: Service], box: Box? = nil) {
        self.services = services
        self.box = box
    }

    /// Returns the body of the request for one package.
    package func body(for package: RatedPackage) -> [UInt8] {
        // Where its size is known the carrier works out what it is billed as, else that is said.
        let ounces = package.box?.weight.ouncesRoundedUp ?? Int64(package.pounds) * 16
        var parcel = [JSONMember("weight", .number(JSONNumber(ounces)))]
        let inches = package.box?.inches ?? box?.inches.map(Int64.init) ?? []
        for (name, inches) in zip(["length", "width", "height"], inches) {
            parcel.append(JSONMember(name, .number(JSONNumber(inches))))
        }
        var destination = address(of: package.destination)
        destination.append(JSONMember("residential", .boolean(package.isResidential)))
        let shipment: JSONValue = [
            "to_address": .object(destination),
            "from_address": .object(address(of: package.origin)),
            "parcel": .object(parcel),
        ]
        return JSONValue.object([JSONMember("shipment", shipment)]).bytes
    }

    private func address(of place: RatedPackage.Place) -> [JSONMember] {
        var members = [JSONMember("zip", .string(place.postalCode))]
        if !place.region.isEmpty { members.append(JSONMember("state", .string(place.region))) }
        return members + [JSONMember("country", .string(place.country.code))]
    }

    /// Returns the prices in the body of an answer that was no error.
    ///
    /// Of several prices of one service (an account may have two contracts with one carrier)
    /// the lowest that can be; what is said of services that the site does not use is not read.
    package func prices(in body: [UInt8]) -> PackageAnswer {
        guard let document = try? JSONValue(parsing: body),
            case .array(let rates) = document["rates"]
        else { return .failure(.malformed) }
        var prices: [String: Result<Money, RaterFailure>] = [:]
        for rate in rates {
            guard case .string(let carrier) = rate["carrier"],
                case .string(let name) = rate["service"]
            else { return .failure(.malformed) }
            let codes = services.filter {
                $0.value.carrier == carrier && $0.value.service == name
            }
            for code in codes.keys {
                prices[code] = Self.lower(prices[code], Self.price(in: rate))
            }
        }
        return .success(prices)
    }

    private static func price(in rate: JSONValue) -> Result<Money, RaterFailure> {
        guard case .string(let code) = rate["currency"],
            let currency = try? Currency(parsing: code), let text = amount(in: rate)
        else { return .failure(.malformed) }
        do throws(ParseError) {
            let money = try Money(parsing: text, in: currency)
            let isPossible = (1...Limits.packageChargeMaximum).contains(money.minorUnits)
            return isPossible ? .success(money) : .failure(.absurd)
        } catch {
            // A number, and yet no amount of this currency: too long, or a part of a cent.
            let isNumber =
                !text.isEmpty && text.utf8.allSatisfy { "-.0123456789".utf8.contains($0) }
            return .failure(isNumber ? .absurd : .malformed)
        }
    }

    /// EasyPost sends strings; a number is taken by its digits, never through floating point.
    private static func amount(in rate: JSONValue) -> String? {
        switch rate["rate"] {
        case .string(let text): text
        case .number(let number): number.text
        case .null, .boolean, .array, .object, nil: nil
        }
    }

    private static func lower(
        _ one: Result<Money, RaterFailure>?,
        _ other: Result<Money, RaterFailure>
    ) -> Result<Money, RaterFailure> {
        switch (one, other) {
        case (nil, _): other
        case (.success(let left), .success(let right)):
            // Two currencies of one service: whichever is the card's is not known here.
            left.currency != right.currency
                ? .failure(.otherCurrency)
                : .success(left.minorUnits <= right.minorUnits ? left : right)
        case (.some(.success(let money)), .failure): .success(money)
        case (.failure, _): other
        }
    }
}

extension Weight {
    /// Whole ounces, sixteen to the pound; what a gram more was kept for rounding is taken off.
    fileprivate var ouncesRoundedUp: Int64 {
        let hundredThousandths = Weight.poundHundredThousandths
        return max(1, ((grams - 1) * 16 * 100_000 / hundredThousandths) + 1)
    }
}
