import AllocationModel
import Freight
import Testing

struct `Distances between places` {
    private func miles(_ origin: String, _ destination: String) -> Int? {
        Distance.miles(
            from: Destination(country: .us, postalCode: origin),
            to: Destination(country: .us, postalCode: destination)
        )
    }

    // Great circles between the cities: Dallas and Newark 1370, Reno and Dallas 1361, Seattle and
    // Atlanta 2180, Honolulu and Newark 4960.
    @Test(arguments: [
        ("75201", "07114", 1350...1390), ("89502", "75201", 1340...1380),
        ("98108", "30336", 2160...2200), ("96813", "07114", 4930...4990),
    ])
    func `is that of a great circle`(
        origin: String,
        destination: String,
        range: ClosedRange<Int>
    )
        throws
    {
        let found = try #require(miles(origin, destination))

        #expect(range.contains(found), "\(found)")
        #expect(miles(destination, origin) == found)
    }

    @Test func `is nothing within one prefix`() {
        #expect(miles("75201", "75299-1234") == 0)
    }

    @Test func `is unknown abroad and at military addresses`() throws {
        let canada = Destination(country: try Country(parsing: "CA"), postalCode: "K1A 0B1")
        let dallas = Destination(country: .us, postalCode: "75201")

        #expect(Distance.miles(from: dallas, to: canada) == nil)
        #expect(miles("75201", "09012") == nil)
    }
}
