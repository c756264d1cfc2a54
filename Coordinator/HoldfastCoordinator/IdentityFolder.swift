import AllocationModel
import CertificateAuthority
import Foundation
import FrontDoor
import LogLines
import SystemPackage

/// The files in which the office keeps who it is and who its sites are.
///
/// `authority.pem` signs, and only the `agents` commands read it: it may be
/// kept elsewhere between them. The other files are the running coordinator's.
/// Each is replaced as a whole, and one command at a time has them.
struct IdentityFolder: Sendable {
    let url: URL

    private var authority: URL { file("authority.pem") }
    private var authorities: URL { file("authorities.pem") }
    private var introduction: URL { file("introduction.pem") }
    private var door: URL { file("door.pem") }
    private var enrolled: URL { file("enrolled") }

    private func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    // For the coordinator that runs.

    /// What the front door shows, and whom it believes.
    func credentials() throws -> DoorCredentials {
        try DoorCredentials(
            door: Array(try contents(of: door)),
            authorities: Array(try contents(of: authorities)),
            enrolment: try enrolment()
        )
    }

    /// Which key speaks for which site.
    func enrolment() throws -> Enrolment {
        let text = String(decoding: try contents(of: enrolled), as: UTF8.self)
        do throws(ParseError) {
            return try Enrolment(parsing: text)
        } catch {
            throw SettingsFault("\(enrolled.path): \(error)")
        }
    }

