/// Every bound of the console, once, with its reason.
package enum ConsoleLimits {
    /// Bytes of one piece of a file on its way to the agent: small enough for bids to go on between.
    package static let pieceBytes = 262_144
    /// Bytes of one command: a piece in base 64, or a rate card's files, and room for the rest.
    package static let commandBytesMaximum = 4_194_304
    /// Bytes of one shipment as a warehouse system sends it: an order's id and a name, and room.
    package static let shipmentBytesMaximum = 4096
    /// Bytes of counts as JSON, which are read at once: ten thousand rows; longer ones come as CSV.
    package static let stockDocumentBytesMaximum = 1_048_576
    /// Bytes of the name of whoever ships, in a request: a login or a program.
    package static let shipperBytesMaximum = 64
    /// Bytes of one rate file: twenty thousand rows of a chart fit twice.
    package static let rateFileBytesMaximum = 1_048_576
    /// Bytes of one stock file: several million rows.
    package static let stockFileBytesMaximum = 1_073_741_824
    /// Milliseconds after its last piece for which an import keeps others out: its sender has died.
    package static let importIdleMilliseconds: Int64 = 30_000
    /// Bytes of a socket's path: what `sockaddr_un` holds on Linux, less the closing NUL.
    package static let socketPathBytesMaximum = 107
    /// SKUs looked through for one that was meant: a blink of the ledger's time.
    package static let suggestionRowsMaximum = 100
    /// SKUs suggested for a mistyped one: what fits a line.
    package static let suggestionsMaximum = 3
    /// Reservations one listing shows: a page of the ledger's, less the one that tells of more.
    package static let holdsListedMaximum = 999
    /// Receipts one listing shows: what a person pages through in a day.
    package static let inboundListedMaximum = 10_000
    /// Lots one listing shows: a page of the ledger's, less the one that tells of more.
    package static let lotsListedMaximum = 999
    /// Days ahead that a listing of lots may look: a century.
    package static let lotDaysMaximum = 36_500
    /// Bytes free below which an operator is warned: a day's growth of a busy site, and the reserve.
    package static let freeBytesWanted: Int64 = 536_870_912
    /// Milliseconds in doubt after which an operator is warned: a coordinator restarts in less.
    package static let doubtMilliseconds: Int64 = 300_000
    /// SKUs named that an import left short: what a person looks at one by one.
    package static let shortfallsNamedMaximum = 10
    /// Grams of the goods of one quote: a million tonnes, so that every sum fits.
    package static let quotedGramsMaximum: Int128 = 1_000_000_000_000
    /// Bytes of one form of the page: a calendar of a megabyte, and room for the rest.
    package static let pageFormBytesMaximum = 1_114_112
    /// Fields of one form, and values of one field: several times what any form has.
    package static let pageFieldsMaximum = 64
    /// Bytes of what parts a form's fields: RFC 2046 says so.
    package static let pageBoundaryBytesMaximum = 70
    /// Picks that the page shows: what a person looks through.
    package static let pagePicksMaximum = 200
    /// Services whose days the page shows: what a table may be wide.
    package static let pageServicesMaximum = 16
    /// Days of one closure: a year.
    package static let closureDaysMaximum = 366
    /// Years for which one holiday is set at once: a generation.
    package static let holidayYearsMaximum = 25
}
