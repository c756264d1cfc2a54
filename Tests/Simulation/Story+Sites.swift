import AllocationModel
import AllocationProtocol
import StockLedger

/// What a story makes happen at a site.
extension Simulation {
    /// `RNO ...` in small letters after the verb: `cut RNO`, `stop RNO`, `restore RNO`.
    mutating func directSite(_ words: [String]) throws -> Bool {
        guard let name = words.last(where: { site(named: $0) != nil }),
            let index = site(named: name)
        else { return false }
        let verb = words.filter { $0 != name }.joined(separator: " ")
        if try directLines(verb, of: index) || directDisk(verb, of: index)
            || directLeases(words, verb, of: index)
        {
            return true
        }
        switch verb {
        case "stop": crashSite(index)
        case "power off": crashSite(index, .powerLost(1))
        case "start": sites[index].start(at: time)
        case "stop before it reserves": siteCrashPoint = SiteCrashPoint(index, .beforeReserving)
        case "stop before it confirms": siteCrashPoint = SiteCrashPoint(index, .beforeConfirming)
        case "stop after it has confirmed":
            siteCrashPoint = SiteCrashPoint(index, .afterConfirming)
        case "start a second": try sites[index].startTwin(at: time)
        case "stop the second": sites[index].stopTwin()
        case "clock ten years ahead": sites[index].clockError = 315_360_000_000
        case "clock ten years back": sites[index].clockError = -315_360_000_000
        case "clock is right": sites[index].clockError = 0
        default: return try directStock(words, of: index)
        }
        return true
    }

    /// `lease RNO VALVE-3IN units=12`, `ask back the lease of RNO`, `write off the lease of RNO`.
    private mutating func directLeases(
        _ words: [String],
        _ verb: String,
        of index: Int
    ) throws -> Bool {
        if words.count == 4, words[0] == "lease", words[3].hasPrefix("units="),
            let units = Int64(words[3].dropFirst(6))
        {
            let id = LeaseID(high: 0, low: UInt64(sites[index].granted.count + 1))
            return try sites[index].grant(id, of: SKU(trusted: words[2]), atMost: units, at: time)
        }
        guard verb == "ask back the lease of" || verb == "write off the lease of",
            let lease = try sites[index].leases().last(where: { !$0.setAside.isZero })?.lease.id
        else { return false }
        guard verb == "write off the lease of" else {
            try sites[index].askBack(lease, at: time)
            return true
        }
        try sites[index].writeOff(lease, at: time)
        writtenOff.insert(lease)
        return true
    }

    private mutating func directLines(_ verb: String, of index: Int) -> Bool {
        switch verb {
        case "cut":
            sites[index].isDeaf = true
            sites[index].isMute = true
        case "cut towards": sites[index].isDeaf = true
        case "cut from": sites[index].isMute = true
        case "mend":
            sites[index].isDeaf = false
            sites[index].isMute = false
        case "repeat all to and from": sites[index].isEchoing = true
        case "hold back what goes to": sites[index].isHeldBack = true
        case "let go what was held back for":
            sites[index].isHeldBack = false
            for letter in sites[index].heldBack { plan(.arrival(letter), in: 5) }
            sites[index].heldBack = []
        default: return false
        }
        return true
    }

    private mutating func directDisk(_ verb: String, of index: Int) throws -> Bool {
        switch verb {
        case "fill the disk of": sites[index].drive.leave(bytes: 0)
        case "make room on the disk of": sites[index].drive.leave(bytes: nil)
        case "fail the next write of":
            sites[index].drive.fail(atCall: 1, .error)
            isDiskToFail = true
        case "copy the disk of": sites[index].copyDisk()
        case "put the copy back at":
            try sites[index].restore(anew: false)
        case "give a new disk to":
            try sites[index].restore(anew: true)
        default: return false
        }
        return true
    }

    /// `new ledger RNO VALVE-3IN on-hand=3`: after a loss, with what a count has found.
    private mutating func directStock(_ words: [String], of index: Int) throws -> Bool {
        guard words.count == 5, words[0] == "new", words[1] == "ledger",
            words[4].hasPrefix("on-hand="), let units = Int64(words[4].dropFirst(8))
        else {
            guard words.count == 4, words[0] == "count", words[3].hasPrefix("on-hand="),
                let units = Int64(words[3].dropFirst(8))
            else { return false }
            try sites[index].keep(SKU(trusted: words[2]), units, at: time)
            return true
        }
        try sites[index].restore(anew: true, having: [SKU(trusted: words[3]): units])
        return true
    }

    /// Where a story ends a site's process.
    struct SiteCrashPoint {
        let site: Int
        let place: Place

        init(_ site: Int, _ place: Place) {
            self.site = site
            self.place = place
        }

        enum Place {
            case beforeReserving
            case beforeConfirming
            case afterConfirming

            /// Whether this is a message to stop at.
            func concerns(_ request: Request) -> Bool {
                switch (self, request) {
                case (.beforeReserving, .reserve), (.beforeConfirming, .confirm),
                    (.afterConfirming, .confirm):
                    true
                default: false
                }
            }
        }
    }

    /// Ends a site's process here, once, where a story says so.
    mutating func stopsHere(_ letter: Letter, isBefore: Bool) -> Bool {
        guard let point = siteCrashPoint, point.site == letter.site,
            (point.place == .afterConfirming) != isBefore,
            letter.batch.requests.contains(where: point.place.concerns)
        else { return false }
        siteCrashPoint = nil
        narrate(sites[letter.site].warehouse.rawValue, "its agent stops")
        crashSite(letter.site)
        return true
    }
}
