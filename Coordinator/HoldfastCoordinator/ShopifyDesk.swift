import AllocationCoordinator
import AllocationModel
import DecisionLog
import ShopifyConnector
import StorefrontAPI

/// Shopify's webhooks: verified, made durable, answered; turned into orders afterwards.
struct ShopifyDesk: Sendable {
    private let verifier: WebhookVerifier?
    private let webhooks: WebhookDesk
    private let takesUnsignedRates: Bool
    private let now: @Sendable () -> Timestamp

    /// Without a secret every webhook is refused.
    init(
        secrets: [String],
        webhooks: WebhookDesk,
        takesUnsignedRates: Bool,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        verifier = secrets.isEmpty ? nil : try WebhookVerifier(secrets: secrets)
        self.webhooks = webhooks
        self.takesUnsignedRates = takesUnsignedRates
        self.now = now
    }

    /// Answers one delivery; returns once it is on disk.
    func accept(_ headers: [HeaderLine], _ body: [UInt8]) async -> WebhookAnswer {
        guard let verifier else { return .refused(Self.withoutSecret) }
        let delivery: WebhookDelivery
        do {
            delivery = try verifier.verify(
                headers: headers.map { WebhookHeader($0.name, $0.value) },
                body: body
            )
        } catch {
            return .refused(Self.problem(for: error))
        }
        do {
            let isNews = try await webhooks.receive(
                WebhookEntry(
                    id: delivery.id,
                    topic: delivery.topic.rawValue,
                    shop: delivery.shop,
                    body: body,
                    receivedAt: now()
                )
            )
            return .accepted(note: isNews ? "received" : "received before")
        } catch {
            return .refused(
                Problem(
                    .unavailable,
                    "The webhook could not be written down.",
                    hint: "It will be sent again.",
                    retryAfterSeconds: 5
                )
            )
        }
    }

    /// Answers what a checkout asks: what shipping the cart would cost, and when it would arrive.
    ///
    /// Shopify shows the shop's backup rates where the answer is no rates but a problem.
    func rates(
        _ headers: [HeaderLine],
        _ body: [UInt8],
        quoting quote: (Order) async -> QuoteAnswer
    ) async -> CarrierRatesAnswer {
        guard let verifier else { return .refused(Self.withoutSecret) }
        let order: Order?
        do {
            try verifier.verifyRates(
                headers: headers.map { WebhookHeader($0.name, $0.value) },
                body: body,
                takesUnsigned: takesUnsignedRates
            )
            order = try CarrierService.order(from: body)
        } catch let fault as WebhookFault {
            return .refused(Self.problem(for: fault))
        } catch {
            return .refused(Self.problem(forRates: error))
        }
        guard let order else { return .rates(["rates": []]) }
        switch await quote(order) {
        case .quoted(let found):
            return .rates(CarrierService.rates(of: found))
        case .unavailable(let reason, let seconds):
            return .refused(Problem.unavailable(reason, retryAfterSeconds: seconds))
        }
    }

    private static func problem(forRates fault: any Error) -> Problem {
        switch fault as? ShopifyFault {
        case .malformed(let fault):
            Problem(
                .malformedJSON,
                "The body cannot be read as JSON: \(fault).",
                hint: "Send what Shopify sends."
            )
        case .unusable(let faults):
            Problem(
                .invalidOrder,
                "The cart cannot be quoted as it stands.",
                hint: "Correct what ‘errors’ lists at the shop.",
                faults: faults
            )
        case nil:
            Problem(.malformedJSON, "The body cannot be read: \(fault).", hint: "Send it again.")
        }
    }

    private static let withoutSecret = Problem(
        .webhookSignature,
        "No secret is configured, so no signature can hold.",
        hint: "Set shopify.secretFile in the coordinator's configuration."
    )

    private static func problem(for fault: WebhookFault) -> Problem {
        let code: ProblemCode =
            switch fault {
            case .missingBody, .missingHeader, .contradictoryHeader: .webhookMalformed
            case .badSignature: .webhookSignature
            case .unknownTopic: .webhookTopic
            }
        return Problem(code, fault.detail, hint: fault.hint)
    }

    /// Says what a webhook that was made durable asks for.
    @Sendable static func interpret(_ entry: WebhookEntry) -> WebhookDesk.Reading {
        switch WebhookTopic(rawValue: entry.topic) {
        case .ordersCreate:
            do {
                switch try ShopifyOrder.order(from: entry.body) {
                case .order(let order): return .order(order.order)
                case .ignored(_, let reason): return .nothingToDo(reason.sentence)
                }
            } catch {
                return .unusable("\(error)")
            }
        case .ordersCancelled:
            do {
                return .cancellation(try ShopifyOrder.cancelledOrder(from: entry.body))
            } catch {
                return .unusable("\(error)")
            }
        case .customersDataRequest, .customersRedact, .shopRedact:
            return .nothingToDo("nothing of a customer is kept but where an order went")
        case nil:
            return .unusable("‘\(entry.topic)’ is not a topic that means something here")
        }
    }
}
