import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Each fixture gives exactly its listeners, whole, piece by piece, and with other line ends.
@Suite struct ReportFixtureTests {
    @Test func `there are three shapes of each format`() {
        let folders = Dictionary(grouping: ReportFixture.all) {
            String($0.name.split(separator: "/")[0])
        }
        let formats = Set(ReportFormat.allCases.map(\.rawValue))
        let without: Set = ["lsof-json", "prober"]
        #expect(Set(folders.keys) == formats.subtracting(without))
        for (folder, fixtures) in folders { #expect(fixtures.count >= 3, "\(folder)") }
    }

    @Test("a report gives its listeners", arguments: ReportFixture.all)
    func listeners(of fixture: ReportFixture) throws {
        let reports = HostReports.reading(try fixture.bytes())
        #expect(reports.problems.isEmpty)
        let report = try #require(reports.joined)
        #expect(report.shown == fixture.listeners.sorted())
        #expect(report.shown.count { $0.hasPrefix("tcp") } == fixture.tcp)
        #expect(report.shown.count { $0.hasPrefix("udp") } == fixture.udp)
    }

    @Test("parts of any size give the same", arguments: ReportFixture.all)
    func parts(of fixture: ReportFixture) throws {
        let bytes = try fixture.bytes()
        for size in [1, 7, 64, 1000] {
            var scanner = ReportScanner(origin: "report")
            var rest = bytes[...]
            while !rest.isEmpty {
                scanner.read(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            let report = ReportAssembly([scanner.finish()], names: ServiceNames()).report(now: .now)
            #expect(report.shown == fixture.listeners.sorted(), "in parts of \(size)")
        }
    }

    @Test("carriage returns change nothing", arguments: ReportFixture.all)
    func lineEnds(of fixture: ReportFixture) throws {
        let bytes = try fixture.bytes()
        // NULs end the fields of lsof -F0, and two bytes make a character of UTF-16.
        guard !bytes.contains(0), !bytes.contains(0x0d) else { return }
        let windows = bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
        #expect(HostReports.reading(windows).joined?.shown == fixture.listeners.sorted())
        let old = bytes.map { $0 == 0x0a ? 0x0d : $0 }
        #expect(HostReports.reading(old).joined?.shown == fixture.listeners.sorted())
    }

    @Test("a report survives its JSON", arguments: ReportFixture.all)
    func json(of fixture: ReportFixture) throws {
        let report = try #require(HostReports.reading(try fixture.bytes()).joined)
        let read = try HostReport(json: report.json(), source: "report.json")
        #expect(read.listeners == report.listeners)
        #expect(read.partialListeners == report.partialListeners)
        #expect(read.sources == report.sources)
        #expect(read.coverage == report.coverage)
    }
}
