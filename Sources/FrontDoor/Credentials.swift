package import AllocationModel
internal import NIOSSL

/// What the front door shows, and whom it believes.
package struct DoorCredentials: Sendable {
    let context: NIOSSLContext
    let enrolment: Enrolment

    /// - Parameters:
    ///   - door: The door's key, its certificate and any between that and an authority, as PEM.
    ///   - authorities: The certificates of those whose sites are let in, as PEM.
    ///   - enrolment: Which key speaks for which site.
    /// - Throws: What of it cannot be used.
    package init(
        door: [UInt8],
        authorities: [UInt8],
        enrolment: Enrolment
    ) throws(ParseError) {
        self.enrolment = enrolment
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(door)
            var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: door, format: .pem)),
                trustRoots: .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
            )
            configuration.minimumTLSVersion = .tlsv13
            configuration.shutdownTimeout = DoorLimits.farewell
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ParseError("the door's certificates cannot be used: \(error)")
        }
    }
}

/// A site's key and certificate, and the office that it believes.
package struct SiteIdentity: Sendable {
    let context: NIOSSLContext
    /// The site's own key.
    package let key: KeyFingerprint

    /// The name in every front door's certificate.
    ///
    /// The authority signs for nobody else, so the name need not be the
    /// machine's: an office moves without new certificates.
    package static let doorName = "front-door.holdfast.internal"

    /// - Parameter pem: The site's key and certificate, then those of the authorities that it
    ///   believes.
    /// - Throws: What is missing, or cannot be used.
    package init(pem: [UInt8]) throws(ParseError) {
        do {
            var certificates = try NIOSSLCertificate.fromPEMBytes(pem)[...]
            guard let own = certificates.popFirst(), !certificates.isEmpty else {
                throw ParseError("there must be the site's certificate, then the authority's")
            }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateChain = [.certificate(own)]
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: pem, format: .pem))
            configuration.trustRoots = .certificates(Array(certificates))
            configuration.certificateVerification = .fullVerification
            configuration.minimumTLSVersion = .tlsv13
            configuration.shutdownTimeout = DoorLimits.farewell
            context = try NIOSSLContext(configuration: configuration)
            key = KeyFingerprint(ofKey: try own.extractPublicKey().toSPKIBytes())
        } catch {
            throw ParseError("the identity cannot be used: \(error)")
        }
    }
}
