import AllocationModel
import CertificateAuthority
import Testing

@testable import FrontDoor

struct `The certificate authority` {
    @Test func `gives out identities that are what their key's fingerprint says`() throws {
        let authority = try CertificateAuthority(for: "main", at: today)

        let issued = try authority.site("DAL", at: today)
        let identity = try SiteIdentity(pem: Array((issued.pem + authority.certificatePEM).utf8))

        #expect(identity.key == issued.key)
        #expect(try authority.site("DAL", at: today).key != issued.key)
    }

    @Test func `is the same after it was written down`() throws {
        let authority = try CertificateAuthority(for: "main", at: today)

        let read = try CertificateAuthority(pem: authority.pem)

        #expect(read.fingerprint == authority.fingerprint)
        #expect(try read.pem == authority.pem)
    }

    @Test func `says when what it signed expires`() throws {
        let authority = try CertificateAuthority(for: "main", at: today)
        let issued = try authority.site("DAL", at: today)
        let day = CivilDate(daysSinceEpoch: Int(today.milliseconds / 86_400_000))

        #expect(issued.expires == day.adding(days: 825))
        #expect(
            try CertificateAuthority.expiries(ofPEM: issued.pem + authority.certificatePEM)
                == [issued.expires, authority.expires]
        )
    }

    @Test func `refuses files that do not belong together`() throws {
        let one = try CertificateAuthority(for: "main", at: today)
        let other = try CertificateAuthority(for: "main", at: today)
        let key = try other.pem.replacing(try other.certificatePEM, with: "")

        #expect(throws: (any Error).self) { try CertificateAuthority(pem: one.certificatePEM) }
        #expect(throws: (any Error).self) {
            try CertificateAuthority(pem: try one.certificatePEM + key)
        }
        #expect(throws: (any Error).self) { try CertificateAuthority(pem: "nothing") }
        #expect(throws: ParseError.self) { try SiteIdentity(pem: Array("nothing".utf8)) }
        #expect(throws: ParseError.self, "no authority to believe") {
            try SiteIdentity(pem: Array(one.site("DAL", at: today).pem.utf8))
        }
    }
}
