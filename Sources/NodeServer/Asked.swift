import Federation
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Node

/// A request as the routes see it.
struct Asked {
    let request: Request
    let context: CallerContext
    /// Who asks; nil on a Unix socket.
    let caller: CallerAddress?
    /// The member that asks; nil for a request that is not signed.
    let signed: SignedRequest?

    /// Checks that the body is written in a way that the endpoint reads.
    ///
    /// - Throws: `Problem` `unsupported-media`.
    func checkMedia(of endpoint: Endpoint) throws(Problem) {
        let coding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard endpoint.contentCodings.contains(coding) else {
            throw Problem(
                .unsupportedMedia,
                "Content-Encoding \(coding.prefix(40)) is not read here",
                try: "use " + endpoint.contentCodings.joined(separator: " or ")
            )
        }
        guard let taken = endpoint.mediaType, let field = request.headers[.contentType] else {
            return
        }
        let type = field.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard type == taken else {
            throw Problem(
                .unsupportedMedia,
                "a body of type \(type.prefix(80)) is not read here",
                try: "send \(taken)"
            )
        }
    }

    /// The body, at most `limit` bytes, and of a signed request the one that was signed; otherwise a
    /// `Problem`.
    func body(limit: Int) async throws -> [UInt8] {
        let body = try await request.wholeBody(limit: limit)
        try signed?.check(body: body)
        return body
    }

    /// The member that asks, of endpoints for members only.
    ///
    /// - Throws: `Problem` `unauthenticated` when the request is not signed.
    func member() throws -> VerifiedMember {
        guard let signed else {
            throw Problem(
                .unauthenticated,
                "only members may ask this: the request is not signed",
                try: "sign it with the node key, as RFC 9421 and the protocol's profile say"
            )
        }
        return signed.member
    }

    /// A path parameter.
    func parameter(_ name: String) -> String {
        context.parameters.get(name) ?? ""
    }

    /// What follows the fixed part of the path.
    var rest: String {
        context.parameters.getCatchAll().joined(separator: "/")
    }

    /// A query parameter.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map { String($0) }
    }

    /// A query parameter that is a number; nil when it is absent.
    ///
    /// - Throws: `Problem` `malformed-request` for what is no number of 64 bits.
    func number(_ name: String) throws(Problem) -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text) else {
            throw Problem(.malformedRequest, "\(name) is no number", at: name, try: "write digits")
        }
        return number
    }

    /// Refuses parameters of a query that are not among these: a misspelt one would silently
    /// widen what is asked.
    ///
    /// - Throws: `Problem` `malformed-request`.
    func checkParameters(_ known: Set<String>) throws(Problem) {
        for (name, _) in request.uri.queryParameters where !known.contains(String(name)) {
            throw Problem(
                .malformedRequest,
                "there is no parameter \(name.prefix(40))",
                at: String(name.prefix(40)),
                try: "the parameters are " + known.sorted().joined(separator: ", ")
            )
        }
    }
}

extension Request {
    /// The value of a header by its lower-case name, several joined with commas.
    func field(_ name: String) -> String? {
        let values = headers.filter { $0.name.canonicalName == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The body, at most `limit` bytes.
    ///
    /// - Throws: `Problem` `too-large`, or `malformed-request` for a body that cannot be read to
    ///   its end, such as one with malformed chunks.
    func wholeBody(limit: Int) async throws -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "the body is larger than the \(limit) bytes taken here")
        } catch {
            throw Problem(.malformedRequest, "the body cannot be read to its end")
        }
    }
}
