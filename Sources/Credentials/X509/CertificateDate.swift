import FoundationEssentials
import Keys

/// The one place that knows Foundation's dates, which the X.509 library speaks.
extension Instant {
    /// A certificate's date, cut to whole seconds.
    init(certificateDate date: Date) {
        self.init(secondsSince1970: Int64(date.timeIntervalSince1970.rounded(.down)))
    }

    /// The same moment as the X.509 library takes it.
    var certificateDate: Date {
        Date(timeIntervalSince1970: Double(secondsSince1970))
    }
}
