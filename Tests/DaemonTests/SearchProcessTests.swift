import CanonicalJSON
import Federation
import Foundation
import NodeClient
import NodeStore
import Testing

/// The catalogue as it is searched over HTTPS and by the command.
@Suite(.ownThreads) struct SearchProcessTests {
    /// A node with five courses, three of them in two modes.
    private func serving() async throws -> (institution: Institution, node: ServingNode) {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        for number in 1...5 {
            try await institution.publish("C-\(number)", text: "robotics number\(number)")
        }
        let node = try ServingNode(institution.folder, status: try await institution.ask(.status))
        return (institution, node)
    }

    private func ids(_ answer: PeerResponse) throws -> [String] {
        try JSON.read(answer.body, limits: .operatorFile)["results"]?.array?
            .compactMap { $0["id"]?.string } ?? []
    }

    /// What the command writes for people.
    private func read(
        _ arguments: [String], at institution: Institution, _ status: Int32 = 0
    ) throws -> String {
        let output = Pipe()
        let process = try Institution.process(
            "eccoe", ["catalogue"] + arguments + ["--data", institution.folder.path],
            output: output)
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == status)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A skill is found and shown by its label once labels are loaded.
    private func bySkill(at institution: Institution) throws {
        let uri = "http://data.europa.eu/esco/skill/a1"
        let item: JSON = [
            "id": "S-1", "title": ["en": "Bands"], "defaultLanguage": "en",
            "learningOutcomes": [["title": ["en": "leads a band"], "escoSkills": [.string(uri)]]],
        ]
        let file = institution.folder.file("skilled.json")
        try DurableFile.write(item.canonicalBytes, to: file)
        _ = try institution.eccoe(["catalogue", "publish", file])
        let early = try read(["search", "bands", "--skill", "musical staff"], at: institution, 64)
        #expect(early.isEmpty)
        let sheet = institution.folder.file("skills.csv")
        let rows = [
            "conceptType,conceptUri,preferredLabel,altLabels,description",
            "KnowledgeSkillCompetence,\(uri),musical staff,notes of music,",
            "KnowledgeSkillCompetence,\(uri)2,musical score,,",
        ]
        try DurableFile.write(Array((rows.joined(separator: "\n") + "\n").utf8), to: sheet)
        _ = try institution.eccoe(["vocabulary", "load", "esco", sheet])
        for name in [uri, "Musical staff", "notes of music"] {
            let found = try read(["search", "--facets", "--skill", name], at: institution)
            #expect(found.contains("\(uri) musical staff (1)"), "\(found)")
        }
        _ = try read(["search", "--skill", "musical"], at: institution, 64)
    }

    @Test func `pages lead to the next one by a link, and are not sent twice`() async throws {
        let (institution, node) = try await serving()
        var path = "/v1/catalogue?q=robotics&sort=title&limit=2"
        var found: [String] = []
        for page in 1...3 {
            let answer = try await node.ask("GET", path)
            #expect(answer.status == 200)
            found += try ids(answer)
            let tag = try #require(answer.headers["etag"])
            let again = try await node.ask("GET", path, headers: [("If-None-Match", tag)])
            #expect(again.status == 304 && again.body.isEmpty)
            #expect(again.headers["link"] == answer.headers["link"])
            guard page < 3 else {
                #expect(answer.headers["link"]?.contains("rel=\"next\"") != true)
                break
            }
            let link = try #require(answer.headers["link"])
            let next = try #require(
                link.split(separator: ",").first { $0.contains("rel=\"next\"") })
            path = String(next.drop { $0 != "/" }.prefix { $0 != ">" })
            #expect(path.hasPrefix("/v1/catalogue?"))
        }
        #expect(found.sorted() == (1...5).map { "C-\($0)" } && Set(found).count == 5)
        let tag = try #require(try await node.ask("GET", path).headers["etag"])
        try await institution.publish("C-5", text: "painting")
        let changed = try await node.ask("GET", path, headers: [("If-None-Match", tag)])
        #expect(changed.status == 200)
        #expect(institution.stop() == 0)
    }

    @Test func `parameters are told when they are not meant so`() async throws {
        let (institution, node) = try await serving()
        for (query, place) in [
            ("sort=best", "sort"), ("cursor=x", "cursor"), ("eqf=9", "eqf"),
            ("contry=DE", "contry"),
            ("facets=yes", "facets"), ("similar=C-1&q=x", "q"), ("credits_min=many", "credits_min"),
        ] {
            let answer = try await node.ask("GET", "/v1/catalogue?\(query)")
            #expect(answer.status == 400, "\(query)")
            let problem = try JSON.read(answer.body)
            #expect(problem["pointer"]?.string == place && problem["remedy"] != nil, "\(query)")
        }
        for query in [
            "facets=true", "similar=C-1", "q=robottics&facets=true", "field=06&sort=newest",
        ] {
            let answer = try await node.ask("GET", "/v1/catalogue?\(query)")
            #expect(answer.status == 200, "\(query)")
        }
        #expect(try await node.ask("GET", "/v1/catalogue?similar=nope").status == 404)
        #expect(institution.stop() == 0)
    }

    @Test func `the command searches, counts, corrects and goes on`() async throws {
        let (institution, _) = try await serving()
        let found = try institution.eccoe([
            "catalogue", "search", "robotics", "--facets", "--limit", "2", "--sort", "title",
        ])
        #expect(found["results"]?.array?.count == 2 && found["total"]?.integer == 5)
        #expect(found["facets"]?["domain"]?[0]?["count"]?.integer == 5)
        let next = try #require(found["next"]?.string)
        let more = try institution.eccoe([
            "catalogue", "search", "robotics", "--limit", "2", "--sort", "title", "--cursor", next,
        ])
        #expect(more["results"]?.array?.count == 2 && more["results"] != found["results"])
        let corrected = try read(["search", "robtics"], at: institution)
        #expect(corrected.hasPrefix("robtics is in no item: searched for robotics\n"))
        let nothing = try read(
            ["search", "zzz", "--eqf", "6", "--credits-max", "5"], at: institution)
        #expect(nothing == "Nothing found. Try without --eqf, without --credits-max.\n")
        try bySkill(at: institution)
        let similar = try institution.eccoe(["catalogue", "similar", "C-1"])
        #expect(similar["results"]?.array != nil)
        #expect(institution.stop() == 0)
    }
}
