import AllocationModel
import Freight
import Testing

struct `Standing terms` {
    @Test func `charge no less than any destination would be charged`() throws {
        let card = try dallasGround()
        let terms = try #require(card.standingTerms())

        for code in ["75001", "07102", "89501"] {
            for grams: Int64 in [1, 454, 455, 4536, 4537, 68_039, 68_040, 204_117] {
                let to = try destination(code, isResidential: true)
                guard case .offered(let offer) = card.tariff(to: to) else {
                    Issue.record("\(code) is served")
                    return
                }
                let charge = try #require(offer.tariff.charge(forBillableWeight: grams))
                let standing = try #require(terms.tariff.charge(forBillableWeight: grams))
                #expect(standing >= charge, "\(code), \(grams) g")
            }
        }
    }

    @Test func `take the longest way`() throws {
        #expect(try #require(try dallasGround().standingTerms()).transitDays == 6)
    }

    /// The chart serves 750-754, 070-089 and Canada, not 995-999; 890-898 has no rate, but for 89501.
    @Test func `reach what the card serves, and nothing else`() throws {
        let reach = try #require(try dallasGround().standingTerms()).reach

        #expect(reach.prefixes == [70...89, 750...754])
        #expect(reach.countries.isEmpty, "a card with gaps serves no country whole")
        #expect(reach.includes(try destination("75001")))
        #expect(!reach.includes(try destination("99501")))
        #expect(!reach.includes(try destination("60601")))
    }

    @Test func `reach a country whole where the card has no gap`() throws {
        let card = try ParcelRateCard(
            service: "ups-ground",
            carrier: "UPS",
            level: .ground,
            terms: try ParcelRateCard.Terms(currency: .usd, transitDaysDefault: 4),
            chart: try chart("dest_zip,zone\n000-999,2\nCA,2\n"),
            rates: try table("weight_lb,2\n1,9.99\n")
        )
        let reach = try #require(card.standingTerms()).reach

        #expect(reach.prefixes == [0...999])
        #expect(reach.countries.map(\.code) == ["CA"])
    }
}
