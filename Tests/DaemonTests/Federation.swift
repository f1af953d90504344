import CanonicalJSON
import Dispatch
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// What a program said and how it ended.
struct Outcome {
    let status: Int32
    let output: String
    let error: String

    /// The output as JSON; null when it is none.
    var json: JSON {
        (try? JSON.read(Array(output.utf8), limits: .operatorFile)) ?? .null
    }

    /// Runs a program to its end, or kills it after a minute and a half.
    static func of(
        _ program: String, _ arguments: [String], in network: NetworkNamespace? = nil
    ) throws -> Outcome {
        let output = Pipe()
        let errors = Pipe()
        let process = try Institution.process(
            program, arguments, output: output, errors: errors, in: network)
        let id = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(id, SIGKILL) }
        defer { watchdog.cancel() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(90), execute: watchdog)
        // What is said on standard error is a few lines and fits into the pipe.
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: said, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self)
        )
    }
}

/// A running `eccoed`.
final class DaemonProcess {
    private let process: Process
    /// What it said until it was ready.
    let said: String

    /// Starts the daemon of a folder and returns when it listens.
    init(
        _ folder: DataFolder, in network: NetworkNamespace? = nil,
        environment: [String: String] = [:]
    ) throws {
        let errors = Pipe()
        process = try Institution.process(
            "eccoed", ["--config", folder.configuration], errors: errors, in: network,
            environment: environment)
        let handle = errors.fileHandleForReading
        var seen = ""
        while !seen.contains("msg=Ready") {
            let data = handle.availableData
            guard !data.isEmpty else {
                throw Institution.Failure(what: "eccoed: \(seen)", status: 1)
            }
            seen += String(decoding: data, as: UTF8.self)
        }
        said = seen
        // What follows is read and dropped, so that the daemon never blocks on a full pipe.
        handle.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Ends the daemon as a service manager does; nil when it takes longer than `seconds`.
    func stop(within seconds: Int = 10) -> Int32? {
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        kill(process.processIdentifier, SIGTERM)
        guard ended.wait(timeout: .now() + .seconds(seconds)) == .success else { return nil }
        return process.terminationStatus
    }
}

/// An institution that joins a network which another one runs: real programs, real disk, real TLS.
final class Participant {
    let domain: String
    let folder: DataFolder
    private let root: String
    private let network: NetworkNamespace?
    private var daemon: DaemonProcess?

    /// Makes the data folder of `domain`; it may reach `others` on the loopback address.
    convenience init(_ domain: String, reaching others: [String] = []) throws {
        let names = [domain] + others
        try self.init(domain, listen: "127.0.0.1:0", allow: names.map { "\($0)=127.0.0.1" })
    }

    /// Makes the data folder of `domain`, whose programs run in a network of their own.
    init(
        _ domain: String, listen: String, allow: [String], in network: NetworkNamespace? = nil
    ) throws {
        self.domain = domain
        self.network = network
        // Short, since a Unix socket's path has at most 107 bytes.
        root = "/tmp/eccoe-t-\(UUID().uuidString.prefix(8))"
        folder = DataFolder(root + "/b")
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let made = try run(
            [
                "init", "--domain", domain, "--name", "University of \(domain)", "--listen",
                listen, "--anchor", root + "/anchor",
            ] + allow.flatMap { ["--allow", $0] })
        try #require(made.status == 0, "\(made.error)")
    }

    deinit {
        daemon = nil
        try? FileManager.default.removeItem(atPath: root)
    }

    /// A file in the participant's folder.
    func file(_ name: String) -> String { root + "/" + name }

    /// Runs `eccoe` for this node; results are JSON.
    func run(_ arguments: [String]) throws -> Outcome {
        try Outcome.of(
            "eccoe", arguments + ["--data", folder.path, "-o", "json"], in: network)
    }

    /// Runs `eccoe` for this node as a person does; results are text.
    func read(_ arguments: [String]) throws -> Outcome {
        try Outcome.of("eccoe", arguments + ["--data", folder.path], in: network)
    }

    /// Starts the daemon and returns when it listens.
    func start(environment: [String: String] = [:]) throws {
        daemon = try DaemonProcess(folder, in: network, environment: environment)
    }

    /// Ends the daemon; nil when it does not end.
    func stop() -> Int32? {
        defer { daemon = nil }
        return daemon?.stop()
    }

    /// The port of the admin listener, as the daemon said it.
    var adminPort: Int? {
        let word = daemon?.said.split(separator: " ").first { $0.hasPrefix("admin=") }
        return word.flatMap { Int($0.dropFirst(6)) }
    }

    /// The port of the https listener, as the daemon said it.
    var listenPort: Int? {
        let word = daemon?.said.split(separator: " ").first { $0.hasPrefix("port=") }
        return word.flatMap { Int($0.dropFirst(5)) }
    }

    /// Publishes the smallest items with these ids.
    func publish(_ ids: [String]) throws -> Outcome {
        let items = JSON.array(ids.map { Item.smallest($0, of: domain) })
        try Data(items.canonicalBytes).write(to: URL(fileURLWithPath: file("items.json")))
        return try run(["catalogue", "publish", file("items.json")])
    }

    /// Waits until everything that was heard of is held and confirmed.
    func converge() throws -> Outcome {
        try run(["status", "--wait", "converged", "--timeout", "60s"])
    }

    /// Waits until the node is a member and knows so many: who knows fewer asks other witnesses.
    func knows(members: Int64) throws {
        _ = try status { $0["standing"]?.string == "active" }
        _ = try run(["registry", "refresh"])
        _ = try status { $0["registry"]?["members"]?.integer == members }
    }

    /// The state, asked until `wanted` holds of it; an error after a minute.
    func status(until wanted: (JSON) -> Bool) throws -> JSON {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(60))
        while true {
            let status = try run(["status"]).json
            if wanted(status) { return status }
            guard clock.now < end else {
                throw Institution.Failure(what: "status: \(status.canonicalText)", status: 1)
            }
        }
    }
}

/// Items to publish.
enum Item {
    /// The smallest item that is acceptable.
    static func smallest(_ id: String, of domain: String) -> JSON {
        [
            "id": .string(id), "title": ["en": .string("Course \(id)")], "defaultLanguage": "en",
            "provider": ["name": ["en": .string(domain)]],
            "awardingBody": ["name": ["en": .string(domain)]],
        ]
    }
}

extension Institution {
    /// Lets the daemon reach these domains on the loopback address; before it is started.
    func allow(_ domains: [String]) throws {
        var text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
        for domain in domains {
            text += "    - host: \"\(domain)\"\n      address: \"127.0.0.1\"\n      port: 0\n"
        }
        try text.write(toFile: folder.configuration, atomically: true, encoding: .utf8)
    }

    /// The invite that others join with.
    func invite() throws -> String {
        try #require(try eccoe(["registry", "invite"])["invite"]?.string)
    }

    /// PEM file of the authority that the node's certificate is checked by.
    var authority: String { folder.file("tls/authority.pem") }

    /// Runs `eccoe` for this node, whatever comes of it; results are JSON.
    func run(_ arguments: [String]) throws -> Outcome {
        try Outcome.of("eccoe", arguments + ["--data", folder.path, "-o", "json"])
    }

    /// Lets a participant join and admits it.
    func admit(_ participant: Participant) throws {
        let joined = try participant.run(["join", try invite(), "--ca", authority])
        try #require(joined.status == 0, "\(joined.error)")
        let code = try #require(joined.json["code"]?.string)
        let admitted = try run(["registry", "admit", participant.domain, "--code", code])
        try #require(admitted.status == 0, "\(admitted.error)")
    }
}
