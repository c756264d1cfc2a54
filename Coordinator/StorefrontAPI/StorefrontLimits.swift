/// Every bound of the coordinator's HTTP, once, with its reason.
package enum StorefrontLimits {
    /// Requests being answered at once; each may hold a body of `Limits.requestBytesMaximum`.
    package static let requestsMaximum = 256
    /// Seconds a connection may say nothing, between requests or in the middle of one.
    ///
    /// A sender that stalls gives its place to another; waiting for our answer is not counted.
    package static let connectionIdleSeconds: Int64 = 30
    /// Orders in one page of a listing: a screen or two, and well under a megabyte.
    package static let ordersPerPageMaximum = 200
    /// What a listing returns where nobody says how many.
    package static let ordersPerPageDefault = 50
    /// Characters of a region: ISO 3166-2 has 6, some storefronts write names.
    package static let regionBytesMaximum = 32
    /// Lines of an address beside its place: no form has more.
    package static let addressLinesMaximum = 4
    /// Bytes of the text of a metric's label: a bound on what one careless label costs.
    package static let metricLabelBytesMaximum = 128
    /// Series of one metric: what a scrape of a few hundred sites needs, and no more.
    package static let metricSeriesMaximum = 1000
    /// Bytes of a request with a rule file in it: the file's own bound, with every byte escaped.
    package static let rulesBytesMaximum = 16_777_216
    /// Orders that a draft is tried on in one request: what a client waits for without a sign.
    package static let trialsPerRequestMaximum = 50
    /// Days that a scorecard goes back where nobody says how far: four weeks.
    package static let scorecardDaysDefault = 27
    /// Bytes of a directory's file: a hundred thousand customers with their tags, several times.
    package static let directoryBytesMaximum = 67_108_864
    /// Bytes of a comment or of who made it: a line on paper.
    package static let remarkBytesMaximum = 500
    /// Readers of events at once: a storefront's, a screen's, and some that hang.
    package static let eventReadersMaximum = 64
    /// Seconds without an event after which a reader is sent an empty line, and so is found gone.
    package static let eventsSilenceSeconds: Int64 = 15
    /// Events read from the log at a time.
    package static let eventsPerReadMaximum = 200
    /// Seconds after which a client may try again when too many requests are being answered.
    package static let overloadRetryAfterSeconds = 1
}
