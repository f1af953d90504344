package import Keys

/// Dates of HTTP in their one form, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// The first of January 1970 was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    static func instant(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2,
            words[3].utf8.count == 4, let month = months.firstIndex(where: { $0 == words[2] })
        else { return nil }
        let number = month + 1
        return Instant(
            "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z"
        )
    }

    /// A time of the years 0 to 9999 as HTTP writes it.
    package static func text(_ time: Instant) -> String {
        let days = (time.startOfDay.secondsSince1970 / 86_400 % 7 + 7) % 7
        // 2026-11-23T18:00:00Z
        let parts = time.text.split { "-T:Z".contains($0) }
        let month = Int(parts[1]).map { months[$0 - 1] } ?? ""
        return "\(weekdays[Int(days)]), \(parts[2]) \(month) \(parts[0]) "
            + "\(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
