/// Every bound of the ledger, once, with its reason.
package enum Limits {
    /// Pieces of work waiting for the ledger's thread: a site's own callers are a handful.
    package static let workWaitingMaximum = 1024
    /// SQLite's page cache: enough for the upper levels of every tree of a million SKUs.
    package static let cacheKibibytes = 8192
    /// What the write-ahead log is cut back to after a checkpoint.
    package static let journalBytesMaximum = 67_108_864
    /// Kept aside so that decisions can still be written on a full disk.
    package static let reserveBytes = 67_108_864
    /// Bytes of a ledger that is proved whenever it is opened to be served from.
    ///
    /// Some ten thousand open reservations, in well under a second; a larger one would keep a
    /// restarted agent from serving for longer, and is proved when somebody asks.
    package static let provedBytesMaximum: Int64 = 4_194_304
    /// Rows of one page of a listing.
    package static let pageRowsMaximum = 1000
    /// Bytes of a description, a reason or a name of a person: a line on paper.
    package static let textBytesMaximum = 500
    /// Certificates of one lot.
    package static let certificatesMaximum = 16
    /// Findings one audit reports: more than that is one finding, that the file is bad.
    package static let findingsMaximum = 100
    /// Differences of a dry run that are shown to a person.
    package static let changesShownMaximum = 100
    /// Holidays kept: four generations.
    package static let holidaysMaximum = 2000
    /// Leases that are open at once: each is told of in every session.
    package static let leasesOpenMaximum = 1000
    /// Leases that one look at the rules grants or asks back; the next goes on.
    package static let leasesGrantedMaximum = 200
    /// Handling classes with a lease rule: more are nobody's to remember.
    package static let leaseRulesMaximum = 200
    /// Handling classes with a lead time: more are nobody's to remember.
    package static let leadTimesMaximum = 200
    /// Services with days of their own: as many as a bid may offer, and some that were.
    package static let carrierWeeksMaximum = 200
    /// Receipts that are on their way at once: ten times what a busy receiving dock has booked.
    package static let inboundOpenMaximum = 100_000
    /// Cutoffs kept: every weekday of every service a bid may offer, and the default.
    package static let cutoffsMaximum = 455
    /// Bytes of a request's key: a UUID fits several times.
    package static let requestKeyBytesMaximum = 200
    /// Days for which a key is known: whoever was cut off asks again sooner.
    package static let requestKeyDays: Int64 = 30
}
