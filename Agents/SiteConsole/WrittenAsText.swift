package import AllocationModel

/// A noun that stands in JSON as the text that a person writes for it.
///
/// Reading parses, so what came over the socket is as lawful as what came from
/// the command line.
package protocol WrittenAsText: Codable {
    init(parsing text: String) throws(ParseError)
    var writtenText: String { get }
}

extension WrittenAsText {
    package init(from decoder: any Decoder) throws {
        try self.init(textFrom: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(to: encoder)
    }

    fileprivate init(textFrom decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: container.decode(String.self))
        } catch let error as ParseError {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: error.description
            )
        }
    }

    fileprivate func encodeText(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(writtenText)
    }
}

extension SKU: WrittenAsText {
    package var writtenText: String { code }
}

extension Identifier: WrittenAsText {
    package var writtenText: String { rawValue }
}

extension CivilDate: WrittenAsText {
    package var writtenText: String { description }
}

extension TimeOfDay: WrittenAsText {
    package var writtenText: String { description }
}

extension HoursOfDay: WrittenAsText {
    package var writtenText: String { description }
}

extension Weekday: WrittenAsText {
    package var writtenText: String { abbreviation }

    // Spelled out, because the compiler would write an enum by its raw value.
    package init(from decoder: any Decoder) throws {
        try self.init(textFrom: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(to: encoder)
    }
}

extension ServiceLevel: WrittenAsText {
    package var writtenText: String { word }

    // Spelled out, because the compiler would write an enum by its raw value.
    package init(from decoder: any Decoder) throws {
        try self.init(textFrom: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(to: encoder)
    }
}
