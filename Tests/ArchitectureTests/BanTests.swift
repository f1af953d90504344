import Testing

@Suite struct `What is banned` {
    /// A pattern that may not stand in code, and what to do instead.
    struct Ban: Sendable {
        let name: String
        /// One of these stands in every line that the pattern finds: spares the slow search.
        let marks: [String]
        let isFound: @Sendable (String) -> Bool
        let remedy: String
        /// Whether the rule holds for a file.
        let holds: @Sendable (SourceFile) -> Bool
    }

    /// Files with an unstructured task, each with its reason.
    static let filesWithTasks: [String: String] = [
        "Tests/Simulation/Run.swift": "the root of all tasks of a run, on an executor of its own"
    ]

    static let bans: [Ban] = [
        Ban(
            name: "an unstructured task",
            marks: ["Task"],
            isFound: {
                $0.contains(/\bTask\s*(\([^)]*\)\s*)?\{|\bTask\.(detached|immediate)\b/)
                    || $0.contains(/\bTask<.*>\s*(\([^)]*\)\s*)?\{/)
            },
            remedy: "make it a Service or a task group, or allow it in BanTests with its reason",
            holds: { filesWithTasks[$0.path] == nil }
        ),
        Ban(
            name: "the machine's clock",
            marks: ["Date", "Clock", "clock"],
            isFound: {
                $0.contains(/\bDate\(\)|\bDate\.now\b|\bDate\(timeIntervalSinceNow/)
                    || $0.contains(/\b(ContinuousClock|SuspendingClock)\b|\bclock_gettime\b/)
            },
            remedy: "a pure room takes an Instant as a parameter",
            holds: { $0.isSource && ImportTable.rooms[$0.target ?? ""]?.isPure == true }
        ),
        Ban(
            name: "the machine's chance",
            marks: ["SecureRandom", "randomElement", "shuffle", "SystemRandom"],
            isFound: {
                $0.contains(/SecureRandom\.|SystemRandomNumberGenerator/)
                    || $0.contains(/\.(shuffled|shuffle|randomElement)\(\)/)
            },
            remedy: "draw from node.random, so that a simulation can replay its seed",
            holds: { $0.target == "Node" && !$0.path.hasSuffix("/RandomSource.swift") }
        ),
        Ban(
            name: "a wait that leaves the executor",
            marks: ["racefulShutdown"],
            isFound: {
                $0.contains(/cancelWhenGracefulShutdown|cancelOnGracefulShutdown/)
                    || $0.contains(/gracefulShutdown\(\)/)
            },
            remedy: "use untilShutdown or shutdown(), so that a simulation can replay its seed",
            holds: { $0.target == "Node" }
        ),
        Ban(
            name: "print",
            marks: ["print(", "Print(", "dump("],
            isFound: { $0.contains(/(^|[^\w.])(print|debugPrint|dump)\(/) },
            remedy: "log it with metadata, or return it to the caller",
            holds: { $0.target != "eccoe" }
        ),
        Ban(
            name: "try!",
            marks: ["try!"],
            isFound: { $0.contains(/\btry!/) },
            remedy: "throw on, or handle the error",
            holds: { _ in true }
        ),
        Ban(
            name: "as!",
            marks: ["as!"],
            isFound: { $0.contains(/\bas!/) },
            remedy: "use as? and handle nil",
            holds: { _ in true }
        ),
        Ban(
            name: "fatalError",
            marks: ["fatalError"],
            isFound: { $0.contains(/\bfatalError\(/) },
            remedy: "throw an error that names what is wrong",
            holds: { _ in true }
        ),
    ]

    @Test func `nothing that is banned stands in the code`() {
        expectNone(Repository.files.flatMap(Self.violations))
    }

    @Test func `the allow-list names only files that need it`() throws {
        for (path, reason) in Self.filesWithTasks {
            let file = try #require(Repository.read(path), "\(path) is gone: take it off the list")
            #expect(file.code.contains(where: Self.bans[0].isFound), "\(path) needs no leave")
            #expect(!reason.isEmpty)
        }
    }

    @Test(arguments: [
        "Task { await a() }", "Task.detached { }", "let a = Task(priority: .high) { }",
        "Task<Void, Never> { }", "a = Task(name: \"x\") {", "let now = Date()", "Date.now",
        "ContinuousClock()", "print(a)", "if a { print(\"x\") }", "debugPrint(a)", "try! a()",
        "let a = b as! C", "fatalError(\"\\(a)\")", "// TODO: later", "/* FIXME */",
        "/// TODO document", "\"\\(try! a())\"",
    ])
    func `what is banned is seen`(_ text: String) {
        let file = SourceFile(path: "Sources/Keys/A.swift", text: "import A\n\(text)\n")
        #expect(Self.violations(in: file).map(\.line) == [2])
    }

    @Test(arguments: [
        "taskGroup.addTask { }", "withTaskGroup { }", "struct URLTask {",
        "let a: Task<Void, Never>",
        "Task.isCancelled", "Task.sleep(for: a)", "footprint(a)", "a.print(b)", "// try! print(a)",
        "let a = \"try! as! print(a) TODO\"", "try? a()", "a as? B", "myDate()",
        "func `Task { }`() {}", "let a = \"\"\"\n    print(a) \" try!\n    \"\"\"",
        "let a = #\"\\(\"# + b", "mastodon()", "// todomain",
    ])
    func `what only looks like it is left alone`(_ text: String) {
        #expect(Self.violations(in: SourceFile(path: "Sources/Keys/A.swift", text: text)) == [])
    }

    @Test func `the command may print and rooms with I/O may ask the time`() {
        let command = SourceFile(path: "Sources/eccoe/A.swift", text: "print(a)")
        #expect(Self.violations(in: command) == [])
        let node = SourceFile(path: "Sources/Node/A.swift", text: "let a = Date()")
        #expect(Self.violations(in: node) == [])
    }

    @Test(arguments: [
        "await cancelWhenGracefulShutdown { }", "for await a in b.cancelOnGracefulShutdown() {",
        "try? await gracefulShutdown()",
    ])
    func `a service of a node ends on its own executor`(_ text: String) {
        let file = SourceFile(path: "Sources/Node/A.swift", text: text)
        #expect(Self.violations(in: file).count == 1)
        let daemon = SourceFile(path: "Sources/eccoed/A.swift", text: text)
        #expect(Self.violations(in: daemon) == [])
        let own = SourceFile(
            path: "Sources/Node/A.swift",
            text: "await withGracefulShutdownHandler { await shutdown() }")
        #expect(Self.violations(in: own) == [])
    }

    @Test func `a node draws its chances from one place`() {
        for text in ["SecureRandom.bytes(8)", "a.shuffled()", "a.randomElement()"] {
            let file = SourceFile(path: "Sources/Node/A.swift", text: text)
            #expect(Self.violations(in: file).count == 1, "\(text)")
            let place = SourceFile(path: "Sources/Node/RandomSource.swift", text: text)
            #expect(Self.violations(in: place) == [])
            let elsewhere = SourceFile(path: "Sources/eccoe/A.swift", text: text)
            #expect(Self.violations(in: elsewhere) == [])
        }
        let drawn = SourceFile(path: "Sources/Node/A.swift", text: "a.shuffled(using: &b)")
        #expect(Self.violations(in: drawn) == [])
    }

    static func violations(in file: SourceFile) -> [Violation] {
        var found: [Violation] = []
        let text = file.code.joined(separator: "\n")
        for ban in bans where ban.holds(file) && ban.marks.contains(where: text.contains) {
            for (index, line) in file.code.enumerated() where ban.isFound(line) {
                let message = "\(ban.name): \(ban.remedy)"
                found.append(Violation(path: file.path, line: index + 1, message: message))
            }
        }
        let message = "an unfinished thing: do it, or file an issue and delete the note"
        let notes = ["TODO", "FIXME"]
        for (index, line) in file.comments.enumerated() where notes.contains(where: line.contains) {
            found.append(Violation(path: file.path, line: index + 1, message: message))
        }
        return found
    }
}
