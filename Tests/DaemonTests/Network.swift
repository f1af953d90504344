import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// A registry's operator, which is an institution itself, and two that join: with the operator's
/// witness the quorum of each log is 2 of 2.
final class Network {
    let operatorNode: Institution
    let b: Participant
    let c: Participant

    private init() throws {
        operatorNode = try Institution()
        let domains = [operatorNode.domain, "uni-b.example", "uni-c.example"]
        try operatorNode.allow(domains)
        b = try Participant("uni-b.example", reaching: domains)
        c = try Participant("uni-c.example", reaching: domains)
    }

    /// Founds the network and starts the operator; `converged`: with both members, with the logs
    /// of operator and uni-b.example, one item each, held by all.
    static func founded(converged: Bool) async throws -> Network {
        let network = try Network()
        try network.operatorNode.start()
        _ = try await network.operatorNode.admitted()
        if converged { try await network.fill() }
        return network
    }

    private func fill() async throws {
        for participant in [b, c] {
            try operatorNode.admit(participant)
            try participant.start()
        }
        for participant in [b, c] { try participant.knows(members: 3) }
        try operatorNode.eccoe(["log", "init"])
        try await operatorNode.publish("C-1")
        for arguments in [["log", "init"]] {
            let outcome = try b.run(arguments)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        try #require(try b.publish(["CS-7"]).status == 0)
        try #require(try b.converge().status == 0)
        try operatorNode.eccoe(["status", "--wait", "converged", "--timeout", "60s"])
        for participant in [b, c] {
            let outcome = try participant.converge()
            try #require(outcome.status == 0, "\(outcome.error)")
        }
    }
}
