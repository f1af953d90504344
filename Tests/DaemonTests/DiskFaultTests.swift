import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing
import TransparencyLog

/// Disks that fail or fill up under the real daemon: strace lets system calls fail, and a small
/// tmpfs runs full.
@Suite(.ownThreads, .serialized) struct DiskFaultTests {
    @Test(
        .enabled("skipped: strace is missing or may not trace here") { Strace.isUsable },
        arguments: ["fdatasync:error=EIO", "fdatasync:error=ENOSPC", "pwrite64:error=EIO"])
    func `a failed write or sync ends the daemon, and nothing acknowledged is lost`(
        _ fault: String
    ) async throws {
        let setting = try await DiskFaultSetting()
        try await setting.publish(1...5)
        var daemonEnded = false
        for attempt in 1...6 where !daemonEnded {
            let strace = try Strace(
                injecting: "\(fault):when=\(attempt)+", into: setting.institution)
            do {
                try await setting.publish(100 * attempt...100 * attempt + 20)
            } catch {
                // Whatever the caller was told, it was no acknowledgement.
            }
            strace.stop()
            daemonEnded = setting.institution.hasEnded(within: 15)
            if !daemonEnded { try await setting.publish(1000 * attempt...1000 * attempt) }
        }
        #expect(daemonEnded)
        #expect(setting.institution.daemon?.terminationStatus != 0)
        try setting.institution.start()
        try await setting.check()
        try await setting.publish(9000...9003)
        try await setting.check()
        #expect(setting.institution.stop() == 0)
    }

    @Test(.enabled("skipped: strace is missing or may not trace here") { Strace.isUsable })
    func `without space the log is read-only, and goes on by itself when there is some`()
        async throws
    {
        let setting = try await DiskFaultSetting()
        try await setting.publish(1...5)
        let strace = try Strace(injecting: "pwrite64:error=ENOSPC", into: setting.institution)
        var refusals = 0
        for number in 100...110 {
            do {
                try await setting.publish(number...number)
            } catch let problem as Problem {
                #expect(problem.slug == .readOnly)
                #expect(problem.detail.contains("the disk is full"))
                refusals += 1
            }
        }
        #expect(refusals > 0)
        strace.stop()
        #expect(!setting.institution.hasEnded(within: 0))
        try await setting.publish(200...205)
        try await setting.check()
        #expect(setting.institution.stop() == 0)
    }

    @Test(.enabled("skipped: mounting a tmpfs needs root") { SmallDisk.isUsable })
    func `a disk that runs full and is freed loses nothing`() async throws {
        let disk = try SmallDisk(megabytes: 32)
        let setting = try await DiskFaultSetting(in: disk.path)
        try await setting.publish(1...5)
        let filler = disk.path + "/filler"
        try disk.fill(filler)
        var refusals = 0
        for number in 100...400 where refusals < 3 {
            do {
                try await setting.publish(number...number, bytes: 20_000)
            } catch let problem as Problem {
                #expect(problem.slug == .readOnly, "\(problem.detail)")
                refusals += 1
            }
        }
        #expect(refusals == 3)
        let status = try await setting.institution.ask(.status)
        #expect(status["writing"]?["state"]?.string == "full")
        try setting.check(entriesOf: setting.institution)
        try FileManager.default.removeItem(atPath: filler)
        try await setting.publish(500...510)
        let after = try await setting.institution.ask(.status)
        #expect(after["writing"]?["state"]?.string == "open")
        try await setting.check()
        #expect(setting.institution.stop() == 0)
        try setting.institution.start()
        try await setting.check()
        #expect(setting.institution.stop() == 0)
    }
}

/// A running institution and everything that was acknowledged to its caller.
private final class DiskFaultSetting {
    let institution: Institution
    private var acknowledged: [String: Int] = [:]

    init(in folder: String = "/tmp") async throws {
        institution = try Institution(in: folder)
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
    }

    /// Publishes items one by one and remembers what was acknowledged.
    func publish(_ numbers: ClosedRange<Int>, bytes: Int = 0) async throws {
        for number in numbers {
            let answer = try await institution.publish(
                "C-\(number)", text: String(repeating: "x", count: bytes))
            let index = try #require(answer["results"]?[0]?["index"]?.integer)
            acknowledged["C-\(number)"] = Int(index)
        }
    }

    /// Every acknowledged item is served and stands where it was said to stand, under a head that
    /// covers it.
    func check() async throws {
        let status = try await institution.ask(.status)
        let size = try #require(status["log"]?["size"]?.integer)
        for index in acknowledged.values { #expect(index < size) }
        try check(entriesOf: institution)
    }

    func check(entriesOf institution: Institution) throws {
        let head = try KillTests.check(
            institution, journal: acknowledged.mapValues { (index: $0, revision: 1) }, since: nil)
        #expect(head.checkpoint.size > 0)
    }
}

/// strace attached to the daemon, letting a system call fail.
final class Strace {
    private let process: Process

    /// Whether strace is there and may trace a process of ours.
    static var isUsable: Bool {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/strace") else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = ["-f", "-o", "/dev/null", "/bin/true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    init(injecting fault: String, into institution: Institution) throws {
        let daemon = try #require(institution.daemon)
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        let call = String(fault.prefix { $0 != ":" })
        process.arguments = [
            "-f", "-p", "\(daemon.processIdentifier)", "-o", "/dev/null", "-e", "trace=\(call)",
            "-e", "inject=\(fault)",
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        // It says so once it has hold of the process.
        var said = ""
        while !said.contains("attached") {
            let data = errors.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Institution.Failure(what: said, status: 1) }
            said += String(decoding: data, as: UTF8.self)
        }
        errors.fileHandleForReading.readabilityHandler = {
            if $0.availableData.isEmpty { $0.readabilityHandler = nil }
        }
    }

    deinit { stop() }

    /// Lets the daemon go on without faults. Other signals may be blocked in a child of a test.
    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}

/// A tmpfs of its own.
final class SmallDisk {
    let path: String

    static var isUsable: Bool {
        guard geteuid() == 0, let disk = try? SmallDisk(megabytes: 1) else { return false }
        return FileManager.default.fileExists(atPath: disk.path)
    }

    init(megabytes: Int) throws {
        path = "/tmp/eccoe-d-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            let code = errno
            try? FileManager.default.removeItem(atPath: path)
            throw StoreError.file(path, code)
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file until nothing more fits.
    func fill(_ file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw StoreError.file(file, errno) }
        defer { close(descriptor) }
        for size in [1 << 20, 1 << 12, 1] {
            let zeros = [UInt8](repeating: 0, count: size)
            while write(descriptor, zeros, size) == size {}
        }
    }
}
