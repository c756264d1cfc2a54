internal import AllocationModel
internal import ShippingCalendar
internal import StockLedger

/// All that the site's page shows, as it was at one time.
struct PageContents: Sendable {
    let warehouse: String
    let name: String
    let timeZone: String
    let today: CivilDate
    let time: TimeOfDay
    let isOfficeHeard: Bool
    let checks: [Diagnosis]
    let picks: PickList
    let cutoffs: [CutoffRow]
    let holidays: [HolidayRow]
    let capacity: [CapacityRow]
    /// Those that have rates, by code.
    let services: [String]
    /// Of each service, or of the default alone where there is none.
    let calendars: [ServiceCalendar]
    let rates: [RateRow]

    /// The coming days of one service.
    struct ServiceCalendar: Sendable {
        /// Nil for what counts where no service has rates.
        let service: String?
        let rows: [CalendarRow]
    }

    /// Reads them through the commands that a person has too.
    ///
    /// - Throws: `SiteFault` where the ledger cannot be read.
    init(of desk: SiteDesk, at now: Timestamp) async throws {
        let site = try await desk.place(at: now)
        warehouse = site.warehouse
        name = site.name
        timeZone = site.timeZone
        today = site.today
        time = site.time
        isOfficeHeard = desk.isCoordinatorReachable()
        checks = try await desk.asked(.examine(inFull: false), at: now) {
            if case .examined(let checks) = $0 { checks } else { nil }
        }
        picks = try await desk.asked(.listPicks(limit: ConsoleLimits.pagePicksMaximum), at: now) {
            if case .picks(let list) = $0 { list } else { nil }
        }
        cutoffs = try await desk.asked(.listCutoffs, at: now) {
            if case .cutoffs(let rows) = $0 { rows } else { nil }
        }
        holidays = try await desk.asked(.listHolidays, at: now) {
            if case .holidays(let rows) = $0 { rows } else { nil }
        }
        capacity = try await desk.asked(.showCapacity, at: now) {
            if case .capacity(let rows) = $0 { rows } else { nil }
        }
        let rates = try await desk.asked(.listRates, at: now) {
            if case .rates(let rows) = $0 { rows } else { nil }
        }
        self.rates = rates.filter(\.isInForce)
        let services = Set(self.rates.map(\.service)).sorted()
        self.services = services
        let shown: [String?] =
            services.isEmpty ? [nil] : Array(services.prefix(ConsoleLimits.pageServicesMaximum))
        var calendars: [ServiceCalendar] = []
        for service in shown {
            let rows = try await desk.asked(
                .showCalendar(from: nil, days: Self.days, service: service),
                at: now
            ) {
                if case .calendar(let rows) = $0 { rows } else { nil }
            }
            calendars.append(ServiceCalendar(service: service, rows: rows))
        }
        self.calendars = calendars
    }

    /// Two weeks: what a manager plans.
    private static let days = 14
}

extension SiteDesk {
    /// Where and when it is.
    struct Place: Sendable {
        let warehouse: String
        let name: String
        let timeZone: String
        let today: CivilDate
        let time: TimeOfDay
    }

    /// - Throws: `SiteFault` where the ledger cannot be read.
    fileprivate func place(at now: Timestamp) async throws -> Place {
        do {
            let site = try await ledger.read(at: now) { try $0.site() }
            let (today, time) = site.timeZone.reading(at: now)
            return Place(
                warehouse: site.warehouse.rawValue,
                name: site.name,
                timeZone: site.timeZone.name,
                today: today,
                time: time
            )
        } catch let fault as LedgerFault {
            throw SiteFault(fault)
        }
    }

    /// The part that `take` finds in the reply to a command that changes nothing.
    fileprivate func asked<Part: Sendable>(
        _ command: SiteCommand,
        at now: Timestamp,
        _ take: (SiteReply) -> Part?
    ) async throws -> Part {
        let reply = await carryOut(command, now: now, who: "page")
        if case .failed(let fault) = reply { throw fault }
        guard let part = take(reply) else {
            throw SiteFault(.unavailable, "the ledger answered something else")
        }
        return part
    }
}
