import AllocationCoordinator
import AllocationModel
import DecisionLog
import ShopifyConnector
import StorefrontAPI

/// Shopify's webhooks: verified, made durable, answered; turned into orders afterwards.
struct ShopifyDesk: Sendable {
    private let verifier: WebhookVerifier?
    private let webhooks: WebhookDesk
    private let now: @Sendable () -> Timestamp

    /// Without a secret every webhook is refused.
    init(
        secrets: [String],
        webhooks: WebhookDesk,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        verifier = secrets.isEmpty ? nil : try WebhookVerifier(secrets: secrets)
        self.webhooks = webhooks
        self.now = now
    }

    /// Answers one delivery; returns once it is on disk.
    func accept(_ headers: [HeaderLine], _ body: [UInt8]) async -> WebhookAnswer {
        guard let verifier else {
            return .refused(
                Problem(
                    .webhookSignature,
                    "No secret is configured, so no signature can hold.",
                    hint: "Set shopify.secretFile in the coordinator's configuration."
                )
            )
        }
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
