import AllocationModel
import AllocationProtocol
import OrderDesk

/// What goes wrong at one site: its lines, its disk, its clocks.
extension Simulation {
    /// Cuts the lines to a site, in one direction or in both.
    mutating func partition(_ index: Int) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            faults.insert(.deaf)
            sites[index].isDeaf = true
        case 1:
            faults.insert(.mute)
            sites[index].isMute = true
        default:
            faults.insert(.cutOff)
            sites[index].isDeaf = true
            sites[index].isMute = true
        }
        plan(.siteHeals(index), in: Int64.random(in: 50...1200, using: &random))
        if chance(1, in: 2) { inbox.append(.linkLost(sites[index].warehouse)) }
    }

    mutating func sufferLocalMishap(at index: Int) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            // What is still free is written soon, or not before the next page.
            sites[index].drive.leave(bytes: Int64.random(in: 0...20_000, using: &random))
            plan(.siteHasRoom(index), in: Int64.random(in: 100...1500, using: &random))
        case 1:
            faults.insert(.siteSlow)
            sites[index].slowUntil = time + Int64.random(in: 200...1500, using: &random)
        case 2:
            faults.insert(.siteClockJump)
            sites[index].clockError = clockJump()
        case 3:
            faults.insert(.siteClockDrift)
            sites[index].clockDrift = Int64.random(in: -300...300, using: &random)
        case 4:
            faults.insert(.officeClockJump)
            officeClockError = clockJump()
        default:
            doLocalWork(at: index)
        }
    }

    /// Milliseconds by which a clock is off that somebody has set: seconds to ten years, either way.
    private mutating func clockJump() -> Int64 {
        let sizes: [Int64] = [5_000, 3_600_000, 86_400_000, 315_360_000_000]
        let size = sizes.randomElement(using: &random) ?? 0
        return chance(1, in: 2) ? size : -size
    }

    private mutating func doLocalWork(at index: Int) {
        guard sites[index].isUp else { return }
        do {
            try sites[index].countStock(at: time)
            faults.insert(.localWork)
        } catch {
            survive(error, at: index)
        }
    }

    // Disks.

    /// Plans a failure of a site's disk in what it does next.
    mutating func endangerDisk(of index: Int) -> SimulatedDrive.Failure? {
        if isDiskToFail { return .error }
        guard isFaulty, chance(1, in: 25) else { return nil }
        let failure: SimulatedDrive.Failure = chance(1, in: 3) ? .error : .powerLoss
        sites[index].drive.fail(atCall: Int.random(in: 1...12, using: &random), failure)
        return failure
    }

    /// Ends the site's process where its disk has failed, and says whether it has.
    mutating func hasFailed(_ failure: SimulatedDrive.Failure?, at index: Int) -> Bool {
        guard let failure, sites[index].drive.hasFailed else {
            if !isDiskToFail { sites[index].drive.failNoMore() }
            return false
        }
        isDiskToFail = false
        narrate(sites[index].warehouse.rawValue, "cannot write; its agent stops")
        switch failure {
        case .error, .full:
            faults.insert(.diskError)
            crashSite(index)
        case .powerLoss:
            faults.insert(.sitePowerLossWhileWriting)
            crashSite(index, .powerLost(random.next()))
        }
        return true
    }

    /// Accepts an error that a full disk explains, and reports any other.
    mutating func survive(_ error: any Error, at index: Int) {
        guard noteFullDisk(of: index) else {
            return report("\(sites[index].warehouse): \(error)")
        }
    }

    /// Notes whether a site's disk has ever been full.
    @discardableResult
    mutating func noteFullDisk(of index: Int) -> Bool {
        guard sites[index].drive.refusals > 0 else { return false }
        faults.insert(.diskFull)
        sites[index].wasFull = true
        return true
    }

    // What a site has said.

    /// Keeps a site to what it has said: a vote, an acknowledgement.
    mutating func note(_ answers: AnswerBatch, from index: Int) {
        for answer in answers.answers {
            switch answer {
            case .vote(let transaction, .reserve):
                // Its manager may have given it back since, as nobody else may.
                guard choice(for: transaction, at: sites[index].warehouse) != .release else {
                    continue
                }
                sites[index].said[transaction] = .voted
            case .confirmed(let transaction):
                // A confirmation that comes after the cancellation is acknowledged, and no more.
                guard !sites[index].cancelled.contains(transaction) else { continue }
                sites[index].said[transaction] = .confirmed
            // One message may ask for a vote and, later on, release it.
            case .released(let transaction): sites[index].said[transaction] = nil
            case .vote, .hello, .attach, .holdings, .restored, .ready, .bid, .noted,
                .leaseNoted, .countsNoted, .refused:
                break
            }
        }
    }

    /// Notes that a site may be about to give a reservation back, whether or not it says so.
    mutating func noteReleases(in batch: RequestBatch, to index: Int) {
        for request in batch.requests {
            noteTakeover(by: request, at: index)
            switch request {
            case .release(let transaction):
                sites[index].said[transaction] = nil
            case .cancel(let transaction):
                sites[index].said[transaction] = nil
                sites[index].cancelled.insert(transaction)
            case .drain(let ruling) where ruling.isCancelled:
                sites[index].said[ruling.request.transaction] = nil
                sites[index].cancelled.insert(ruling.request.transaction)
            case .restore: sites[index].said = [:]
            case .reserve, .confirm, .bid, .greet, .challenge, .report, .activate, .noteOverride,
                .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease, .drain:
                break
            }
        }
    }

    /// Notes that a site may be about to take over, with a confirmation, what it has confirmed.
    private mutating func noteTakeover(by request: Request, at index: Int) {
        switch request {
        case .confirm(let transaction), .cancel(let transaction):
            guard let replaced = try? sites[index].replaced(by: transaction) else { return }
            sites[index].said[replaced] = nil
            sites[index].cancelled.insert(replaced)
        case .release, .drain, .restore, .reserve, .bid, .greet, .challenge, .report, .activate,
            .noteOverride, .noteShipment, .noteRefusal, .noteCounts, .noteLease, .closeLease:
            break
        }
    }

    /// Checks that a site still holds what it has said it does: nothing said before it was durable.
    mutating func auditWord(of index: Int) throws {
        guard !sites[index].isBehind else { return }
        for (transaction, word) in sites[index].said.sorted(by: { $0.key < $1.key }) {
            let status = try sites[index].status(of: transaction)
            let isKept =
                status == .confirmed || (status == .voted && word == .voted)
                || hasShipped(transaction, from: sites[index].warehouse)
            if !isKept {
                let held = status?.rawValue ?? "nothing"
                report("\(sites[index].warehouse) said \(word), \(transaction), and has \(held)")
            }
        }
    }
}
