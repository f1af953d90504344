import CanonicalJSON
import Foundation
import Glibc
import NodeStore
import Testing

/// What `eccoe doctor` says under conditions that a node does not make itself.
@Suite(.ownThreads, .serialized) struct DoctorConditionTests {
    @Test func `a node that has only been made is told what comes next`() throws {
        let participant = try Participant("uni-b.example", listen: "127.0.0.1:0", allow: [])
        let examination = try Examination(participant)
        #expect(examination.status == 1)
        #expect(examination["registry"]?.state == "failed")
        let join = "eccoe join '<invite>' --data \(participant.folder.path)"
        #expect(examination["registry"]?.remedy == join)
        #expect(examination["standing"]?.state == "not checked")
        #expect(examination["standing"]?.remedy == join)
        #expect(examination["name"]?.state == "failed")
        #expect(examination["name"]?.detail.contains("neither 443 nor 8443") == true)
        for check in ["reachability", "neighbours", "mirrors", "witnesses", "log", "keys"] {
            #expect(examination[check]?.state == "not checked", "\(check)")
        }
        #expect(examination["disk"]?.state == "ok")
        #expect(examination["key files"]?.state == "ok")
    }

    @Test func `a name that no DNS knows is told`() throws {
        let participant = try Participant("uni-b.example", reaching: [])
        let data = participant.file("other")
        let made = try Outcome.of(
            "eccoe",
            [
                "init", "--domain", "uni-x.example", "--name", "X", "--url",
                "https://node.uni-x.example", "--data", data,
            ])
        try #require(made.status == 0, "\(made.error)")
        let examination = Examination(
            try Outcome.of("eccoe", ["doctor", "--data", data, "-o", "json"]))
        #expect(examination["name"]?.state == "failed")
        #expect(examination["name"]?.detail.contains("does not resolve") == true)
        #expect(examination["name"]?.remedy?.hasPrefix("getent ahosts node.uni-x.example") == true)
    }

    @Test func `who waits for admission, and whom nobody can reach, is told`() async throws {
        let operatorNode = try Institution()
        let known = [operatorNode.domain, "uni-b.example"]
        try operatorNode.allow(known)
        let b = try Participant("uni-b.example", reaching: known)
        // The others know no address of uni-d.example.
        let d = try Participant("uni-d.example", reaching: known)
        try operatorNode.start()
        _ = try await operatorNode.admitted()
        let joined = try d.run([
            "join", try operatorNode.invite(), "--ca", operatorNode.authority,
        ])
        try #require(joined.status == 0, "\(joined.error)")
        let waiting = try Examination(d)
        #expect(waiting["standing"]?.state == "warning")
        #expect(waiting["keys"]?.state == "not checked")
        for participant in [b, d] {
            try operatorNode.admit(participant)
            try participant.start()
        }
        for participant in [b, d] { try participant.knows(members: 3) }
        let examination = try Examination(d)
        #expect(examination["standing"]?.state == "ok")
        #expect(examination["certificate"]?.state == "ok")
        let finding = try #require(examination["reachability"])
        #expect(finding.state == "failed")
        #expect(finding.detail.hasPrefix("none of 2 reached it; "), "\(finding.detail)")
        // They would connect to 443 or 8443 only, had their operators not said otherwise.
        #expect(finding.detail.contains("neither 443 nor 8443"), "\(finding.detail)")
        #expect(finding.remedy?.contains("reachable: false") == true)
    }

    @Test(.enabled("skipped: there is no faketime") { Faketime.isThere })
    func `what time does shows at a clock that is ahead`() async throws {
        let network = try await Network.founded(converged: true)
        let b = network.b
        let at400 = try Faketime.examination(of: b, at: "+400s")
        #expect(at400["clock"]?.state == "warning")
        #expect(at400["clock"]?.detail.contains("ahead of the median of 2 members") == true)
        #expect(at400["clock"]?.remedy == "timedatectl set-ntp true")
        for (days, state) in [(6, "ok"), (9, "warning"), (29, "failed")] {
            let later = try Faketime.examination(of: b, at: "+\(days)d")
            #expect(later["registry"]?.state == state, "\(days) days")
        }
        let soon = try Faketime.examination(of: b, at: "+800d")
        #expect(soon["certificate"]?.state == "warning")
        let late = try Faketime.examination(of: b, at: "+900d")
        #expect(late["certificate"]?.state == "failed")
        #expect(late["certificate"]?.detail.hasPrefix("it has expired") == true)
    }

    @Test(.enabled("skipped: mounting a tmpfs needs root") { SmallDisk.isUsable })
    func `a disk with too little space is told`() throws {
        let disk = try SmallDisk(megabytes: 40)
        let institution = try Institution(in: disk.path)
        let examination = Examination(try institution.run(["doctor"]))
        #expect(examination["disk"]?.state == "failed")
        let larger = try SmallDisk(megabytes: 200)
        let other = try Institution(in: larger.path)
        #expect(Examination(try other.run(["doctor"]))["disk"]?.state == "warning")
    }
}

/// A program that sees another time than the machine's.
private enum Faketime {
    private static let program = "/usr/bin/faketime"

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    static func examination(of participant: Participant, at offset: String) throws -> Examination {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments =
            ["-f", offset, try Institution.binary("eccoe").path, "doctor"]
            + ["--data", participant.folder.path, "-o", "json"]
        // Another date, but waiting takes as long as ever.
        process.environment = [
            "PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Examination(
            Outcome(
                status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
                error: ""))
    }
}
