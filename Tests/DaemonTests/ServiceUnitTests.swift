import Foundation
import Glibc
import NodeStore
import Testing

/// What Deploy/service hands to a service manager.
@Suite(.ownThreads) struct ServiceUnitTests {
    private static let unit = "Deploy/service/eccoed.service"

    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    private static func isThere(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: program)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (Int32, String) {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test(
        .enabled("skipped: there is no systemd-analyze") { isThere("/usr/bin/systemd-analyze") })
    func `the service may do little`() throws {
        let (status, said) = try Self.run(
            "/usr/bin/systemd-analyze",
            [
                "security", "--offline=true", "--threshold=20", "--no-pager",
                Self.root.appendingPathComponent(Self.unit).path,
            ])
        // The threshold is in tenths: 2.0.
        #expect(status == 0, "\(said.suffix(300))")
        let last = try #require(said.split(separator: "\n").last { $0.contains("exposure level") })
        let level = try #require(last.split(separator: " ").compactMap { Double($0) }.first)
        #expect(level <= 2.0)
    }

    @Test(
        .enabled("skipped: systemd-analyze or strace is missing, or strace may not trace here") {
            isThere("/usr/bin/systemd-analyze") && Strace.isUsable
        })
    func `every system call that a working daemon makes is one that the service may make`() throws {
        let allowed = try Self.allowedCalls()
        #expect(allowed.contains("fdatasync") && !allowed.contains("mount"))
        let participant = try Participant("uni-b.example")
        let used = try SystemCalls.ofDaemon(participant.folder) {
            for arguments in [["status"], ["peer", "list"]] {
                let outcome = try participant.run(arguments)
                #expect(outcome.status == 0)
            }
        }
        #expect(used.contains("pwrite64") && used.contains("accept4"), "\(used.sorted())")
        // As root only SQLite gives its files to their folder's owner.
        let asRoot: Set<String> = geteuid() == 0 ? ["fchown"] : []
        let refused = used.subtracting(allowed).subtracting(asRoot)
        #expect(refused.isEmpty, "\(refused.sorted())")
    }

    /// What the filter's lines leave, in systemd's own words.
    private static func allowedCalls() throws -> Set<String> {
        var allowed: Set<String> = []
        for line in try text(unit).split(separator: "\n") where line.hasPrefix("SystemCallFilter=")
        {
            let words = line.dropFirst("SystemCallFilter=".count)
            let isTaken = !words.hasPrefix("~")
            for name in words.drop(while: { $0 == "~" }).split(separator: " ") {
                let calls = try calls(of: String(name))
                if isTaken { allowed.formUnion(calls) } else { allowed.subtract(calls) }
            }
        }
        return allowed
    }

    private static func calls(of set: String) throws -> Set<String> {
        guard set.hasPrefix("@") else { return [set] }
        let (status, said) = try run("/usr/bin/systemd-analyze", ["syscall-filter", set])
        try #require(status == 0, "\(said)")
        var calls: Set<String> = []
        for line in said.split(separator: "\n") where line.hasPrefix("    ") {
            let word = line.drop { $0 == " " }
            if word.hasPrefix("@") {
                calls.formUnion(try Self.calls(of: String(word)))
            } else if !word.hasPrefix("#") {
                calls.insert(String(word))
            }
        }
        return calls
    }

    @Test func `folders and user are those that the service uses`() throws {
        let unit = try Self.text(Self.unit)
        #expect(unit.contains("User=eccoe\n"))
        #expect(unit.contains("LoadCredential=keys:/etc/eccoe/keys\n"))
        let users = try Self.text("Deploy/service/sysusers.conf")
        #expect(users.contains("\nu eccoe "))
        let folders = try Self.text("Deploy/service/tmpfiles.conf")
        for path in ["/etc/eccoe/keys", "/var/lib/eccoe", "/var/lib/eccoe-anchor", "/run/eccoe"] {
            #expect(folders.contains("d \(path) "), "\(path)")
        }
    }

    @Test(
        .enabled("skipped: there is no systemd-sysusers") { isThere("/usr/bin/systemd-sysusers") })
    func `systemd takes the files of users and folders`() throws {
        let root = "/tmp/eccoe-r-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: root + "/etc", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let file = { (name: String) in
            Self.root.appendingPathComponent("Deploy/service/\(name)").path
        }
        let users = try Self.run(
            "/usr/bin/systemd-sysusers", ["--root", root, file("sysusers.conf")])
        #expect(users.0 == 0, "\(users.1)")
        let passwd = try String(contentsOfFile: root + "/etc/passwd", encoding: .utf8)
        #expect(passwd.contains("eccoe:"))
        let folders = try Self.run(
            "/usr/bin/systemd-tmpfiles", ["--create", "--root", root, file("tmpfiles.conf")])
        #expect(folders.0 == 0, "\(folders.1)")
        let keys = try FileManager.default.attributesOfItem(atPath: root + "/etc/eccoe/keys")
        #expect((keys[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    }
}

/// The system calls of a program, as strace counts them.
private enum SystemCalls {
    /// Of a daemon from its start to its end, `body` in between.
    static func ofDaemon(
        _ folder: DataFolder, _ body: () throws -> Void
    ) throws -> Set<String> {
        let report = folder.file("calls.txt")
        let errors = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = [
            "-f", "-c", "-o", report, try Institution.binary("eccoed").path, "--config",
            folder.configuration,
        ]
        process.environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        var seen = ""
        while !seen.contains("msg=Ready") {
            let data = errors.fileHandleForReading.availableData
            try #require(!data.isEmpty, "\(seen)")
            seen += String(decoding: data, as: UTF8.self)
        }
        try body()
        // strace hands the signal on by ending when its child has ended.
        let child = try String(
            contentsOfFile: "/proc/\(process.processIdentifier)/task/"
                + "\(process.processIdentifier)/children", encoding: .utf8)
        let id = try #require(Int32(child.split(separator: " ").first ?? ""))
        kill(id, SIGTERM)
        process.waitUntilExit()
        let lines = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
        return Set(
            lines.dropFirst(2).compactMap { line in
                let words = line.split(separator: " ")
                guard let name = words.last, Double(words[0]) != nil, name != "total" else {
                    return nil
                }
                return String(name)
            })
    }
}
