package import AllocationModel

/// What 49 CFR 172.101 and 177.848 say of hazardous materials: what may fly, and what rides apart.
///
/// A number and its packing group may stand for several materials of the table;
/// then the strictest of them counts. Where the table does not say what the grid
/// asks, the stricter is taken: class 8 is liquid unless it is named a solid, and
/// gases of 2.3 and poisons of 6.1 in group I are of hazard zone A.
package enum HazardousMaterials {
    /// Whether a service flies, and on what.
    package enum Flight: String, CaseIterable, Hashable, Sendable {
        case no
        /// On aircraft with passengers, where the rules are strictest.
        case passenger
        /// On cargo aircraft alone.
        case cargo

        /// Reads the word used in commands and files.
        package init(parsing text: String) throws(ParseError) {
            guard let value = Self(rawValue: text.lowercased()) else {
                throw ParseError("‘\(text)’ is no way to fly; write no, passenger or cargo")
            }
            self = value
        }

        /// What a service of a level is taken to do that does not say.
        package static func usual(for level: ServiceLevel) -> Flight {
            level > .threeDay ? .passenger : .no
        }
    }

    /// Whether the table has a material of that number and, where one is given, packing group.
    package static func isKnown(_ hazmat: Hazmat) -> Bool {
        !entries(of: hazmat).isEmpty
    }

    /// Whether the table lets the material be packed as a limited quantity.
    package static func allowsLimitedQuantity(_ hazmat: Hazmat) -> Bool {
        entries(of: hazmat).contains { $0.flags.contains(.limitedQuantity) }
    }

    /// What a package of limited quantities weighs at the most, all told.
    package static let limitedQuantityWeightMaximum = Weight(grams: 30_000)

    /// Whether it may not fly so; one that the table does not have may not.
    ///
    /// As a limited quantity too: what may not fly at all may not fly in small packages.
    package static func isForbidden(_ hazmat: Hazmat, by flight: Flight) -> Bool {
        if flight == .no { return false }
        let found = entries(of: hazmat)
        let flag: Flags = flight == .passenger ? .notOnPassengerAircraft : .notOnCargoAircraft
        return found.isEmpty || found.contains { $0.flags.contains(flag) }
    }

    /// Why goods may not fly.
    package enum AirFault: Hashable, Sendable {
        /// The material may not, however little of it.
        case material
        /// A package may hold so much of it, and a unit has more, or may have.
        case tooMuch(most: Hazmat.Content)
    }

    /// Returns why one unit of a SKU may not fly so; nil where it may.
    ///
    /// A package holds at most what columns 9A and 9B of 49 CFR 172.101 say. Where nobody says
    /// how much of the material a unit holds, it is what it could be at the most: a solid or gas
    /// as heavy as the unit; a liquid as much as its box holds, or as it would be if it weighed
    /// the little that the lightest liquids do. What cannot be told has too much.
    package static func airFault(of entry: CatalogEntry, by flight: Flight) -> AirFault? {
        guard flight != .no, let hazmat = entry.hazmat else { return nil }
        if isForbidden(hazmat, by: flight) { return .material }
        let all = entries(of: hazmat)
            .flatMap { flight == .passenger ? $0.mostByPassenger : $0.mostByCargo }
        // A number that stands for liquids and solids has a most of each: the content says which.
        let wanted = all.filter { $0.kind == hazmat.content?.kind }
        let most = wanted.isEmpty ? all : wanted
        return
            most.first { limit in
                content(of: entry, in: limit.kind).map { $0 > limit.thousandths } ?? true
            }
            .map(AirFault.tooMuch)
    }

    /// The most of its material that a unit could hold; nil where nobody knows.
    private static func content(of entry: CatalogEntry, in kind: Hazmat.Content.Kind) -> Int64? {
        if let content = entry.hazmat?.content, content.kind == kind { return content.thousandths }
        let grams = entry.unitWeight > .zero ? entry.unitWeight.grams : nil
        guard kind == .litres else { return grams }
        let box = entry.dimensions.map { sides in
            let volume = Int128(sides.length) * Int128(sides.width) * Int128(sides.height)
            return Int64(clamping: (volume + 999) / 1000)
        }
        let fluid = grams.map { ($0 * 1000 + gramsPerLitreLeast - 1) / gramsPerLitreLeast }
        return [box, fluid].compactMap(\.self).min()
    }

    /// What a litre of the lightest liquids weighs: pentanes weigh 620 grams.
    private static let gramsPerLitreLeast: Int64 = 600

    /// Whether the two may not be loaded on one vehicle: `X` of the grid, for any of their hazards.
    ///
    /// What the grid allows if it is kept apart (`O`) may ride together, kept apart.
    /// Limited quantities need no labels, and so are outside the grid. Explosives of
    /// two numbers are taken not to be compatible.
    package static func mustRideApart(_ one: Hazmat, _ other: Hazmat) -> Bool {
        guard !one.isLimitedQuantity, !other.isLimitedQuantity else { return false }
        if one.isSameMaterial(as: other) { return false }
        let (first, second) = (entries(of: one), entries(of: other))
        let (hazards, others) = (hazards(of: first), hazards(of: second))
        for row in hazards {
            for column in others {
                switch grid[row][column] {
                case .never: return true
                case .explosives where one.number != other.number: return true
                case .explosives, .apart, .free: continue
                }
            }
        }
        // 177.848(c): cyanides never with acids.
        return isCyanide(first) && isAcid(second) || isAcid(first) && isCyanide(second)
    }

    /// Returns a group for each of some goods, so that no two that must ride apart share one.
    ///
    /// What is not hazardous is in group 0. A solver keeps groups in shipments of their own; the
    /// rule is for pairs. So each is put in the first group in which it may ride: never two that
    /// may not, and perhaps two in different groups that might have shared a shipment.
    package static func groups(of goods: [Hazmat?]) -> [Int] {
        var members: [[Hazmat]] = []
        return goods.map { hazmat in
            guard let hazmat else { return 0 }
            let fitting = members.firstIndex { group in
                !group.contains { mustRideApart($0, hazmat) }
            }
            let index = fitting ?? members.count
            if index == members.count { members.append([]) }
            if !members[index].contains(hazmat) { members[index].append(hazmat) }
            return index
        }
    }

    private static func isCyanide(_ entries: [Entry]) -> Bool {
        entries.contains { $0.flags.contains(.cyanide) }
    }

    private static func isAcid(_ entries: [Entry]) -> Bool {
        entries.contains { $0.flags.contains(.acid) }
    }

    // MARK: The table

    private struct Flags: OptionSet {
        let rawValue: Int

        static let notOnPassengerAircraft = Flags(rawValue: 1)
        static let notOnCargoAircraft = Flags(rawValue: 2)
        static let limitedQuantity = Flags(rawValue: 4)
        static let cyanide = Flags(rawValue: 8)
        static let acid = Flags(rawValue: 16)

        static let letters: [(letter: Character, flag: Flags)] = [
            ("p", .notOnPassengerAircraft), ("c", .notOnCargoAircraft), ("q", .limitedQuantity),
            ("y", .cyanide), ("a", .acid),
        ]
    }

    private struct Entry {
        let group: String
        /// Rows of the grid.
        let hazards: [Int]
        let flags: Flags
        /// The most of a package, of each kind that there is.
        let mostByPassenger: [Hazmat.Content]
        let mostByCargo: [Hazmat.Content]
    }

    /// Reads `1000L;2500kg`, in thousandths.
    private static func contents(_ text: Substring) -> [Hazmat.Content] {
        text.split(separator: ";")
            .compactMap { part in
                let digits = part.prefix { $0.isNumber }
                guard let thousandths = Int64(digits),
                    let kind = Hazmat.Content.Kind(rawValue: String(part.dropFirst(digits.count)))
                else { return nil }
                return Hazmat.Content(thousandths, thousandthsOf: kind)
            }
    }

    private static let table: [Int: [Entry]] = {
        var table: [Int: [Entry]] = [:]
        for line in HazardousMaterialsTable.text.split(separator: "\n") {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 6, let number = Int(fields[0]) else { continue }
            let flags = Flags.letters.reduce(into: Flags()) { flags, entry in
                if fields[3].contains(entry.letter) { flags.insert(entry.flag) }
            }
            table[number, default: []]
                .append(
                    Entry(
                        group: String(fields[1]),
                        hazards: fields[2].split(separator: ";")
                            .compactMap { row(of: $0, group: fields[1]) },
                        flags: flags,
                        mostByPassenger: contents(fields[4]),
                        mostByCargo: contents(fields[5])
                    )
                )
        }
        return table
    }()

    /// Those of the packing group, or all where it is not said or the material has none.
    private static func entries(of hazmat: Hazmat) -> [Entry] {
        let all = table[hazmat.number] ?? []
        guard let group = hazmat.packingGroup?.numeral else { return all }
        return all.filter { $0.group == group || $0.group.isEmpty }
    }

    private static func hazards(of entries: [Entry]) -> Set<Int> {
        Set(entries.flatMap(\.hazards))
    }

    // MARK: The grid

    private enum Rule {
        /// The grid has `X`.
        case never
        /// The grid has `O`.
        case apart
        /// The grid has `*`.
        case explosives
        case free
    }

    private static let rows = [
        "1.1", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3A", "2.3B", "3", "4.1", "4.2", "4.3",
        "5.1", "5.2", "6.1", "7", "8",
    ]

    /// 49 CFR 177.848(d), in the order of `rows`.
    private static let grid: [[Rule]] = [
        "*****XXXXXXXXXXXXX",
        "*****X-XXX-XXXXX-X",
        "*****O-OOO-O---O-O",
        "*****XXXXXXXXXXXXX",
        "*****-------------",
        "XXOX---XO------OO-",
        "X--X--------------",
        "XXOX-X---XXXXXX--X",
        "XXOX-O---OOOOOO--O",
        "XXOX---XO----O-X--",
        "X--X---XO------X-O",
        "XXOX---XO------X-X",
        "XX-X---XO------X-O",
        "XX-X---XOO-----X-O",
        "XX-X---XO------X-O",
        "XXOX-O---XXXXXX--X",
        "X--X-O------------",
        "XXOX---XO-OXOOOX--",
    ]
    .map { $0.map(rule) }

    /// The row of a hazard as the table writes it; nil for one that the grid does not have.
    private static func row(of hazard: Substring, group: Substring) -> Int? {
        let name =
            switch hazard {
            case "2.3": "2.3A"
            // Poisons of groups II and III, and solids, ride with anything.
            case "6.1": group == "I" ? "6.1" : ""
            case _ where hazard.hasPrefix("1.1") || hazard.hasPrefix("1.2"): "1.1"
            case "1": "1.1"
            case _ where hazard.hasPrefix("1."): String(hazard.prefix(3))
            default: String(hazard)
            }
        return rows.firstIndex(of: name)
    }

    private static func rule(_ mark: Character) -> Rule {
        switch mark {
        case "X": .never
        case "O": .apart
        case "*": .explosives
        default: .free
        }
    }
}
