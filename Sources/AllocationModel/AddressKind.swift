/// What kind of address a destination is, where not every carrier reaches it.
package enum AddressKind: String, CaseIterable, Hashable, Comparable, Sendable {
    /// A door that a truck can come to.
    case street
    /// A box in a post office: only who hands over to the postal service reaches it.
    case postOfficeBox = "po-box"
    /// An army, fleet or diplomatic post office (APO, FPO, DPO), by the military's own mail.
    case military

    /// Several of them, as the end of a sentence.
    package var words: String {
        switch self {
        case .street: "addresses in a street"
        case .postOfficeBox: "post office boxes"
        case .military: "military addresses (APO, FPO, DPO)"
        }
    }

    /// Reads the word used in JSON and on the command line.
    package init(parsing text: String) throws(ParseError) {
        guard let kind = Self(rawValue: text.lowercased()) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError("‘\(text)’ is not a kind of address; write one of \(words)")
        }
        self = kind
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether these lines of an address name a post office box and no street beside it.
    ///
    /// As Publication 28 of the US Postal Service writes them, and as people do: a
    /// carrier that is given box and street delivers to the street.
    package static func isPostOfficeBox(_ lines: [String]) -> Bool {
        let words = lines.map(words)
        return words.contains(where: namesBox) && !words.contains(where: namesStreet)
    }

    private static func namesBox(_ words: [String]) -> Bool {
        words.indices.contains { beginsWithBox(words[$0...]) }
    }

    private static func beginsWithBox(_ words: ArraySlice<String>) -> Bool {
        boxes.contains { words.starts(with: $0) }
            // `POB 12`, where `Pob` alone may be anybody's name.
            || (words.first == "pob" && words.dropFirst().first.map(isNumber) == true)
    }

    /// Whether it begins like `123 Main St`, which no box does.
    private static func namesStreet(_ words: [String]) -> Bool {
        guard let first = words.first, isNumber(first), words.count > 1 else { return false }
        return !beginsWithBox(words[1...])
    }

    private static let boxes = [
        ["po", "box"], ["p", "o", "box"], ["pobox"], ["po", "bx"], ["p", "o", "bx"],
        ["post", "office", "box"], ["postal", "box"], ["p", "o", "b"], ["po", "drawer"],
        ["p", "o", "drawer"],
    ]

    /// Letters and digits in lower case, without what stands between them.
    private static func words(_ line: String) -> [String] {
        line.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static func isNumber(_ word: String) -> Bool {
        word.utf8.first.map { (48...57).contains($0) } ?? false
    }
}

extension Destination {
    /// What kind of address it is.
    package var addressKind: AddressKind {
        if isMilitary { return .military }
        return isPostOfficeBox ? .postOfficeBox : .street
    }

    /// Whether state or ZIP code are those of the military's mail.
    private var isMilitary: Bool {
        guard country == .us else { return false }
        if ["AA", "AE", "AP"].contains(region.uppercased()) { return true }
        guard let prefix = Int(postalCode.prefix(3)) else { return false }
        return prefix == 340 || (90...98).contains(prefix) || (962...966).contains(prefix)
    }
}
