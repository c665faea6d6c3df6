import FoundationEssentials
import Reconcile

extension CalendarDay {
    /// The day that it is now, in UTC.
    ///
    /// Commands read the clock; what they call takes the day as an argument.
    static var today: CalendarDay {
        CalendarDay(secondsSince1970: Int64(Date.now.timeIntervalSince1970.rounded(.down)))
    }
}
