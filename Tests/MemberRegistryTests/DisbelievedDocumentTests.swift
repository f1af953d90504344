import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Documents that the registry signs and nobody believes` {
    private func refreshAfter(
        _ forge: (inout Forgery) throws -> Void
    ) throws -> (before: TrustedRegistry, after: TrustedRegistry) {
        let registry = try TestRegistry.withMembers(2)
        let (before, stored) = try registry.refreshed()
        var forgery = Forgery(registry.repository)
        try forge(&forgery)
        let after = try Client.refresh(
            stored,
            from: forgery.files,
            at: TestTime.after(hours: 2)
        ).success()
        #expect(try TrustedRegistry.restored(from: after.stored).members == after.registry.members)
        return (before, after.registry)
    }

    private func serve(
        _ document: MemberDocument,
        path: String? = nil,
        body: String = "north",
        in forgery: inout Forgery
    ) throws {
        try forgery.serveMember(
            document.canonicalBytes,
            path: path ?? RegistryPath.member(document.domain, body: body),
            body: body,
            custom: CosignerIntervals(document).custom
        )
    }

    @Test func `a shortened history is refused and the document in force stays`() throws {
        let (before, after) = try refreshAfter { forgery in
            var document = try TestMember.document("uni-a.example")
            document.keys.removeLast()
            try serve(document, in: &forgery)
        }
        #expect(after.members == before.members)
        #expect(
            after.alarms.map(\.reason) == [
                .historyChanged(HistoryConflict("", "keys, epochs or events are gone"))
            ]
        )
    }

    @Test func `a target that is taken off the list stays in force`() throws {
        let (before, after) = try refreshAfter { forgery in
            var targets = try forgery.targets("north").targets
            targets["members/north/uni-b.example.json"] = nil
            try forgery.serveTargets("north", targets: targets, signedBy: ["north"])
        }
        #expect(after.members == before.members)
        #expect(after.alarms.map(\.reason) == [.removed])
    }

    @Test func `a second path for a domain is refused`() throws {
        let (before, after) = try refreshAfter { forgery in
            try serve(
                try TestMember.document("uni-a.example"),
                body: "south",
                in: &forgery
            )
        }
        #expect(after.members == before.members)
        #expect(
            after.alarms.map(\.reason) == [
                .secondPath(first: "members/north/uni-a.example.json")
            ]
        )
    }

    @Test(arguments: [("uni.south.example", "north"), ("uni.north.test", "south")])
    func `a domain under the longer suffix of another body is refused`(
        domain: String,
        body: String
    ) throws {
        let (before, after) = try refreshAfter { forgery in
            try serve(try TestMember.document(domain), body: body, in: &forgery)
        }
        #expect(after.members == before.members)
        #expect(after.alarms.map(\.reason) == [.outsideBody(domain)])
    }

    @Test func `a body cannot list targets outside its delegation`() throws {
        let (before, after) = try refreshAfter { forgery in
            try serve(
                try TestMember.document("uni-z.example"),
                path: "members/north/uni-z.example.json",
                body: "south",
                in: &forgery
            )
        }
        #expect(after.members == before.members)
        #expect(after.alarms.isEmpty)
    }

    @Test func `a key of another member is refused`() throws {
        let theirs = try TestMember.key("uni-b.example", .node)
        let (before, after) = try refreshAfter { forgery in
            var document = try TestMember.document("uni-a.example")
            document.keys.append(theirs)
            try serve(document, in: &forgery)
        }
        #expect(after.members == before.members)
        #expect(
            after.alarms.map(\.reason) == [
                .foreignKey(kid: theirs.kid, owner: "uni-b.example")
            ]
        )
    }

    @Test func `a DID of another member is refused`() throws {
        let (before, after) = try refreshAfter { forgery in
            var document = try TestMember.document("uni-a.example")
            document.dids.append("did:web:uni-b.example")
            try serve(document, in: &forgery)
        }
        #expect(after.members == before.members)
        #expect(
            after.alarms.map(\.reason) == [
                .foreignDID("did:web:uni-b.example", owner: "uni-b.example")
            ]
        )
    }

    @Test func `custom that does not follow from the document is refused`() throws {
        let (before, after) = try refreshAfter { forgery in
            var document = try TestMember.document("uni-a.example")
            document.country = "NZ"
            try forgery.serveMember(
                document.canonicalBytes,
                path: "members/north/uni-a.example.json",
                body: "north",
                custom: nil
            )
        }
        #expect(after.members == before.members)
        #expect(after.alarms.map(\.reason) == [.customDisagrees])
    }

    @Test func `another custom for an unchanged document raises an alarm`() throws {
        let (before, after) = try refreshAfter { forgery in
            let document = try TestMember.document("uni-a.example")
            try forgery.serveMember(
                document.canonicalBytes,
                path: "members/north/uni-a.example.json",
                body: "north",
                custom: nil
            )
        }
        #expect(after.members == before.members)
        #expect(after.alarms.map(\.reason) == [.customDisagrees])
    }

    @Test func `a network document without its old quorum table is refused`() throws {
        let (before, after) = try refreshAfter { forgery in
            let changed = NetworkDocument(
                name: "test-net",
                quorums: [
                    NetworkDocument.Quorum(
                        from: TestTime.start,
                        minimum: 0,
                        maximum: nil,
                        required: 0,
                        witnesses: 0
                    )
                ],
                bodies: TestRegistry.network.bodies
            )
            var targets = try forgery.targets("targets").targets
            let bytes = changed.canonicalBytes
            targets[RegistryPath.network] = TargetDescription(of: bytes, custom: nil)
            let digest = Digest(of: bytes).hex
            forgery.files[RegistryPath.target(RegistryPath.network, sha256: digest)] = bytes
            try forgery.serveTargets(
                "targets",
                targets: targets,
                signedBy: ["targets-1", "targets-2"]
            )
        }
        #expect(after.network == before.network)
        #expect(after.alarms.count == 1)
    }
}
