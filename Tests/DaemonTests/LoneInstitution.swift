import CanonicalJSON
import Federation
import Testing

/// One institution with 20 published items for all tests of a suite.
struct LoneInstitution: SuiteTrait, TestScoping {
    /// The node of the running suite.
    @TaskLocal static var node: ServingNode?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        // One whose id is written otherwise in a URL.
        for number in 1...19 { try await institution.publish("C-\(number)") }
        try await institution.publish("C+20/1%")
        let status = try await institution.ask(.status)
        #expect(status["log"]?["size"]?.integer == 21)
        let node = try ServingNode(institution.folder, status: status)
        try await Self.$node.withValue(node) { try await function() }
        #expect(institution.stop() == 0)
    }
}

extension Trait where Self == LoneInstitution {
    /// The tests share one institution: `LoneInstitution.node`.
    static var loneInstitution: LoneInstitution { LoneInstitution() }
}
