import FoundationEssentials
import Prober

/// Makes one host report of the tables of several files.
struct ReportAssembly {
    private let reports: [ReadReport]
    private let sections: [ReportSection]
    private var merge: SocketMerge
    /// The name of the first process.
    private let firstProcess: String?
    /// The sockets that a table lacks although it lists their kind, by the table that has them.
    private var absences: [Contradiction] = []

    /// As many contradictions as a person reads.
    private static let contradictionLimit = 100

    init(_ reports: [ReadReport], names: ServiceNames) {
        self.reports = reports
        sections = reports.flatMap {
            $0.sections
                + $0.hostReports.map { [origin = $0.origin] in
                    ReportSection($0, origin: origin)
                }
        }
        var names = names
        for section in sections { names.add(section.services) }
        merge = SocketMerge(names: names)
        for (index, section) in sections.enumerated() { merge.add(section, table: index) }
        merge.join(tellsDevice: sections.map(\.format.tellsDevice))
        var processes: [Int32: ProcessIdentity] = [:]
        for section in sections { processes.merge(section.processes) { first, _ in first } }
        merge.describe(processes)
        firstProcess = processes[1]?.name
        let (found, vanished) = findAbsences()
        absences = found
        merge.markClients(vanished: vanished)
    }

    func report(now: Date) -> HostReport {
        let own = reports.flatMap(\.hostReports)
        var report = HostReport(
            hostname: "", collected: now.ISO8601Format(),
            sources: sections.filter { $0.format != .hostReport }.map(\.source)
                + own.flatMap(\.sources))
        var listeners: [Listener] = []
        for socket in merge.sockets {
            if let listener = socket.listener {
                listeners.append(listener)
            } else {
                report.partialListeners.append(socket.partial)
            }
        }
        // A listener is large, and is moved once only.
        let order = listeners.indices.sorted { Self.precedes(listeners[$0], listeners[$1]) }
        report.listeners = order.map { listeners[$0] }
        report.contradictions = Array(
            (contradictions() + absences).prefix(Self.contradictionLimit))
        report.concludeSystem(
            own.compactMap(\.system) + sections.compactMap { $0.system ?? $0.format.system },
            first: firstProcess)
        let counters = sections.reduce(into: [KernelCounter: UInt64]()) { all, section in
            all.merge(section.counters, uniquingKeysWith: max)
        }
        if !counters.isEmpty { report.counters = [KernelCounters(counters)] }
        report.takeFacts(of: own)
        report.coverage = ReportCoverage(sections, of: reports, in: report).gaps
        report.takeRules(of: own)
        return report
    }

    /// The order of listeners in a report.
    private static func precedes(_ listener: Listener, _ other: Listener) -> Bool {
        if listener.transport != other.transport { return listener.transport < other.transport }
        if listener.port != other.port { return listener.port < other.port }
        if listener.address != other.address { return listener.address < other.address }
        return (listener.device ?? "", listener.zone ?? "")
            < (other.device ?? "", other.zone ?? "")
    }

    /// Where tables differ about the owners or the families of a socket.
    private func contradictions() -> [Contradiction] {
        var found: [Contradiction] = []
        for socket in merge.sockets where socket.claims.count > 1 {
            guard let endpoint = socket.endpoint, found.count < Self.contradictionLimit else {
                continue
            }
            let owned = socket.claims.filter { !$0.owners.isEmpty }
            let pids = owned.map { Set($0.owners.map(\.pid)) }
            if let first = pids.first, pids.contains(where: { $0.isDisjoint(with: first) }) {
                found.append(
                    Contradiction(
                        .owners, endpoint,
                        claims: owned.map { claim in
                            self.claim(
                                claim,
                                claim.owners.prefix(3).map { "\($0.name)(\($0.pid))" }
                                    .joined(separator: ", "))
                        }))
            }
            if socket.family.isContradictory {
                found.append(
                    Contradiction(
                        .family, endpoint,
                        claims: socket.claims.filter(\.isOfSockets).compactMap { claim in
                            claim.family.listenerFamily.map { self.claim(claim, $0.rawValue) }
                        }))
            }
        }
        return found
    }

    private func claim(_ claim: MergedSocket.Claim, _ text: String) -> Contradiction.Claim {
        Contradiction.Claim(source: sections[claim.table].origin, text: text)
    }

    /// The sockets that one file has and another, which lists such sockets as well, has not.
    private func findAbsences() -> ([Contradiction], Set<MergedSocket.Key>) {
        var found: [Contradiction] = []
        var vanished: Set<MergedSocket.Key> = []
        // A file with several tables says of a socket what any of them says.
        var complete: [String: Set<SocketTable>] = [:]
        for section in sections
        where section.format.listsSockets || section.format == .hostReport {
            complete[section.origin, default: []].formUnion(section.completeTables)
        }
        for report in reports where !report.gaps.isEmpty { complete[report.origin] = nil }
        guard complete.count > 1 else { return ([], []) }
        // What lists sockets lists those of one namespace, mostly.
        for socket in merge.sockets where socket.key.namespace == nil {
            let having = Set(
                socket.claims.filter(\.isOfSockets).map { sections[$0.table].origin })
            guard !having.isEmpty, let transport = socket.key.transport,
                let endpoint = socket.endpoint
            else { continue }
            let family = endpoint.address.mappedIPv4 == nil ? endpoint.address.family : .ipv6
            let table = SocketTable(transport: transport, family: family)
            let lacking = complete.keys.filter {
                !having.contains($0) && complete[$0]?.contains(table) ?? false
            }.sorted()
            guard !lacking.isEmpty else { continue }
            vanished.insert(socket.key)
            if found.count < Self.contradictionLimit {
                found.append(
                    Contradiction(
                        .presence, endpoint,
                        claims: having.sorted().map { .init(source: $0, text: "listed") }
                            + lacking.map { .init(source: $0, text: "not listed") }))
            }
        }
        return (found, vanished)
    }
}

extension ReportSection {
    /// The transports and families of which nothing can have been lost.
    var completeTables: Set<SocketTable> {
        guard hasHeading, unreadCount == 0, !isReassembled else { return [] }
        return Set(seen).filter { table in
            !gaps.contains {
                $0.subject == .listeners && $0.concerns(table.transport, table.family)
            }
        }
    }

    /// The table as a source of a report.
    var source: HostReport.Source {
        HostReport.Source(
            kind: format.rawValue, origin: origin,
            rows: HostReport.Source.Rows(
                firstLine: firstLine, count: rowCount, skipped: skipped, unread: unreadCount,
                firstUnread: firstUnread))
    }
}
