import Federation
import HummingbirdCore
import Node

extension Asked {
    /// The parameters of a search.
    func search() -> SearchParameters {
        SearchParameters(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) })
    }

    /// What stands behind the question mark, as it was sent.
    var wholeQuery: String { request.uri.query ?? "" }

    /// The field that leads to the next page (RFC 8288): the same request, but for the cursor.
    func link(toPageAt cursor: String) -> (name: String, value: String) {
        let others = wholeQuery.split(separator: "&").filter {
            !$0.hasPrefix("cursor=") && $0 != "cursor"
        }
        // What could end the address within the field is percent-encoded by every client that may send
        // it; a request with such a byte in it is not repeated.
        let query = (others + ["cursor=\(cursor)"]).joined(separator: "&")
            .filter { $0 != "<" && $0 != ">" && $0.isASCII && !$0.isWhitespace }
        return ("link", "<\(request.uri.path)?\(query)>; rel=\"next\"")
    }
}
