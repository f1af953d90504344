import CanonicalJSON
import Keys

/// Resumption tokens: the selection itself, so that nothing is kept between requests and a token
/// never expires. Whoever makes one up asks for records that he may ask for anyway.
enum OAIToken {
    static func write(_ selection: OAIProvider.Selection, verb: OAIVerb) -> String {
        var object = JSONObject()
        object["v"] = .string(verb.rawValue)
        object["p"] = .string(selection.format.rawValue)
        object["f"] = selection.from.map { .string($0.text) }
        object["u"] = selection.until.map { .string($0.text) }
        object["s"] = selection.set.map { .string($0) }
        object["t"] = selection.after.map { .string($0.time.text) }
        object["i"] = selection.after.map { .string($0.id) }
        object["c"] = .string(String(selection.cursor))
        return Base64URL.encode(JSON.object(object).canonicalBytes)
    }

    /// The selection of a token; nil for what is none, or one of another verb.
    static func read(_ token: String, verb: OAIVerb) -> OAIProvider.Selection? {
        guard token.utf8.count <= 2048, let bytes = Base64URL.decode(token),
            let json = try? JSON.read(bytes), json["v"]?.string == verb.rawValue,
            let format = json["p"]?.string.flatMap(OAIProvider.Format.init),
            let time = json["t"]?.string.flatMap({ Instant($0) }), let id = json["i"]?.string,
            ItemIdentifier.isValid(id), let cursor = json["c"]?.string.flatMap({ Int($0) }),
            cursor > 0
        else { return nil }
        var selection = OAIProvider.Selection(format: format)
        selection.from = json["f"]?.string.flatMap { Instant($0) }
        selection.until = json["u"]?.string.flatMap { Instant($0) }
        selection.set = json["s"]?.string
        selection.after = OAIProvider.Selection.Place(time: time, id: id)
        selection.cursor = cursor
        // Only a token in the form that we write.
        return write(selection, verb: verb) == token ? selection : nil
    }
}
