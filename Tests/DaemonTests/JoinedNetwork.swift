import CanonicalJSON
import Federation
import NodeStore
import Testing

/// A network of three in which everything is held by all, for all tests of a suite.
struct JoinedNetwork: SuiteTrait, TestScoping {
    /// The network of the running suite.
    @TaskLocal static var nodes: Nodes?

    /// The nodes as tests see them.
    struct Nodes: Sendable {
        /// The registry's operator; `uni-a.example`.
        let a: ServingNode
        let b: ServingNode
        let c: ServingNode
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let network = try await Network.founded(converged: true)
        let nodes = Nodes(
            a: try ServingNode(
                network.operatorNode.folder, status: network.operatorNode.run(["status"]).json),
            b: try ServingNode(network.b.folder, status: network.b.run(["status"]).json),
            c: try ServingNode(network.c.folder, status: network.c.run(["status"]).json))
        try await Self.$nodes.withValue(nodes) { try await function() }
        #expect(network.b.stop() == 0)
        #expect(network.c.stop() == 0)
        #expect(network.operatorNode.stop() == 0)
    }
}

extension Trait where Self == JoinedNetwork {
    /// The tests share one network: `JoinedNetwork.nodes`.
    static var joinedNetwork: JoinedNetwork { JoinedNetwork() }
}
