import Prober
import Testing

@testable import Reconcile

@Suite struct CalendarDayTests {
    @Test(
        "a day is a year, a month and a day that exist",
        arguments: [
            "0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-11-24", "9999-12-31",
        ])
    func reading(_ text: String) {
        #expect(CalendarDay(text)?.description == text)
    }

    @Test(
        "everything else is no day",
        arguments: [
            "", "2027", "2027-1-31", "27-01-31", "2027-02-29", "1900-02-29", "2027-04-31",
            "2027-00-10", "2027-13-01", "2027-01-00", "2027/01/31", "2027-01-31Z", "0000-01-01",
            "2027-0a-31", "+027-01-31", "２０２７-01-31",
        ])
    func refusal(_ text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test(
        "a point of time lies on a day in UTC",
        arguments: [
            (0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01"), (86_400, "1970-01-02"),
            (951_782_399, "2000-02-28"), (951_782_400, "2000-02-29"), (951_868_800, "2000-03-01"),
            (1_801_353_600, "2027-01-31"), (4_107_542_400, "2100-03-01"),
            (-2_203_891_200, "1900-03-01"), (.max, "9999-12-31"), (.min, "0001-01-01"),
        ] as [(Int64, String)])
    func point(_ seconds: Int64, isOn expected: String) {
        #expect(CalendarDay(secondsSince1970: seconds).description == expected)
    }

    @Test func `days follow each other through eight centuries`() {
        var last = CalendarDay(secondsSince1970: -12_622_780_800)
        #expect(last.description == "1570-01-01")
        for number in 1...(800 * 365 + 194) as ClosedRange<Int64> {
            let day = CalendarDay(secondsSince1970: -12_622_780_800 + number * 86_400)
            guard last < day, CalendarDay(day.description) == day else {
                Issue.record("\(day) follows \(last)")
                return
            }
            last = day
        }
        #expect(last.description == "2370-01-01")
    }
}
