import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Refreshing a registry` {
    @Test func `a newcomer fetches everything and believes every member`() throws {
        let registry = try TestRegistry.withMembers(3)
        let client = Client.refresh(
            try registry.invited(),
            from: registry.repository.files,
            at: TestTime.after(hours: 1)
        )
        let (trusted, _) = try client.success()
        #expect(
            trusted.members.map(\.document.domain) == [
                "uni-a.example", "uni-b.example", "uni-c.example",
            ]
        )
        #expect(trusted.members.allSatisfy { $0.body == "north" })
        #expect(trusted.alarms.isEmpty)
        #expect(
            trusted.versions == [
                "root": 1, "timestamp": 4, "snapshot": 4, "targets": 1, "north": 4, "south": 1,
            ]
        )
        #expect(trusted.age(at: TestTime.after(hours: 1)) == 3600)
        let expected = [
            "metadata/2.root.json", "metadata/timestamp.json", "metadata/4.snapshot.json",
            "metadata/1.targets.json", "metadata/4.north.json", "metadata/1.south.json",
        ]
        #expect(Array(client.fetched.prefix(6)) == expected)
        #expect(client.fetched.count == 10)
        #expect(client.fetched[6].hasPrefix("targets/"))
        #expect(client.fetched[6].hasSuffix(".network.json"))
        #expect(client.fetched[7].hasPrefix("targets/members/north/"))
        #expect(client.fetched[7].hasSuffix(".uni-a.example.json"))
    }

    @Test func `what is unchanged is not fetched again`() throws {
        var registry = try TestRegistry.withMembers(3)
        let (_, stored) = try registry.refreshed()
        let idle = Client.refresh(
            stored,
            from: registry.repository.files,
            at: TestTime.after(hours: 2)
        )
        #expect(idle.fetched == ["metadata/2.root.json", "metadata/timestamp.json"])
        #expect(try idle.success().stored == stored)

        try registry.admit(
            try TestMember.document("uni-d.example"),
            at: TestTime.after(hours: 3)
        )
        let client = Client.refresh(
            idle.stored,
            from: registry.repository.files,
            at: TestTime.after(hours: 4)
        )
        #expect(try client.success().registry.members.count == 4)
        #expect(client.fetched.count == 5, "\(client.fetched)")
    }

    @Test func `what comes next is known ahead once the target files are reached`() throws {
        let registry = try TestRegistry.withMembers(3)
        let files = registry.repository.files
        var workflow = RefreshWorkflow(
            stored: try registry.invited(), at: TestTime.after(hours: 1))
        var fetched: [String] = []
        var foretold: [[String]] = []
        var step = workflow.start()
        while case .fetch(let path, let maxBytes) = step {
            fetched.append(path)
            let ahead = workflow.upcoming(2)
            foretold.append(ahead.map(\.path))
            #expect(ahead.allSatisfy { files[$0.path]?.count == $0.maxBytes })
            #expect((files[path]?.count ?? 0) <= maxBytes)
            step = workflow.receive(files[path].map { .bytes($0) } ?? .notFound)
        }
        let first = try #require(fetched.firstIndex { $0.hasPrefix("targets/") })
        for (index, ahead) in foretold.enumerated() {
            let next = fetched.dropFirst(index + 1).prefix(2)
            #expect(ahead == (index < first ? [] : Array(next)), "\(fetched[index])")
        }
        #expect(foretold.contains { $0.count == 2 } && workflow.upcoming(2).isEmpty)
    }

    @Test func `what is held or too large is not among what comes next`() throws {
        var registry = try TestRegistry.withMembers(2)
        let (_, stored) = try registry.refreshed()
        for name in ["uni-c", "uni-d"] {
            try registry.admit(
                try TestMember.document("\(name).example"), at: TestTime.after(hours: 3))
        }
        let files = registry.repository.files
        var limits = RegistryLimits.standard
        var most: [String] = []
        func drive() {
            var workflow = RefreshWorkflow(
                stored: stored, at: TestTime.after(hours: 4), limits: limits)
            var step = workflow.start()
            while case .fetch(let path, _) = step {
                let ahead = workflow.upcoming(9).map(\.path)
                if ahead.count > most.count { most = ahead }
                step = workflow.receive(files[path].map { .bytes($0) } ?? .notFound)
            }
        }
        drive()
        #expect(most.count == 1 && most[0].hasSuffix("uni-d.example.json"))
        most = []
        limits.targetBytes = 10
        drive()
        #expect(most.isEmpty)
    }

    @Test func `a copy is served again as it is, and another client accepts it`() throws {
        let registry = try TestRegistry.withMembers(2)
        let (_, stored) = try registry.refreshed()
        let second = Client.refresh(
            try registry.invited(),
            from: stored.files,
            at: TestTime.after(hours: 2)
        )
        let (trusted, copy) = try second.success()
        #expect(trusted.members.count == 2)
        #expect(copy == stored)
    }

    @Test func `an interrupted refresh keeps the last registry and is taken up later`() throws {
        var registry = try TestRegistry.withMembers(1)
        let (_, stored) = try registry.refreshed()
        try registry.admit(
            try TestMember.document("uni-b.example"),
            at: TestTime.after(hours: 2)
        )
        let files = registry.repository.files
        let snapshot = RegistryPath.role("snapshot", version: 3)
        let broken = Client.refresh(
            stored,
            from: files,
            at: TestTime.after(hours: 3),
            unreachable: [snapshot]
        )
        #expect(broken.refusal?.reason == .unreachable("connection refused"))
        #expect(try TrustedRegistry.restored(from: broken.stored).members.count == 1)

        let rolledBack = Client.refresh(
            broken.stored,
            from: stored.files,
            at: TestTime.after(hours: 3)
        )
        #expect(rolledBack.refusal?.reason.isRollback == true)

        let client = Client.refresh(broken.stored, from: files, at: TestTime.after(hours: 3))
        #expect(try client.success().registry.members.count == 2)
    }

    @Test func `a node invited at a later root fetches the roots before it`() throws {
        var registry = try TestRegistry.withMembers(1)
        for _ in 0..<3 {
            _ = try registry.repository.rotateRoot(
                nil,
                signers: try TestRegistry.signers(),
                at: TestTime.after(hours: 1)
            )
        }
        let files = registry.repository.files
        let invited = try StoredMetadata(
            trustedRoot: try #require(files[RegistryPath.root(version: 3)])
        )
        let (trusted, stored) = try Client.refresh(
            invited,
            from: files,
            at: TestTime.after(hours: 2)
        ).success()
        #expect(stored.rootVersions == [1, 2, 3, 4])
        #expect(trusted.rootDigests.keys.sorted() == [1, 2, 3, 4])

        var forged = files
        forged[RegistryPath.root(version: 2)] = files[RegistryPath.root(version: 1)]
        let wary = Client.refresh(invited, from: forged, at: TestTime.after(hours: 2))
        #expect(try wary.success().stored.rootVersions == [3, 4])
    }

    @Test func `an expired body is frozen and the others go on`() throws {
        var registry = try TestRegistry.withMembers(1)
        try registry.admit(
            try TestMember.document("college.south.example"),
            at: TestTime.start
        )
        let (_, stored) = try registry.refreshed()
        // Only the southern body's keys are lost; the north renews and admits.
        let late = TestTime.after(days: 91)
        let hands = try TestKeys.keys(
            TestRegistry.rootLabels + TestRegistry.otherLabels.filter { $0 != "south" }
        )
        let change = try registry.repository.refresh(signers: hands, at: late)
        #expect(change.due == ["south"])
        _ = try registry.repository.admit(
            try TestMember.document("uni-b.example"),
            signers: hands,
            at: late
        )
        let (trusted, _) = try registry.refreshed(stored, at: late + 60)
        #expect(trusted.frozenBodies == ["south"])
        #expect(
            trusted.members.map(\.document.domain) == [
                "college.south.example", "uni-a.example", "uni-b.example",
            ]
        )
        let (newcomer, _) = try registry.refreshed(at: late + 60)
        #expect(newcomer.members.map(\.document.domain) == ["uni-a.example", "uni-b.example"])
        #expect(newcomer.alarms.count == 1)
    }

    @Test func `a target file that is lost does not stop the others`() throws {
        let registry = try TestRegistry.withMembers(2)
        var files = registry.repository.files
        let lost = try #require(files.keys.first { $0.hasSuffix(".uni-a.example.json") })
        let original = files[lost]
        files[lost] = nil
        let (trusted, stored) = try Client.refresh(
            try registry.invited(),
            from: files,
            at: TestTime.after(hours: 1)
        ).success()
        #expect(trusted.members.map(\.document.domain) == ["uni-b.example"])
        let path = "members/north/uni-a.example.json"
        #expect(
            trusted.alarms == [
                RegistryAlarm(path, .notServed(RegistryRefusal(path, .notFound)))
            ]
        )
        files[lost] = original
        let (healed, _) = try Client.refresh(stored, from: files, at: TestTime.after(hours: 1))
            .success()
        #expect(healed.members.count == 2)
    }

    @Test func `a target file with other bytes is not believed`() throws {
        let registry = try TestRegistry.withMembers(1)
        var files = registry.repository.files
        let path = try #require(files.keys.first { $0.hasSuffix(".uni-a.example.json") })
        files[path]?[10] ^= 1
        let (trusted, _) = try Client.refresh(
            try registry.invited(),
            from: files,
            at: TestTime.after(hours: 1)
        ).success()
        #expect(trusted.members.isEmpty)
        #expect(trusted.alarms.count == 1)
    }

    @Test func `more delegated roles than the limit are left out with an alarm`() throws {
        let registry = try TestRegistry.withMembers(1)
        var limits = RegistryLimits()
        limits.delegations = 2
        let all = Client.refresh(
            try registry.invited(),
            from: registry.repository.files,
            at: TestTime.after(hours: 1),
            limits: limits
        )
        #expect(try all.success().registry.alarms.isEmpty)
        var forgery = Forgery(registry.repository)
        var delegations = try forgery.targets("targets").delegations
        let third = DelegatedRole(body: "third", keys: delegations[0].keys)
        delegations.append(third)
        try forgery.serveTargets(
            "targets",
            delegations: delegations,
            signedBy: ["targets-1", "targets-2"]
        )
        limits.delegations = 3
        let cut = Client.refresh(
            try registry.invited(),
            from: forgery.files,
            at: TestTime.after(hours: 1),
            limits: limits
        )
        #expect(try cut.success().registry.frozenBodies == ["third"])
        limits.delegations = 2
        let refused = Client.refresh(
            try registry.invited(),
            from: forgery.files,
            at: TestTime.after(hours: 1),
            limits: limits
        )
        #expect(refused.refusal?.file == "targets.json")
    }

    @Test func `freshness is counted from the day before the timestamp expires`() throws {
        let registry = try TestRegistry.withMembers(1)
        let (trusted, _) = try registry.refreshed()
        #expect(trusted.freshness(at: TestTime.after(days: 7) + -1) == .fresh)
        #expect(trusted.freshness(at: TestTime.after(days: 7)) == .ageing)
        #expect(trusted.freshness(at: TestTime.after(days: 28) + -1) == .ageing)
        #expect(trusted.freshness(at: TestTime.after(days: 28)) == .stale)
    }
}
