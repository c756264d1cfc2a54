package import AllocationModel

/// How far two places are from each other.
package enum Distance {
    /// Returns whole miles between the centroids of two ZIP prefixes, rounded up.
    ///
    /// Nil where either is abroad, military or unknown. The same prefix is no
    /// distance at all.
    package static func miles(from origin: Destination, to destination: Destination) -> Int? {
        guard let from = ZIPCode.number(of: origin), let to = ZIPCode.number(of: destination),
            let start = Sphere.place(ofPrefix: from / 100),
            let end = Sphere.place(ofPrefix: to / 100)
        else { return nil }
        let chord = start.squaredChord(to: end)
        var (low, high) = (0, Sphere.halfwayMiles)
        while low < high {
            let middle = (low + high) / 2
            if Sphere.squaredChord(miles: middle) >= chord {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
}

extension Sphere {
    /// Half around the Earth, rounded down.
    static let halfwayMiles = 12_436
}
