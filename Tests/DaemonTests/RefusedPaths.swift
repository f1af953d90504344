import Federation

extension Refusal {
    /// Paths that name nothing: beyond what an endpoint has, malformed, or on their way elsewhere.
    static func paths(of endpoint: Endpoint) -> [Refusal] {
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint: epochs(endpoint)
        case .tile: epochs(endpoint) + tiles(of: "/log/1")
        case .archivedCheckpoint: epochs(endpoint) + sizes(of: "/log/1")
        case .mirrorCheckpoint, .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint, .mirrorTile,
            .witnessCheckpoint:
            hashes(endpoint)
        case .registryMetadata: traversals(of: "/registry/metadata")
        case .registryTarget: traversals(of: "/registry/targets")
        case .blob: blobs
        case .item: items
        case .wholeCatalogue:
            ["nope", "items", "items.csv%00", "..", "ITEMS.CSV", "items.csv/nope", "%2e%2e"].map {
                get("/catalogue/" + $0, [404], .notFound)
            }
        default: beyond(endpoint)
        }
    }

    private static func get(
        _ path: String, _ statuses: Set<Int>, _ slug: Problem.Slug? = nil
    ) -> Refusal {
        Refusal(what: path, path: path, statuses: statuses, slug: slug)
    }

    private static func beyond(_ endpoint: Endpoint) -> [Refusal] {
        let base = endpoint.template == "/" ? "" : endpoint.template
        return [
            "/nope", "/%00", "/..", "/%2e%2e/%2e%2e", "/" + String(repeating: "a", count: 4000),
        ]
        .map { get(base + $0, [404], .notFound) }
    }

    private static func epochs(_ endpoint: Endpoint) -> [Refusal] {
        ["0", "2", "01", "-1", "+1", "1%00", "%31", "99999999999999999999", "x", ".."].map {
            get(
                example(endpoint).replacing("/log/1/", with: "/log/\($0)/"), [404], .noLog)
        }
    }

    /// Nothing confirms the log here, so that no size is covered.
    private static func sizes(of log: String) -> [Refusal] {
        ["-1", "+1", "01", "x", "1.0", "0x1", "9223372036854775808", "%31%20", "Confirmed"].map {
            get("\(log)/checkpoint/\($0)", [400], .malformedRequest)
        }
            + ["0", "1", "21", "22", "9223372036854775807"].map {
                get("\(log)/checkpoint/\($0)", [404], .notFound)
            }
    }

    private static func hashes(_ endpoint: Endpoint) -> [Refusal] {
        let names = [
            unknownHash, String(unknownHash.dropLast()), unknownHash + "0", "ABCDEF", "..",
            "%2e%2e", "%00", "uni-a.example%2feccoe%2f1",
        ]
        return names.map {
            get(example(endpoint).replacing(unknownHash, with: $0), [404], .notFound)
        }
    }

    private static func tiles(of log: String) -> [Refusal] {
        let malformed = [
            "0/0", "0/0000", "0/00x", "00/000", "64/000", "-1/000", "x/000", "0/-01", "0/000.p/0",
            "0/000.p/256", "0/000.p/01", "0/000.p/-1", "0/000.p/1/2", "0/000.p", "0/000.p/1%00",
            "0/x000/001", "0/001/002", "0/x001/x002", "0/%30%30%30", "0/../0/000", "../checkpoint",
            "%2e%2e/checkpoint", "entries/0", "entries", "entries/entries/000", "Entries/000",
            "0/x001/x001/x001/x001/x001/x001/001",
        ]
        let beyond = [
            "0/000", "0/000.p/22", "0/000.p/255", "0/001", "0/001.p/1", "1/000", "1/000.p/1",
            "63/000.p/1", "entries/000", "entries/000.p/22", "entries/001.p/1",
            "0/x999/x999/x999/x999/x999/999", "entries/x999/x999/x999/x999/x999/999",
        ]
        return malformed.map { get("\(log)/tile/\($0)", [400], .malformedRequest) }
            + beyond.map { get("\(log)/tile/\($0)", [404], .notFound) }
    }

    /// Ways out of the folder of the registry's files, to what lies beside it.
    private static func traversals(of folder: String) -> [Refusal] {
        let secret = "keys/log-1.key"
        let ways = [
            "/../../\(secret)", "/../source.json", "/%2e%2e/source.json",
            "/%2e%2e/%2e%2e/\(secret)", "/..%2f..%2f\(secret)", "/%252e%252e/\(secret)",
            "/..%5c..%5c\(secret)", "//etc/passwd", "/%2fetc%2fpasswd", "/./timestamp.json",
            "/.hidden", "/a/../../source.json", "/timestamp.json%00", "/timestamp.json%00.html",
            "/999.root.json", "/nope.json", "/1/2/3/4/5/6/7/8/9", "/timestamp.json.new",
            "/timestamp.json/x", "/" + String(repeating: "a", count: 5000),
        ]
        return ways.map { get(folder + $0, [400, 404]) }
    }

    private static var blobs: [Refusal] {
        let malformed = [
            "x", String(unknownHash.dropLast()), unknownHash + "0",
            unknownHash.dropLast() + "F", "..", "%00",
        ]
        return malformed.map { get("/v1/blobs/sha256/\($0)", [400], .malformedRequest) } + [
            get("/v1/blobs/sha256/\(unknownHash)", [404], .notFound),
            get("/v1/blobs/sha256/", [404]), get("/v1/blobs/sha512/\(unknownHash)", [404]),
        ]
    }

    private static var items: [Refusal] {
        [
            "nope", "c-1", "C-1%00", "C-1%2f", "..", "%2e%2e", "%ff%fe", "%", "%zz",
            "https:%2F%2Funi-z.example%2Fitems%2FC-1", String(repeating: "a", count: 4000),
        ].map { get("/items/\($0)", [404], .notFound) } + [get("/items/C-1/nope", [404])]
    }
}
