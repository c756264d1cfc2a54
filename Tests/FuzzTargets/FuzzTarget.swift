import AllocationModel
import Foundation
import Freight
import FrontDoor
import LiveRating
import ShopifyConnector
import SiteConsole
import SplitInstances
import StorefrontAPI
import WireFormat

/// Whatever reads bytes that somebody else wrote.
///
/// Each takes any bytes at all: it refuses them, or makes a value of them that
/// means the same when it is written and read again. What it must not do is trap.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case requests
    case answers
    case storedOrder = "stored-order"
    case storedOutcome = "stored-outcome"
    case storedEvidence = "stored-evidence"
    case json
    case csv
    case rates
    case instance
    case orderDocument = "order-document"
    case shopifyOrder = "shopify-order"
    case siteRequest = "site-request"
    case upgrade
    case enrolment
    case raterAnswer = "rater-answer"

    /// Reads `bytes`, and traps where what was read is not what is read of it again.
    ///
    /// - Returns: Whether they mean something; false where they were refused.
    @discardableResult
    package func take(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .requests: rewrite(bytes) { Wire.encode(try Wire.decodeRequests($0)) }
        case .answers: rewrite(bytes) { Wire.encode(try Wire.decodeAnswers($0)) }
        case .storedOrder: rewrite(bytes) { Wire.encode(try Wire.decodeOrder($0)) }
        case .storedOutcome: rewrite(bytes) { Wire.encode(try Wire.decodeOutcome($0)) }
        case .storedEvidence: rewrite(bytes) { Wire.encode(try Wire.decodeEvidence($0)) }
        case .json: (try? JSONValue(parsing: bytes)) != nil
        case .csv: readCSV(bytes)
        case .rates: readRates(bytes)
        case .instance: (try? SplitInstance(parsing: bytes)) != nil
        case .orderDocument: (try? OrderDocument.order(from: bytes, idempotencyKey: nil)) != nil
        case .shopifyOrder: readShopifyOrder(bytes)
        case .siteRequest: rewrite(bytes, by: Self.siteRequest)
        case .upgrade: (try? UpgradeRequest(parsing: bytes)) != nil
        case .enrolment: rewrite(bytes, by: Self.enrolment)
        case .raterAnswer: readRaterAnswer(bytes)
        }
    }

    /// Reads and writes again, twice: the second writing is the first.
    private func rewrite(_ bytes: [UInt8], by rewritten: ([UInt8]) throws -> [UInt8]) -> Bool {
        guard let written = try? rewritten(bytes) else { return false }
        let again = try? rewritten(written)
        precondition(again == written, "\(rawValue): what was written is read otherwise")
        return true
    }

    private static func siteRequest(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(try SiteJSON.bytes(of: try SiteJSON.read(SiteRequest.self, from: Data(bytes))))
    }

    private static func enrolment(_ bytes: [UInt8]) throws -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(try Enrolment(parsing: text).text.utf8)
    }

    /// Every price is one that a package can have.
    private func readRaterAnswer(_ bytes: [UInt8]) -> Bool {
        guard let service = try? EasyPostRates.Service(parsing: "UPS/Ground"),
            case .success(let prices) = EasyPostRates(services: ["ground": service])
                .prices(in: bytes)
        else { return false }
        for case .success(let price) in prices.values {
            precondition(
                (1...Limits.packageChargeMaximum).contains(price.minorUnits),
                "no package costs \(price)"
            )
        }
        return true
    }

    /// A file is the same in one piece and in many.
    private func readCSV(_ bytes: [UInt8]) -> Bool {
        let whole = try? CSVReader.rows(of: bytes)
        var reader = CSVReader()
        var rows: [CSVRow]? = []
        do {
            for byte in bytes { rows? += try reader.read([byte]) }
            rows? += try reader.finish().map { [$0] } ?? []
        } catch {
            rows = nil
        }
        precondition(rows == whole, "csv: the pieces say otherwise than the whole")
        return whole != nil
    }

    private func readRates(_ bytes: [UInt8]) -> Bool {
        guard let rows = try? CSVReader.rows(of: bytes) else { return false }
        return (try? RateFile(parsing: rows, currency: .usd)) != nil
    }

    private func readShopifyOrder(_ bytes: [UInt8]) -> Bool {
        let isCancellation = (try? ShopifyOrder.cancelledOrder(from: bytes)) != nil
        return (try? ShopifyOrder.order(from: bytes)) != nil || isCancellation
    }
}
