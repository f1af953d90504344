import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing
import TransparencyLog

/// Killing the daemon with -9 while a catalogue streams in: nothing acknowledged is lost, and the
/// log goes on with the same history.
@Suite(.ownThreads, .serialized) struct KillTests {
    /// `ECCOE_KILLS` asks for more.
    static let kills =
        ProcessInfo.processInfo.environment["ECCOE_KILLS"].flatMap { Int($0) } ?? 25

    @Test func `nothing acknowledged is lost by kill -9`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        let items = institution.file("items.jsonl")
        try Self.writeItems(3000, to: items)
        var journal: [String: (index: Int, revision: Int)] = [:]
        var known: VerifiedCheckpoint?
        for round in 1...Self.kills {
            let acknowledged = try Self.importUntilKilled(
                items, at: institution, lines: 20 + round * 37)
            for line in acknowledged { journal[line.id] = (line.index, line.revision) }
            known = try Self.check(institution, journal: journal, since: known)
            try institution.start()
        }
        #expect(journal.count > 100)
        // Running it again finishes it; what was taken before is unchanged.
        let process = try Institution.process(
            "eccoe",
            ["catalogue", "import", "--format", "json", items, "--data", institution.folder.path])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let status = try await institution.ask(.status)
        #expect(status["items"]?.integer == 3000)
        #expect(status["log"]?["size"]?.integer == 3001)
        #expect(institution.stop() == 0)
        _ = try Self.check(institution, journal: journal, since: known)
    }

    /// Starts an import, kills the daemon after so many acknowledgements, and returns all that the
    /// command printed.
    private static func importUntilKilled(
        _ items: String, at institution: Institution, lines: Int
    ) throws -> [(id: String, index: Int, revision: Int)] {
        let output = Pipe()
        let process = try Institution.process(
            "eccoe",
            [
                "catalogue", "import", "--format", "json", items, "--batch", "8", "-o", "jsonl",
                "--data", institution.folder.path,
            ], output: output)
        var text: [UInt8] = []
        var killed = false
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += data
            if !killed, text.count(where: { $0 == 0x0a }) >= lines {
                killed = true
                institution.killDaemon()
            }
        }
        process.waitUntilExit()
        if !killed { institution.killDaemon() }
        return try text.split(separator: 0x0a).compactMap { line in
            let json = try JSON.read(Array(line))
            guard let id = json["id"]?.string, let index = json["index"]?.integer,
                let revision = json["revision"]?.integer
            else { return nil }
            return (id, Int(index), Int(revision))
        }
    }

    /// Recomputes the whole log from the disk, and finds every acknowledged line in it.
    static func check(
        _ institution: Institution, journal: [String: (index: Int, revision: Int)],
        since old: VerifiedCheckpoint?
    ) throws -> VerifiedCheckpoint {
        let reader = try LogReader(path: institution.folder.log(epoch: 1))
        let stored = try #require(try reader.head())
        let head = try VerifiedCheckpoint(stored.note, key: VerifierKey(stored.vkey))
        var audit = LogAudit(checkpoint: head, old: old)
        var entries: [[UInt8]] = []
        while let tile = audit.next {
            entries += try audit.receive(try #require(try reader.resource(tile)))
        }
        try audit.finish()
        for (id, place) in journal {
            guard case .leaf(let leaf) = LeafReading(entries[place.index]) else {
                Issue.record("entry \(place.index) is no leaf")
                continue
            }
            #expect(leaf.subject == id)
            #expect(leaf.revision == place.revision)
        }
        return head
    }

    static func writeItems(_ count: Int, to path: String) throws {
        var text = ""
        for number in 1...count {
            let item: JSON = [
                "id": .string("C-\(number)"), "title": ["en": .string("Course \(number)")],
                "defaultLanguage": "en", "provider": ["name": ["en": "University A"]],
                "awardingBody": ["name": ["en": "University A"]],
            ]
            text += item.canonicalText + "\n"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}

extension Institution {
    /// Waits until the daemon has read the registry that names it.
    func admitted() async throws -> JSON {
        for _ in 0..<600 {
            let status = try await ask(.status)
            if status["standing"]?.string == "active" { return status }
            _ = try? await ask(.registryRefresh)
        }
        throw Failure(what: "not admitted", status: 1)
    }
}
