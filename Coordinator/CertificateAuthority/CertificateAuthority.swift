package import AllocationModel
internal import Crypto
internal import Foundation
package import FrontDoor
internal import SwiftASN1
internal import X509

/// Signs the certificates of sites and of the front door.
///
/// One office, one authority, which signs for nothing else: a certificate for
/// clients is a site's, and one for servers is a front door's. Which site a
/// certificate speaks for is not its business but the enrolment list's.
package struct CertificateAuthority: Sendable {
    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// A certificate with its secret key.
    package struct Issued: Hashable, Sendable {
        /// The key and the certificate.
        package let pem: String
        package let key: KeyFingerprint
        package let expires: CivilDate

        package init(pem: String, key: KeyFingerprint, expires: CivilDate) {
            self.pem = pem
            self.key = key
            self.expires = expires
        }
    }

    /// How long certificates are good for, in days.
    package enum Life {
        /// An authority: as long as a company keeps a machine room.
        static let authority = 3653
        /// A site or a door: long enough to be forgotten, which is why expiry is warned of.
        static let identity = 825
        /// Before now, for clocks that are behind.
        static let lead = 2
    }

    /// Makes a new authority with a key of its own.
    package init(for coordinator: Coordinator.ID, at now: Timestamp) throws {
        let key = P256.Signing.PrivateKey()
        self.key = key
        let name = try Self.name(of: coordinator, key.publicKey)
        certificate = try Self.signed(
            subject: name,
            key: Certificate.PublicKey(key.publicKey),
            issuer: name,
            issuerKey: key,
            days: Life.authority,
            at: now,
            // One between it and a door: the authority that follows it.
            extensions: try Self.ofAuthority(key.publicKey, issuer: key, pathLength: 1)
        )
    }

    /// Reads what `pem` wrote.
    ///
    /// - Throws: What of it is missing or cannot be read.
    package init(pem: String) throws {
        let documents = try PEMDocument.parseMultiple(pemString: pem)
        guard let certificate = documents.first(where: { $0.discriminator == "CERTIFICATE" }),
            let key = documents.first(where: { $0.discriminator.hasSuffix("PRIVATE KEY") })
        else { throw ParseError("there must be a certificate and a private key") }
        self.certificate = try Certificate(pemDocument: certificate)
        self.key = try P256.Signing.PrivateKey(pemRepresentation: key.pemString)
        guard self.certificate.publicKey == Certificate.PublicKey(self.key.publicKey) else {
            throw ParseError("the private key is not the certificate's")
        }
    }

    /// The certificate and the secret key.
    package var pem: String {
        get throws { try certificatePEM + key.pemRepresentation + "\n" }
    }

    /// The certificate, for everybody.
    package var certificatePEM: String {
        get throws { try certificate.serializeAsPEM().pemString + "\n" }
    }

    /// The authority's own key.
    package var fingerprint: KeyFingerprint {
        KeyFingerprint(ofKey: key.publicKey.derRepresentation)
    }

    /// The day after which nobody believes it.
    package var expires: CivilDate { Self.day(certificate.notValidAfter) }

    /// Makes a key for a site and signs a certificate for it.
    package func site(_ warehouse: Warehouse.ID, at now: Timestamp) throws -> Issued {
        let name = GeneralName.uniformResourceIdentifier(
            "urn:holdfast:site:"
                + (warehouse.rawValue.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
                    ?? "")
        )
        return try issued(to: warehouse.rawValue, .clientAuth, [name], at: now)
    }

    /// Makes a key for the front door and signs a certificate for it.
    package func door(at now: Timestamp) throws -> Issued {
        try issued(
            to: SiteIdentity.doorName,
            .serverAuth,
            [.dnsName(SiteIdentity.doorName)],
            at: now
        )
    }

    /// Signs the certificate of the authority that follows this one.
    ///
    /// Shown by a door between its own and the authorities', it lets sites that
    /// know only this one believe the next.
    package func introduction(of next: CertificateAuthority, at now: Timestamp) throws -> String {
        let certificate = try Self.signed(
            subject: next.certificate.subject,
            key: next.certificate.publicKey,
            issuer: certificate.subject,
            issuerKey: key,
            days: Life.authority,
            at: now,
            extensions: try Self.ofAuthority(next.key.publicKey, issuer: key, pathLength: 0)
        )
        return try certificate.serializeAsPEM().pemString + "\n"
    }

    /// The days on which the certificates of a text end, in their order.
    package static func expiries(ofPEM text: String) throws -> [CivilDate] {
        try PEMDocument.parseMultiple(pemString: text)
            .filter { $0.discriminator == "CERTIFICATE" }
            .map { day(try Certificate(pemDocument: $0).notValidAfter) }
    }

    // Signing.

    private func issued(
        to name: String,
        _ usage: ExtendedKeyUsage.Usage,
        _ names: [GeneralName],
        at now: Timestamp
    ) throws -> Issued {
        let subject = P256.Signing.PrivateKey()
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([usage])
            SubjectAlternativeNames(names)
            Self.identifier(of: key.publicKey)
        }
        let certificate = try Self.signed(
            subject: DistinguishedName { CommonName(name) },
            key: Certificate.PublicKey(subject.publicKey),
            issuer: certificate.subject,
            issuerKey: key,
            days: Life.identity,
            at: now,
            extensions: extensions
        )
        return Issued(
            pem: subject.pemRepresentation + "\n" + (try certificate.serializeAsPEM().pemString)
                + "\n",
            key: KeyFingerprint(ofKey: subject.publicKey.derRepresentation),
            expires: Self.day(certificate.notValidAfter)
        )
    }

    private static func signed(
        subject: DistinguishedName,
        key: Certificate.PublicKey,
        issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey,
        days: Int,
        at now: Timestamp,
        extensions: Certificate.Extensions
    ) throws -> Certificate {
        let instant = Date(timeIntervalSince1970: Double(now.milliseconds / 1000))
        return try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key,
            notValidBefore: instant.addingTimeInterval(-86_400 * Double(Life.lead)),
            notValidAfter: instant.addingTimeInterval(86_400 * Double(days)),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey)
        )
    }

    private static func ofAuthority(
        _ key: P256.Signing.PublicKey,
        issuer: P256.Signing.PrivateKey,
        pathLength: Int
    ) throws -> Certificate.Extensions {
        try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
            Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            SubjectKeyIdentifier(hash: Certificate.PublicKey(key))
            identifier(of: issuer.publicKey)
        }
    }

    private static func identifier(of key: P256.Signing.PublicKey) -> AuthorityKeyIdentifier {
        let own = SubjectKeyIdentifier(hash: Certificate.PublicKey(key))
        return AuthorityKeyIdentifier(keyIdentifier: own.keyIdentifier)
    }

    /// With a part of the key, so that two authorities of one office are told apart.
    private static func name(
        of coordinator: Coordinator.ID,
        _ key: P256.Signing.PublicKey
    ) throws -> DistinguishedName {
        let mark = KeyFingerprint(ofKey: key.derRepresentation).short
        return try DistinguishedName {
            OrganizationName("Holdfast")
            CommonName("\(coordinator) \(mark)")
        }
    }

    private static func day(_ date: Date) -> CivilDate {
        CivilDate(daysSinceEpoch: Int((date.timeIntervalSince1970 / 86_400).rounded(.down)))
    }
}
