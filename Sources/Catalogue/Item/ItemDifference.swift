package import CanonicalJSON

/// One place at which two revisions of an item differ.
package struct FieldChange: Equatable, Sendable {
    /// JSON pointer (RFC 6901) of the place.
    package let pointer: String
    /// The value in the older revision; nil when it was not stated.
    package let before: JSON?
    /// The value in the newer revision; nil when it is not stated any more.
    package let after: JSON?

    /// `{"pointer":..., "before":..., "after":...}`, a side that is not stated being absent.
    package var json: JSON {
        var object = JSONObject()
        object["pointer"] = .string(pointer)
        object["before"] = before
        object["after"] = after
        return .object(object)
    }
}

extension LearningOpportunity {
    /// What changes from `older` to this item, field by field in the order of the written form;
    /// empty exactly when they are equal. Lists are compared place by place.
    package func changes(since older: LearningOpportunity) -> [FieldChange] {
        var changes: [FieldChange] = []
        Self.compare(older.json, json, at: "", into: &changes)
        return changes
    }

    private static func compare(
        _ before: JSON?,
        _ after: JSON?,
        at pointer: String,
        into changes: inout [FieldChange]
    ) {
        switch (before, after) {
        case (.object(let old)?, .object(let new)?):
            let names = old.names + new.names.filter { old[$0] == nil }
            for name in names {
                let place = JSONPointer.appending(name, to: pointer)
                compare(old[name], new[name], at: place, into: &changes)
            }
        case (.array(let old)?, .array(let new)?):
            for index in 0..<max(old.count, new.count) {
                let place = pointer + "/" + String(index)
                compare(
                    index < old.count ? old[index] : nil,
                    index < new.count ? new[index] : nil,
                    at: place,
                    into: &changes
                )
            }
        default:
            if before != after {
                changes.append(FieldChange(pointer: pointer, before: before, after: after))
            }
        }
    }
}
