package import AllocationModel
package import Hummingbird

/// What monitoring asks of the agent over HTTP: is it alive, is it ready, what does it count.
///
/// Reads only, and says nothing of any SKU or order, so it may be reached by
/// whoever reaches the port.
package enum ObservationRouter {
    package typealias Context = BasicRequestContext

    /// Returns the routes; `counters` is what other parts of the agent count, for `/metrics`.
    package static func router(
        for desk: SiteDesk,
        counters: @escaping @Sendable () -> [Measure] = { [] },
        now: @escaping @Sendable () -> Timestamp
    ) -> Router<Context> {
        let router = Router(context: Context.self)
        // Alive means that this process answers: a restart would not mend a full disk.
        router.get("/livez") { _, _ in plain(.ok, "alive\n") }
        router.get("/readyz") { _, _ in
            let findings = await desk.readiness(at: now())
            let isReady = findings.allSatisfy { $0.grade != .fault }
            let lines = findings.map { "\($0.subject): \($0.text)\n" }.joined()
            return plain(isReady ? .ok : .serviceUnavailable, lines)
        }
        router.get("/metrics") { _, _ in
            let measures = await desk.measures(at: now()) + counters()
            return plain(
                .ok,
                Measure.text(of: measures),
                type: "text/plain; version=0.0.4; charset=utf-8"
            )
        }
        return router
    }

    private static func plain(
        _ status: HTTPResponse.Status,
        _ text: String,
        type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
