package import Foundation

/// Programs that nobody here wrote, run for a second opinion. Where one is missing, its tests are
/// skipped and say so.
package enum Stranger {
    /// The repository's root.
    package static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let tools = root.appendingPathComponent(".build-tools")

    /// The Python of the virtual environment with tuf and rfc8785.
    package static let python = variable("ECCOE_PYTHON") ?? "python3"
    /// A Python of at least 3.12 with aics-tlog and aics-witness.
    private static let newPython =
        variable("ECCOE_AICS_PYTHON")
        ?? tools.appendingPathComponent("aics/bin/python").path

    /// A Python with sickle, PyLD and schemathesis.
    private static let webPython =
        variable("ECCOE_WEB_PYTHON") ?? tools.appendingPathComponent("web/bin/python").path

    /// Tests/SecondOpinion/xmod, which reads logs with golang.org/x/mod, built; nil where Go or the
    /// package is missing.
    package static let xmod: String? = {
        let program = tools.appendingPathComponent("xmod").path
        let build = ["go", "build", "-o", program, "./Tests/SecondOpinion/xmod"]
        return (try? run(build))?.status == 0 ? program : nil
    }()

    /// Whether python-tuf is there.
    package static let hasTUF = (try? run([python, "-c", "import tuf"]))?.status == 0

    /// Whether aics-tlog is there.
    package static let hasTlog = (try? run([newPython, "-c", "import aics_tlog"]))?.status == 0

    /// Whether aics-witness is there.
    package static let hasWitness =
        (try? run([newPython, "-c", "import aics_witness"]))?.status == 0

    /// Whether sickle, which harvests by OAI-PMH, is there.
    package static let hasSickle = (try? run([webPython, "-c", "import sickle"]))?.status == 0

    /// Whether PyLD is there.
    package static let hasPyLD = (try? run([webPython, "-c", "import pyld"]))?.status == 0

    /// Whether schemathesis is there.
    package static let hasSchemathesis =
        (try? run([webPython, "-c", "import schemathesis"]))?.status == 0

    /// What is said where one of these is missing.
    package static let noWeb =
        "no Python with sickle, PyLD and schemathesis (ECCOE_WEB_PYTHON): skipped"
    /// What is said where Go is missing.
    package static let noGo =
        "go or golang.org/x/mod (golang-go, golang-golang-x-mod-dev) absent: skipped"
    /// What is said where aics-tlog is missing.
    package static let noTlog =
        "no Python 3.12 with aics-tlog and aics-witness (ECCOE_AICS_PYTHON): skipped"

    /// Whether python-tuf can write repositories, too.
    package static let canWriteTUF =
        (try? run([python, "-c", "import tuf, cryptography"]))?.status == 0

    /// Tries the client of TUF in `program` against repositories that python-tuf writes.
    package static func tryTUFClient(_ program: String) throws -> Answer {
        let path = root.appendingPathComponent("Tests/SecondOpinion/tuf/client_cases.py").path
        return try run([python, path, program])
    }

    /// What a program answered.
    package struct Answer: Sendable {
        /// Its exit status.
        package let status: Int32
        /// What it wrote, errors included.
        package let output: String
    }

    /// Runs a script of Tests/SecondOpinion/aics.
    package static func aics(_ script: String, _ arguments: [String]) throws -> Answer {
        let path = root.appendingPathComponent("Tests/SecondOpinion/aics/\(script).py").path
        return try run([newPython, path] + arguments)
    }

    /// Runs a script of Tests/SecondOpinion/publication.
    package static func publication(_ script: String, _ arguments: [String]) throws -> Answer {
        let path = root.appendingPathComponent("Tests/SecondOpinion/publication/\(script).py").path
        return try run([webPython, path] + arguments)
    }

    /// The command line of a Python module that brings a program.
    package static func module(_ name: String, _ arguments: [String]) -> [String] {
        [newPython, "-m", name] + arguments
    }

    /// Runs a command at the root to its end; output goes through a file, never a pipe that could
    /// fill up.
    package static func run(_ arguments: [String]) throws -> Answer {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("second-opinion-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try start(arguments, output: file)
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus, output: try String(contentsOf: file, encoding: .utf8)
        )
    }

    /// Starts a command at the root; what it writes goes to `output`.
    package static func start(_ arguments: [String], output: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = root
        var environment = ProcessInfo.processInfo.environment
        // Debian's packages of Go libraries are no modules.
        environment["GOFLAGS"] = nil
        environment["GO111MODULE"] = "off"
        environment["GOPATH"] = "/usr/share/gocode"
        environment["GOCACHE"] = tools.appendingPathComponent("go-cache").path
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return process
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
    }
}
