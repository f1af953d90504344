import CanonicalJSON
import Federation
import NodeClient
import Testing

/// Answers that are kept for a moment must not outlive what they rest on.
@Suite(.ownThreads) struct FreshAnswerTests {
    @Test func `a revision is seen by who asked for the item the moment before`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        let node = try ServingNode(institution.folder, status: try await institution.ask(.status))
        #expect(try await node.ask("GET", "/items/C-1").status == 404)
        for revision in 1...10 {
            _ = try await institution.publish("C-1", text: "word\(revision)")
            let item = try JSON.read(try await node.ask("GET", "/items/C-1").body)
            #expect(item["revision"]?.integer == Int64(revision))
            for (word, count) in [(revision, 1), (revision + 1, 0)] {
                let answer = try await node.ask("GET", "/v1/catalogue?q=word\(word)")
                #expect(try JSON.read(answer.body)["results"]?.array?.count == count)
            }
        }
        #expect(institution.stop() == 0)
    }
}
