import CanonicalJSON
import Federation
import Foundation
import Testing

/// Importing, checking and exporting as an operator types it, against a running daemon.
@Suite(.ownThreads, .serialized, .loneInstitution) struct CatalogueCommandTests {
    let node: ServingNode
    let place: TemporaryPlace

    init() throws {
        node = try #require(LoneInstitution.node)
        place = try TemporaryPlace()
    }

    private static func items(_ ids: some Sequence<String>, _ title: String = "Course") -> JSON {
        .array(
            ids.map { id in
                [
                    "id": .string(id), "title": ["en": .string("\(title) \(id)")],
                    "defaultLanguage": "en", "provider": ["name": ["en": "P"]],
                    "awardingBody": ["name": ["en": "P"]],
                ]
            })
    }

    private func write(_ json: JSON, to name: String) throws -> String {
        let path = place.file(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(json.canonicalBytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func living(_ id: String) throws -> Bool? {
        try node.run(["catalogue", "show", id]).json["living"]?.bool
    }

    @Test func `the same file twice changes nothing, and a changed one makes revisions`() throws {
        let file = try write(Self.items(["T-1", "T-2"]), to: "twice.json")
        let first = try node.run(["catalogue", "import", "--format", "json", file])
        #expect(first.status == 0, "\(first.error)")
        #expect(first.json["published"]?.integer == 2)
        #expect(first.json["gaps"]?.array?.first?["items"]?.integer == 2)
        let second = try node.run(["catalogue", "import", "--format", "json", file]).json
        #expect(second["published"]?.integer == 0 && second["unchanged"]?.integer == 2)
        _ = try write(Self.items(["T-1", "T-2"], "New"), to: "twice.json")
        let dry = try node.run(["catalogue", "import", "--format", "json", file, "--dry-run"]).json
        #expect(dry["revised"]?.integer == 2 && dry["dryRun"]?.bool == true)
        #expect(try node.run(["catalogue", "show", "T-1"]).json["revision"]?.integer == 1)
        let third = try node.run(["catalogue", "import", "--format", "json", file]).json
        #expect(third["revised"]?.integer == 2)
        #expect(try node.run(["catalogue", "show", "T-1"]).json["revision"]?.integer == 2)
    }

    @Test func `what is gone from a source is withdrawn only when somebody says so`() throws {
        let file = try write(Self.items(["G-1", "G-2", "G-3"]), to: "gone.json")
        let arguments = ["catalogue", "import", "--format", "json", file]
        #expect(try node.run(arguments).status == 0)
        _ = try write(Self.items(["G-1"]), to: "gone.json")
        for extra in [[], ["--dry-run", "--withdraw-removed"], ["--keep-removed"]] {
            let asked = try node.run(arguments + extra)
            #expect(asked.status == 0)
            #expect(asked.json["removed"]?.array?.map(\.string) == ["G-2", "G-3"], "\(extra)")
            #expect(asked.json["withdrawn"]?.bool == false)
            #expect(asked.error.contains("G-2") && asked.error.contains("no longer in the source"))
            #expect(try living("G-2") == true && living("G-3") == true)
        }
        // A record that cannot be read may be the one that seems to be gone.
        let broken = place.file("gone.json")
        try Data("[7]".utf8).write(to: URL(fileURLWithPath: broken))
        let doubtful = try node.run(arguments + ["--withdraw-removed"])
        #expect(doubtful.error.contains("not known what is gone"))
        #expect(try living("G-1") == true && living("G-2") == true)
        _ = try write(Self.items(["G-1"]), to: "gone.json")
        let done = try node.run(arguments + ["--withdraw-removed"]).json
        #expect(done["withdrawn"]?.bool == true)
        #expect(try living("G-1") == true && living("G-2") == false && living("G-3") == false)
        #expect(try node.run(arguments).json["removed"] == nil)
        // It comes back.
        _ = try write(Self.items(["G-1", "G-2"]), to: "gone.json")
        #expect(try node.run(arguments).status == 0)
        #expect(try living("G-2") == true)
    }

    @Test func `a folder is read file by file, and places name the file`() throws {
        _ = try write(Self.items(["F-1"]), to: "folder/a.json")
        _ = try write(Self.items(["F-2", "F-1"], "Other"), to: "folder/in/b.json")
        _ = try write(Self.items(["F-3"]), to: "folder/.hidden/c.json")
        _ = try write(Self.items(["F-4"]), to: "folder/notes.txt")
        let folder = place.file("folder")
        let read = try node.run(["catalogue", "import", "--format", "json", folder])
        #expect(read.json["published"]?.integer == 2, "\(read.error)")
        let problems = read.json["problems"]?.array ?? []
        #expect(problems.contains { $0["at"]?.string?.hasPrefix("in/b.json: /1") == true })
        #expect(try node.run(["catalogue", "show", "F-3"]).status == 1)
        let none = try node.run([
            "catalogue", "import", "--format", "csv", "--mapping", "x", folder,
        ])
        #expect(none.status == 66)
        let empty = try node.run(["catalogue", "check", "--format", "qdr", folder])
        #expect(empty.status == 66 && empty.error.contains(".xml"))
    }

    @Test func `a published item is graded and exported by its id`() throws {
        let graded = try node.run(["catalogue", "check", "C-1", "--rules", "council-2022"])
        #expect(graded.status == 0, "\(graded.error)")
        let item = try #require(graded.json["items"]?.array?.first)
        #expect(item["id"]?.string == "C-1")
        #expect(item["rules"]?["council-2022"]?["of"]?.integer == 9)
        let exported = try node.run(["catalogue", "export", "--format", "json", "C-1", "C+20/1%"])
        #expect(exported.json.array?.map { $0["id"]?.string } == ["C-1", "C+20/1%"])
        for arguments in [
            ["check", "C-404"], ["export", "--format", "elm", "C-1", "C-404"],
        ] {
            let unknown = try node.run(["catalogue"] + arguments)
            #expect(unknown.status == 1 && unknown.output.isEmpty, "\(arguments)")
            #expect(unknown.error.contains("C-404"))
        }
    }

    @Test(
        arguments: [
            (["import", "a.json"], "--format is missing"),
            (["check", "-"], "--format is missing"),
            (["check", "https://a.example/x.json"], "--format is missing"),
            (
                ["import", "--format", "json", "a", "--withdraw-removed", "--keep-removed"],
                "opposite"
            ),
            (["import", "--format", "json", "a", "--set", "x"], "only go with --format oai-pmh"),
            (["import", "--format", "oai-pmh", "a.xml", "--again"], "the address of a repository"),
            (
                ["import", "--format", "oai-pmh", "https://a.example/oai", "--from", "yesterday"],
                "--from is no time"
            ),
            (
                ["import", "--format", "oai-pmh", "https://a.example/oai", "--pause", "3601"],
                "between 0 and 3600"
            ),
            (["export", "--format", "elm", "C-1", "--domain", "a.example"], "one of them"),
        ] as [([String], String)])
    func `what makes no sense is said before anything is done`(
        _ arguments: [String], _ reason: String
    ) throws {
        let refused = try node.run(["catalogue"] + arguments)
        #expect(refused.status == 64)
        #expect(refused.error.contains(reason), "\(refused.error)")
    }

    @Test func `vocabularies are listed and searched, and skills are loaded`() throws {
        let lists = try node.run(["vocabulary", "list"]).json["lists"]?.array ?? []
        #expect(lists.contains { $0["list"]?.string == "isced-f" })
        let found = try node.run(["vocabulary", "search", "isced-f", "software"])
        #expect(found.status == 0 && found.output.contains("0613"), "\(found.output)")
        #expect(try node.run(["vocabulary", "search", "nothing", "x"]).status != 0)
        #expect(try node.run(["vocabulary", "search", "esco", "musical"]).status != 0)
        let sheet = place.file("skills.csv")
        let text =
            "conceptType,conceptUri,preferredLabel,altLabels,description\n"
            + "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/a1,musical staff,,\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: sheet))
        let loaded = try node.run(["vocabulary", "load", "esco", sheet])
        #expect(loaded.status == 0, "\(loaded.error)")
        let skill = try node.run(["vocabulary", "search", "esco", "musi"])
        #expect(skill.output.contains("http://data.europa.eu/esco/skill/a1"), "\(skill.output)")
    }
}
