import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// A report of our own that is joined with other files keeps everything that it says.
@Suite struct ReportJoiningTests {
    private func joined(_ texts: [(String, [UInt8])]) throws -> HostReport {
        var reports = HostReports(names: ServiceNames())
        for (name, text) in texts { reports.read(name, bytes: text) }
        #expect(reports.problems.isEmpty)
        return try #require(reports.joined)
    }

    private static let ps = Array(
        """
        UID PID PPID C STIME TTY TIME CMD
        root 4000000 1 0 Mar12 - 0:00 /bin/true

        """.utf8)

    @Test(
        "a random report loses nothing beside a list of processes",
        arguments: 1...60 as ClosedRange<UInt64>)
    func nothingIsLost(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let report = HostReport.random(&generator)
        let found = try joined([("ps", Self.ps), ("own", report.json())])
        #expect(found.hostname == report.hostname)
        #expect(found.sysctls == report.sysctls)
        #expect(found.rulesets == report.rulesets)
        #expect(found.verification?.conclusion == report.verification?.conclusion)
        #expect(Set(found.verification?.unlisted ?? []) == Set(report.verification?.unlisted ?? []))
        #expect(Set(found.verification?.sweeps ?? []) == Set(report.verification?.sweeps ?? []))
        #expect(found.sources.suffix(report.sources.count) == report.sources[...])
        #expect(Set(found.addresses) == Set(report.addresses))
        #expect(Set(found.contradictions).isSuperset(of: report.contradictions))
        for gap in report.coverage { #expect(found.coverage.contains(gap)) }
        for namespace in report.namespaces {
            #expect(found.namespaces.contains { $0.name == namespace.name })
        }
        for counters in report.counters {
            let same = found.counters.first { $0.namespace == counters.namespace }
            for (counter, value) in counters.values {
                #expect(same?.values[counter] ?? 0 >= value)
            }
        }
        let (there, before) = (facts(found), facts(report))
        #expect(before.filter { there[$0.key] != $0.value } == [:])
        #expect(there.filter { before[$0.key] != $0.value } == [:])
    }

    /// What a report says of each socket, whole or in part, without what is written in two ways.
    private func facts(_ report: HostReport) -> [String: Int] {
        let whole = report.listeners.map { listener in
            // A bound address is reached by its own family.
            let family =
                listener.address.isUnspecified || listener.family == .ipv4 ? listener.family : .ipv6
            return "\(listener.transport) \(listener.address) \(listener.port) \(family) "
                + shown(listener.details)
        }
        let partial = report.partialListeners.map { partial in
            "\(partial.transport?.rawValue ?? "-") \(place(partial)) " + shown(partial.details)
        }
        return Dictionary((whole + partial).map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// A part that is no part: then the join makes a whole listener of it.
    private func place(_ partial: PartialListener) -> String {
        var family = partial.family
        let address: String
        switch partial.address {
        case .whole(let whole):
            address = "\(whole)"
            let isIPv4 = whole.family == .ipv4 || whole.mappedIPv4 != nil
            if !whole.isUnspecified { family = isIPv4 ? .ipv4 : .ipv6 }
            if isIPv4 != (family == .ipv4) { family = nil }
            family = family ?? (isIPv4 ? .ipv4 : .ipv6OrDual)
        case .wildcard:
            address = family.map { $0 == .ipv4 ? "0.0.0.0" : "::" } ?? "*"
        case .cut(let text): address = "cut \(text)"
        case .name(let name): address = "name \(name)"
        case .notShown: address = "?"
        }
        let port =
            switch partial.port {
            case .number(let number): "\(number)"
            case .name(let name, let ports): "\(name) \(ports)"
            case .cut(let digits, let ports): "\(digits) \(ports)"
            }
        return "\(address) \(port) \(family.map { "\($0)" } ?? "-")"
    }

    private func shown(_ details: SocketDetails) -> String {
        var details = details
        details.owners.sort { $0.pid < $1.pid }
        if !details.owners.isEmpty { details.program = nil }
        details.remarks = Remark.allCases.filter {
            details.remarks.contains($0) && $0 != .likelyClient
        }
        if details.lines.allSatisfy({ $0.source == "own" }) { details.lines = [] }
        return "\(details)"
    }

    private static func own(
        _ listeners: [Listener] = [], host: String = "web1",
        at time: String = "2026-01-02T03:04:05Z",
        sysctls: [Sysctl: String] = [:], counters: [KernelCounters] = []
    ) -> [UInt8] {
        HostReport(
            hostname: host, collected: time, listeners: listeners, sysctls: sysctls,
            counters: counters
        ).json()
    }

    @Test func `sockets that share a place stay as many as they are`() throws {
        let pair = [5, 9].map { inode in
            Listener(
                .tcp, .ipv4, .v4(0), 80, inode: inode, queue: AcceptQueue(waiting: 1, limit: 7),
                remarks: [.sharedPort])
        }
        let ss = Array(
            """
            Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
            tcp   LISTEN 1      7      0.0.0.0:80         0.0.0.0:*        users:(("web",pid=3,fd=6)) ino:9 sk:1

            """.utf8)
        for files in [
            [("own", Self.own(pair)), ("ss", ss)], [("ss", ss), ("own", Self.own(pair))],
        ] {
            let report = try joined(files)
            #expect(Set(report.listeners.map(\.inode)) == [5, 9])
            #expect(report.listeners.first { $0.inode == 9 }?.owners.map(\.pid) == [3])
            #expect(report.listeners.first { $0.inode == 5 }?.owners == [])
        }
        let twice = try joined([("a", Self.own(pair)), ("b", Self.own(pair)), ("ps", Self.ps)])
        #expect(twice.listeners.map(\.inode) == [5, 9])
    }

    /// Each with an inode of its own, at one place.
    private static func crowd(_ count: Int, from first: UInt64) -> HostReport {
        HostReport(
            hostname: "web1", collected: "2026-01-02T03:04:05Z",
            listeners: (0..<UInt64(count)).map {
                Listener(.udp, .ipv4, .v4(0), 5353, inode: first + $0)
            })
    }

    @Test(.timeLimit(.minutes(1)))
    func `a crowd at one place is joined in time that grows as it does`() {
        let count = 40_000
        var merge = SocketMerge(names: ServiceNames())
        // The second has half of the first's inodes; the others are taken for those left.
        merge.add(ReportSection(Self.crowd(count, from: 1), origin: "a"), table: 0)
        merge.add(ReportSection(Self.crowd(count, from: 20_001), origin: "b"), table: 1)
        #expect(merge.sockets.count == count)
        #expect(merge.sockets.allSatisfy { $0.claims.map(\.table) == [0, 1] })
    }

    @Test func `a report of our own is cut off too, and says so`() {
        let section = ReportSection(Self.crowd(100_001, from: 1), origin: "a")
        #expect(section.sockets.count == 100_000)
        #expect(
            section.gaps.map(\.reason) == ["the report has more than 100000 different sockets"])
    }

    @Test func `what the kernel said of V6ONLY outweighs a table that does not tell`() throws {
        let netstat = Array(
            """
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State
            tcp6       0      0 :::22                   :::*                    LISTEN

            """.utf8)
        let dual = Self.own([Listener(.tcp, .dual, .v6(high: 0, low: 0), 22)])
        let report = try joined([("n", netstat), ("own", dual)])
        #expect(report.listeners.map(\.family) == [.dual])
        #expect(report.contradictions == [])
    }

    @Test func `a listener that only one of two reports has is a contradiction`() throws {
        let netstat = Array(
            """
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State
            tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN

            """.utf8)
        let inContainer = Listener(.tcp, .ipv4, .v4(0), 80, namespace: "web")
        let report = try joined([
            ("n", netstat), ("own", Self.own([Listener(.tcp, .ipv4, .v4(0), 25), inContainer])),
        ])
        #expect(report.contradictions.map(\.subject) == [.presence, .presence])
        #expect(Set(report.contradictions.map(\.endpoint.port)) == [22, 25])
        #expect(report.listeners.first { $0.port == 80 }?.namespace == "web")
    }

    @Test func `the newest setting and the greatest count are taken`() throws {
        let old = Self.own(
            at: "2026-01-02T03:04:05Z", sysctls: [.icmpRateLimit: "1000", .icmpRateMask: "6168"],
            counters: [
                KernelCounters([.udpNoPort: 5]), KernelCounters(namespace: "x", [.tcpResets: 1]),
            ])
        let new = Self.own(
            at: "2026-01-02T03:04:06Z", sysctls: [.icmpRateLimit: "0"],
            counters: [KernelCounters([.udpNoPort: 7])])
        let snmp = Array("Udp: InDatagrams NoPorts\nUdp: 3 6\n".utf8)
        for files in [
            [("a", old), ("b", new), ("c", snmp)], [("c", snmp), ("b", new), ("a", old)],
        ] {
            let report = try joined(files)
            #expect(report.sysctls == [.icmpRateLimit: "0", .icmpRateMask: "6168"])
            #expect(
                report.counters.first { $0.namespace == nil }?.values == [
                    .udpNoPort: 7, .udpRead: 3,
                ])
            #expect(report.counters.first { $0.namespace == "x" }?.values == [.tcpResets: 1])
        }
    }

    @Test func `reports of different hosts prove no absence together`() throws {
        let report = try joined([("a", Self.own(host: "web1")), ("b", Self.own(host: "web2"))])
        #expect(
            report.coverage.contains(
                CoverageGap(.listeners, reason: "the reports are of different hosts: web1, web2")))
    }
}
