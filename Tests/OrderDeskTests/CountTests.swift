import AllocationModel
import AllocationProtocol
import Testing

@testable import OrderDesk

struct `Office that hears of counts` {
    private func report(
        _ entry: Int64,
        _ recorded: Quantity,
        _ counted: Quantity,
        lot: Lot.ID? = nil
    ) -> CountReport {
        CountReport(
            entry: entry,
            sku: "VALVE-3IN",
            lot: lot,
            recorded: recorded,
            counted: counted,
            who: "ana",
            at: Example.monday
        )
    }

    private func hear(
        _ bench: inout Bench,
        _ counts: [CountReport],
        in session: SessionID? = nil
    ) -> Office.Effects {
        let pulse = Hello(boot: Bench.boot(of: Example.dallas), epochMaximum: 1, incarnation: 1)
        return bench.answer(
            Example.dallas,
            [.greet],
            [.hello(pulse)],
            counting: counts,
            in: session
        )
    }

    // The alert is durable before the site is told: nothing else is kept.
    @Test func `raises an alert where one differs, and ends it where one agrees`() {
        var bench = Bench()
        let subject = Alert.Subject(.stockDrift, "DAL VALVE-3IN")

        let heard = hear(&bench, [report(7, 50, 47), report(9, 47, 47)])

        #expect(
            heard.signs == [
                .raised(
                    subject,
                    "DAL counted 47 x VALVE-3IN where 50 were recorded; ana did at "
                        + "2026-03-02T15:00:00.000Z"
                ),
                .cleared(subject, "DAL counted 47 x VALVE-3IN, as was recorded"),
            ]
        )
        #expect(heard.requests.map(\.request) == [.noteCounts(through: 9)])
    }

    @Test func `has an alert for each lot`() {
        var bench = Bench()

        let heard = hear(&bench, [report(7, 5, 4, lot: "L1"), report(8, 5, 6, lot: "L2")])

        #expect(
            heard.signs.map(\.subject.name) == ["DAL VALVE-3IN, lot L1", "DAL VALVE-3IN, lot L2"]
        )
    }

    @Test func `does not believe one of a session that is over`() {
        var bench = Bench()

        let heard = hear(
            &bench,
            [report(7, 50, 47)],
            in: SessionID(epoch: 1, number: 99)
        )

        #expect(heard.signs.isEmpty && heard.requests.isEmpty)
    }
}
