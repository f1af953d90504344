import CanonicalJSON
import Federation
import Foundation
import NodeStore
import Testing

/// One node harvests the catalogue of another, as it would any repository.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct HarvestTests {
    let nodes: JoinedNetwork.Nodes
    let place: TemporaryPlace

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
        place = try TemporaryPlace()
    }

    private func publish(_ ids: [String], title: String) throws {
        let items: JSON = .array(
            ids.map { id in
                [
                    "id": .string(id), "title": ["en": .string("\(title) \(id)")],
                    "defaultLanguage": "en", "provider": ["name": ["en": "P"]],
                    "awardingBody": ["name": ["en": "P"]],
                ]
            })
        let file = place.file("items.json")
        try Data(items.canonicalBytes).write(to: URL(fileURLWithPath: file))
        let done = try nodes.a.run(["catalogue", "publish", file])
        try #require(done.status == 0, "\(done.error)")
    }

    private func taken(_ arguments: [String]) throws -> JSON {
        let authority = nodes.a.folder.file("tls/authority.pem")
        let done = try nodes.b.run(
            ["catalogue", "import", "--ca", authority] + arguments)
        try #require(done.status == 0, "\(done.error)")
        return done.json
    }

    private func count(_ json: JSON, _ name: String) -> Int { Int(json[name]?.integer ?? -1) }

    @Test func `what another node publishes is harvested, revised and asked about when it is gone`()
        throws
    {
        let ids = (1...12).map { "H-\($0)" }
        try publish(ids, title: "First")
        let repository = ["--format", "oai-pmh", nodes.a.url + "/oai", "--pause", "0"]
        let dry = try taken(repository + ["--dry-run"])
        let first = try taken(repository)
        #expect(count(first, "published") >= ids.count)
        #expect(count(dry, "published") == count(first, "published"))
        // The second harvest asks only for what changed since.
        try publish(["H-1"], title: "Second")
        let second = try taken(repository)
        #expect(count(second, "revised") == 1)
        #expect(count(second, "unchanged") <= count(first, "published"))
        let again = try taken(repository + ["--again"])
        #expect(count(again, "unchanged") == count(first, "published"))
        // What A withdraws is a deleted record.
        #expect(try nodes.a.run(["catalogue", "withdraw", "H-2"]).status == 0)
        let gone = try taken(repository)
        let removed = try #require(gone["removed"]?.array)
        #expect(removed.count == 1 && gone["withdrawn"]?.bool == false)
        let id = try #require(removed.first?.string)
        #expect(try nodes.b.run(["catalogue", "show", id]).json["living"]?.bool == true)
        let withdrawn = try taken(repository + ["--withdraw-removed"])
        #expect(withdrawn["removed"]?.array?.map(\.string) == [id])
        #expect(try nodes.b.run(["catalogue", "show", id]).json["living"]?.bool == false)
        let none = try taken(repository + ["--set", "no-such-set"])
        #expect(count(none, "published") == 0)
    }

    @Test(arguments: [
        ("json", "items.json"), ("elm", "elm.jsonld"), ("ctdl", "ctdl.jsonld"), ("qdr", "qdr.xml"),
        ("lom", "lom.xml"), ("ob3", "openbadges.json"),
    ])
    func `a whole catalogue is read from its address`(_ format: String, _ file: String) throws {
        try publish(["W-1", "W-2"], title: "Whole")
        let read = try nodes.b.run([
            "catalogue", "check", "--format", format, nodes.a.url + "/catalogue/" + file, "--ca",
            nodes.a.folder.file("tls/authority.pem"),
        ])
        #expect(read.status == 0, "\(read.error)")
        // Of another's catalogue the ids are global ones, or of the format's own kind.
        let titles = Set(
            (read.json["items"]?.array ?? []).compactMap { $0["title"]?["en"]?.string })
        #expect(titles.isSuperset(of: ["Whole W-1", "Whole W-2"]), "\(titles)")
    }

    @Test(
        arguments: [
            (["--format", "json", "/catalogue/nothing.json"], "status 404"),
            (["--format", "oai-pmh", "/nowhere"], "status 404"),
            (["--format", "oai-pmh", "/catalogue/items.json"], "cannot be read"),
            (["--format", "oai-pmh", "/oai", "--prefix", "marc"], "none of the formats marc"),
        ] as [([String], String)])
    func `what cannot be fetched is said, with what to do`(
        _ arguments: [String], _ reason: String
    ) throws {
        var arguments = arguments
        arguments[2] = nodes.a.url + arguments[2]
        let refused = try nodes.b.run(
            ["catalogue", "import", "--ca", nodes.a.folder.file("tls/authority.pem")] + arguments)
        #expect(refused.status == 69, "\(refused.status)")
        #expect(refused.error.contains(reason), "\(refused.error)")
    }
}
