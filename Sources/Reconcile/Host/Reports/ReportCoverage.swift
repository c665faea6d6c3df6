import Prober

/// What the tables of a report could not show, so that nothing missing is taken for absent.
struct ReportCoverage {
    private(set) var gaps: [CoverageGap] = []

    init(_ sections: [ReportSection], of reports: [ReadReport], in report: HostReport) {
        for gap in reports.flatMap(\.gaps) + sections.flatMap(\.gaps) { add(gap) }
        for section in sections { addRows(of: section) }
        addTables(sections)
        addOwners(report)
        addHostnames(reports)
        addBinding(sections, report)
        if report.addresses.isEmpty {
            add(.addresses, "no report lists the host's own addresses")
        }
        // A report of our own says itself whether it looked into others.
        if sections.contains(where: { Self.linux.contains($0.format) }),
            !sections.contains(where: { $0.format == .hostReport })
        {
            add(.namespaces, "the reports are of one network namespace")
        }
        add(.firewallNotRead)
    }

    private static let linux: Set<ReportFormat> = [
        .linuxNetstat, .socketStatistics, .procNet, .ansible,
    ]

    private mutating func add(_ subject: CoverageGap.Subject, _ reason: String) {
        add(CoverageGap(subject, reason: reason))
    }

    private mutating func add(_ gap: CoverageGap) {
        if !gaps.contains(gap), gaps.count < 1000 { gaps.append(gap) }
    }

    private mutating func addRows(of section: ReportSection) {
        let place = "\(section.origin), \(section.format.title)"
        if let first = section.firstUnread {
            add(
                .listeners,
                "\(place): \(section.unreadCount.counting("row")) could not be understood, the "
                    + "first in line \(first.number)")
        }
        if section.isReassembled {
            add(
                .listeners,
                "\(place): its cells stood on lines of their own, so rows may have been lost")
        } else if section.format.listsSockets, !section.hasHeading {
            add(.listeners, "\(place): there is no heading, so rows may have been left out")
        }
        switch section.format {
        case .nmap: add(.listeners, "\(place): a scan sees what answers, not what listens")
        case .lsofJSON: add(.listeners, "\(place): its JSON has neither addresses nor ports")
        case _: break
        }
    }

    /// Which transports and families no table lists.
    private mutating func addTables(_ sections: [ReportSection]) {
        let lists = sections.filter { $0.format.listsSockets || $0.format == .hostReport }
        guard !lists.isEmpty else {
            return add(.listeners, "no report lists the sockets of the host")
        }
        let seen = lists.reduce(into: Set<SocketTable>()) { $0.formUnion($1.seen) }
        for transport in Transport.allCases {
            let missing = SocketTable.all.filter { $0.transport == transport && !seen.contains($0) }
            if missing.count == 2 {
                add(
                    CoverageGap(
                        .listeners,
                        reason: "no report has rows of \(transport.rawValue.uppercased())",
                        transport: transport))
            } else if let table = missing.first {
                add(
                    CoverageGap(
                        .listeners, reason: "no report has rows of \(table)", transport: transport,
                        family: table.family))
            }
        }
    }

    private mutating func addOwners(_ report: HostReport) {
        let bare =
            report.listeners.count {
                $0.owners.isEmpty && $0.kernelHolder == nil
                    && !$0.remarks.contains(.seenFromOutside)
            }
            + report.partialListeners.count { $0.details.owners.isEmpty }
        if bare > 0 { add(.owners, "no process is named for \(bare.counting("listener"))") }
    }

    /// Reports of several hosts, of which nothing can be concluded together.
    private mutating func addHostnames(_ reports: [ReadReport]) {
        let names = Set(reports.flatMap(\.hostReports).map(\.hostname)).subtracting([""])
        guard names.count > 1 else { return }
        add(
            .listeners,
            "the reports are of different hosts: "
                + names.sorted().prefix(3).joined(separator: ", "))
    }

    private mutating func addBinding(_ sections: [ReportSection], _ report: HostReport) {
        if report.listeners.contains(where: { $0.family == .ipv6OrDual }) {
            add(.binding, "the reports do not tell whether an IPv6 wildcard takes IPv4")
        }
        if !report.partialListeners.isEmpty {
            add(
                .binding,
                "the reports do not tell the whole address or port of "
                    + report.partialListeners.count.counting("listener"))
        }
        if !sections.contains(where: { $0.format.tellsDevice }) {
            add(.binding, "the reports do not tell to which device a socket is bound")
        }
    }
}
