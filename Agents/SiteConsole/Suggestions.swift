internal import AllocationModel

/// Finds the codes that a mistyped one was meant to be.
enum Suggestions {
    /// Slips of the finger that still suggest what was meant.
    private static let slipsMaximum = 2

    /// Returns the nearest of `known` within two slips, nearest first, then by code.
    static func nearest(to sku: SKU, among known: [SKU]) -> [SKU] {
        let wanted = Array(sku.code.uppercased().utf8)
        let found = known.compactMap { candidate -> (slips: Int, sku: SKU)? in
            let slips = EditDistance.between(
                wanted,
                Array(candidate.code.uppercased().utf8),
                atMost: slipsMaximum
            )
            return slips <= slipsMaximum ? (slips, candidate) : nil
        }
        return found.sorted { ($0.slips, $0.sku) < ($1.slips, $1.sku) }
            .prefix(ConsoleLimits.suggestionsMaximum).map(\.sku)
    }
}
