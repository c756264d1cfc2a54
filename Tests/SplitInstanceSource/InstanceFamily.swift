package import AllocationModel

/// A kind of order to draw: how scarce its goods are, and what complicates it.
package struct InstanceFamily: Hashable, Sendable {
    /// What the family is called on a command line and in an instance's id.
    package let name: String
    package let scarcity: Scarcity
    package let completeness: Completeness
    package let features: Set<Feature>

    private init(
        _ name: String,
        _ scarcity: Scarcity,
        _ completeness: Completeness,
        _ features: Set<Feature> = []
    ) {
        self.name = name
        self.scarcity = scarcity
        self.completeness = completeness
        self.features = features
    }

    /// How much the sites hold of what is asked for.
    package enum Scarcity: Hashable, Sendable {
        /// Most sites hold most lines several times over; some lines are hard to find.
        case typical
        /// Nearly every site could fill nearly every line alone.
        case ample
        /// About half the sites hold a line, and about as much as is asked for.
        case mixed
        /// The more sites there are the less each holds, and all together often not enough.
        case scarce
    }

    /// What an order may ask for beyond the least cost.
    package enum Feature: CaseIterable, Hashable, Sendable {
        /// Lines from one site, in minimum quantities or from one lot; pick costs; firm deadlines.
        case lineConditions
        /// At most a few sites may ship.
        case siteLimit
        /// At most a few shipments may leave.
        case shipmentLimit
        /// Sites that must ship, may not, or are used with reluctance.
        case siteRules
        /// Some sites ship whole boxes only.
        case boxes
        /// Some parcel services are priced by a table.
        case rateTables
        /// Fewest units short, then fewest late, then the least cost.
        case lexicographic
    }

    /// Every family, in the order in which a mixed set goes through them.
    package static let all = [
        InstanceFamily("typical", .typical, .complete),
        InstanceFamily("ample", .ample, .complete),
        InstanceFamily("mixed", .mixed, .complete),
        InstanceFamily("scarce", .scarce, .partial),
        InstanceFamily("rich-typical", .typical, .complete, [.lineConditions]),
        InstanceFamily("rich-ample", .ample, .complete, [.lineConditions]),
        InstanceFamily("rich-mixed", .mixed, .complete, [.lineConditions]),
        InstanceFamily("rich-scarce", .scarce, .partial, [.lineConditions]),
        InstanceFamily("line-complete", .scarce, .lineComplete, [.lineConditions]),
        InstanceFamily("few-sites", .ample, .complete, [.siteLimit]),
        InstanceFamily("few-shipments", .typical, .complete, [.shipmentLimit]),
        InstanceFamily("site-rules", .typical, .complete, [.siteRules]),
        InstanceFamily("boxes", .mixed, .complete, [.boxes]),
        InstanceFamily("rate-tables", .typical, .complete, [.rateTables]),
        InstanceFamily("lexicographic", .mixed, .partial, [.lexicographic]),
        InstanceFamily("everything", .mixed, .partial, Set(Feature.allCases)),
    ]
}

/// How large an order to draw.
package struct InstanceSize: Hashable, Sendable {
    package let lines: Int
    package let sites: Int
    /// Services that each site has; fewer are in the instance where nothing may ride by one.
    package let services: Int

    /// - Precondition: at least one of each, and no more sites and lines than the model's limits.
    package init(lines: Int, sites: Int, services: Int) {
        precondition((1...Limits.orderLinesMaximum).contains(lines), "an order has lines")
        precondition((1...Limits.warehousesMaximum).contains(sites), "an order has sites")
        precondition(Self.servicesRange.contains(services), "a site has three to six services")
        self.lines = lines
        self.sites = sites
        self.services = services
    }

    /// Ground parcels, a truck and one more at least; two of each at most.
    package static let servicesRange = 3...6
}