    /// Changes whenever one of the door's files has been replaced.
    var stamp: [String] {
        [door, authorities, enrolled]
            .map { file in
                let found = try? FileManager.default.attributesOfItem(atPath: file.path)
                let number = found?[.systemFileNumber] as? Int ?? 0
                let date = (found?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                return "\(number) \(found?[.size] as? Int ?? 0) \(date)"
            }
    }

    /// What will have expired by `day`, for people.
    func expiring(by day: CivilDate) throws -> [String] {
        var found: [String] = []
        for file in [door, authorities] {
            let text = String(decoding: try contents(of: file), as: UTF8.self)
            for expiry in try CertificateAuthority.expiries(ofPEM: text) where expiry <= day {
                found.append("a certificate in \(file.lastPathComponent) expires on \(expiry)")
            }
        }
        // A site's newest key counts: an older one is there until it is revoked.
        var newest: [Warehouse.ID: CivilDate] = [:]
        for entry in try enrolment().entries where entry.revoked == nil {
            newest[entry.warehouse] = max(newest[entry.warehouse] ?? entry.expires, entry.expires)
        }
        for (warehouse, expiry) in newest.sorted(by: { $0.key < $1.key }) where expiry <= day {
            found.append("the certificate of \(warehouse) expires on \(expiry); enrol it again")
        }
        return found
    }

    private func contents(of file: URL) throws -> Data {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw SettingsFault(
                "\(file.path) is not there; enrol a site first: "
                    + "holdfast-coordinator agents enroll DAL"
            )
        }
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw SettingsFault("\(file.path) cannot be read by \(NSUserName())")
        }
        return data
    }

    // For the commands.

    /// Does `body` while no other command has the folder, which is made where it is not there.
    func alone<Result>(_ body: () throws -> Result) throws -> Result {
        // Nobody else may read what is written here.
        umask(0o077)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let lock = try FileDescriptor.open(
            FilePath(file("lock").path),
            .readWrite,
            options: .create,
            permissions: .ownerReadWrite
        )
        return try lock.closeAfter {
            guard flock(lock.rawValue, LOCK_EX) == 0 else {
                throw SettingsFault("\(url.path) cannot be locked")
            }
            return try body()
        }
    }

    /// Makes a key for a site, enrols it, and returns what the site must have.
    func enrol(
        _ warehouse: Warehouse.ID,
        of coordinator: Coordinator.ID,
        at now: Timestamp
    ) throws -> CertificateAuthority.Issued {
        let signer = try signer(of: coordinator, at: now)
        let issued = try signer.site(warehouse, at: now)
        var list =
            FileManager.default.fileExists(atPath: enrolled.path)
            ? try enrolment() : Enrolment()
        try list.enrol(
            Enrolment.Entry(
                warehouse: warehouse,
                key: issued.key,
                authority: signer.fingerprint,
                enrolled: now.utcDay,
                expires: issued.expires
            )
        )
        try replace(enrolled, with: list.text)
        return CertificateAuthority.Issued(
            pem: issued.pem + (try signer.certificatePEM),
            key: issued.key,
            expires: issued.expires
        )
    }

    /// Shuts keys of a site out, and returns them.
    func revoke(
        _ warehouse: Warehouse.ID,
        at now: Timestamp,
        where isMeant: (Enrolment.Entry) -> Bool
    ) throws -> [Enrolment.Entry] {
        var list = try enrolment()
        let revoked = list.revoke(warehouse, on: now.utcDay, where: isMeant)
        if !revoked.isEmpty { try replace(enrolled, with: list.text) }
        return revoked
    }

    /// Puts a new authority in the old one's place, with both believed.
    func renewAuthority(of coordinator: Coordinator.ID, at now: Timestamp) throws {
        let old = try signer(of: coordinator, at: now)
        guard !FileManager.default.fileExists(atPath: introduction.path) else {
            throw SettingsFault(
                "the authority before this one is still believed; end that first: "
                    + "holdfast-coordinator agents authority retire"
            )
        }
        let new = try CertificateAuthority(for: coordinator, at: now)
        // In this order each step by itself leaves every site able to connect.
        try replace(authorities, with: try new.certificatePEM + old.certificatePEM)
        try replace(introduction, with: try old.introduction(of: new, at: now))
        try replace(authority, with: try new.pem)
        try renewDoor(new, at: now)
    }

    /// Believes only the present authority from now on.
    func retireAuthority(of coordinator: Coordinator.ID, at now: Timestamp) throws {
        let signer = try signer(of: coordinator, at: now)
        let left = try enrolment().entries
            .filter { $0.revoked == nil && $0.authority != signer.fingerprint }
        guard left.isEmpty else {
            let names = Set(left.map(\.warehouse.rawValue)).sorted().joined(separator: ", ")
            throw SettingsFault(
                "the authority before this one has signed for \(names); enrol each again, install "
                    + "what that makes, and revoke the older key: "
                    + "holdfast-coordinator agents revoke \(left[0].warehouse) --older"
            )
        }
        try? FileManager.default.removeItem(at: introduction)
        try renewDoor(signer, at: now)
        try replace(authorities, with: try signer.certificatePEM)
    }

    /// The authority, made where there is none, and the door's certificate, renewed in time.
    private func signer(
        of coordinator: Coordinator.ID,
        at now: Timestamp
    ) throws -> CertificateAuthority {
        let files = FileManager.default
        guard files.fileExists(atPath: authority.path) else {
            guard !files.fileExists(atPath: authorities.path) else {
                throw SettingsFault(
                    "\(authority.path) is not there; put it back to enrol or renew: it signs"
                )
            }
            let new = try CertificateAuthority(for: coordinator, at: now)
            try replace(authority, with: try new.pem)
            try replace(authorities, with: try new.certificatePEM)
            try renewDoor(new, at: now)
            return new
        }
        let text = String(decoding: try contents(of: authority), as: UTF8.self)
        let signer = try CertificateAuthority(pem: text)
        // A command that was killed may have left the others behind.
        if !files.fileExists(atPath: authorities.path) {
            try replace(authorities, with: try signer.certificatePEM)
        }
        let expiry =
            files.fileExists(atPath: door.path)
            ? try CertificateAuthority.expiries(
                ofPEM: String(decoding: try contents(of: door), as: UTF8.self)
            )
            .first : nil
        if expiry ?? now.utcDay <= now.utcDay.adding(days: Self.renewalDays) {
            try renewDoor(signer, at: now)
        }
        return signer
    }

    /// Days before a door's certificate expires from which the next command renews it.
    private static let renewalDays = 180

    private func renewDoor(_ signer: CertificateAuthority, at now: Timestamp) throws {
        let chain = FileManager.default.contents(atPath: introduction.path) ?? Data()
        let issued = try signer.door(at: now)
        try replace(door, with: issued.pem + String(decoding: chain, as: UTF8.self))
    }

    private func replace(_ file: URL, with text: String) throws {
        try Data(text.utf8).write(to: file, options: .atomic)
        let written = try FileDescriptor.open(FilePath(file.path), .readOnly)
        try written.closeAfter { _ = fsync(written.rawValue) }
        let folder = try FileDescriptor.open(FilePath(url.path), .readOnly)
        try folder.closeAfter { _ = fsync(folder.rawValue) }
    }
}
