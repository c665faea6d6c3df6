import Prober
import Reconcile

/// What a scan found, for people: open ports first, then the rest in groups, then the totals.
struct ScanTable {
    var groups: [ObservationGroup]
    var tally: ScanTally
    var elapsed: Duration
    var services: ServiceTable
    var style: TextStyle
    /// How sure it should be that nothing was missed; nil when that was not asked.
    var confidence: Double?
    /// Whether the hop limits of every host are shown.
    var showsHopLimits = false
    /// How many columns a line may have.
    var width = 100

    /// The whole table, line ends included.
    var text: String {
        let hosts = Dictionary(grouping: groups, by: \.address).sorted { $0.key < $1.key }
        let reachable = hosts.filter { $0.value.contains { $0.state == .open } }
        let dark = hosts.filter { !$0.value.contains { $0.state == .open } }
        let sections = reachable.map { hostSection("\($0.key)", $0.value) } + darkSections(dark)
        return (sections + [summary]).joined(separator: "\n")
    }

    /// What was asked, in a line, and an empty one.
    static func title(_ header: ScanRecord.Header, _ style: TextStyle) -> String {
        let sources = header.vantage.addresses.map(\.description).joined(separator: ", ")
        let count = header.plan.ports.count.counted("port")
        return style.dim("\(count) from \(sources), seed \(header.seed)")
            + "\n\n"
    }

    /// One address, or several that look alike.
    private func hostSection(_ title: String, _ groups: [ObservationGroup]) -> String {
        let open = groups.filter { $0.state == .open }
            .flatMap { group in group.ports.map { (group, $0) } }
            .sorted { ($0.0.transport, $0.1) < ($1.0.transport, $1.1) }
        let lines = open.map(openLine) + Self.merged(groups).map(groupLine)
        let warning = tally.decoys.first { $0.isAllOpen && $0.address == groups.first?.address }
            .map { decoys in
                style.yellow(
                    "  all-open: \(decoys.open) of \(decoys.ports.count) random ports accept too, so an "
                        + "open port proves nothing here" + (isTalking ? "" : "; try --talk"))
            }
        return ([style.bold(title)] + [warning].compactMap(\.self) + lines).joined(separator: "\n")
            + "\n"
    }

    /// One address that answered nothing, or several.
    private func unreachableSection(_ title: String, _ groups: [ObservationGroup]) -> String {
        let ports = groups.reduce(0) { $0 + $1.ports.count }.counted("port")
        let attempts = (groups.map(\.attempts).max() ?? 0).counted("SYN")
        return style.bold(title) + "\n"
            + "  unreachable: no answer at any of \(ports), asked with up to \(attempts) each\n"
    }

    /// Whether bytes were waited for on open connections.
    private var isTalking: Bool {
        groups.contains { if case .exchange = $0.evidence { true } else { false } }
    }

    private func openLine(_ group: ObservationGroup, _ port: UInt16) -> String {
        let service = services.name(of: port, over: group.transport) ?? ""
        let roundTrip = group.roundTrip.map { ", \($0.inMilliseconds) ms" } ?? ""
        return "  " + "\(port)/\(group.transport.rawValue)".padded(to: 13)
            + style.green("open".padded(to: stateWidth)) + service.padded(to: 16)
            + "\(group.evidence.sentence(attempts: group.attempts))\(roundTrip)"
    }

    private func groupLine(_ line: Line) -> String {
        let count = line.ports.count.counted("port").padded(to: 13)
        let state = line.state.rawValue.padded(to: stateWidth)
        let evidence = "\(line.text): "
        let room = width - 2 - 13 - stateWidth - evidence.count
        return "  \(count)\(style.dim(state))\(evidence)" + line.ports.abbreviated(to: room)
    }

    /// How many columns states have: only UDP has the long one.
    private var stateWidth: Int { tally.datagrams == nil ? 11 : 15 }

    /// Groups of one address that differ at most in how often they were asked.
    private struct Line: Hashable {
        var state: PortState
        var text: String
        var ports: PortSet
    }

    private static func merged(_ groups: [ObservationGroup]) -> [Line] {
        var attempts: [Evidence: UInt16] = [:]
        var ports: [Evidence: PortSet] = [:]
        var states: [Evidence: PortState] = [:]
        for group in groups where group.state != .open {
            attempts[group.evidence] = max(attempts[group.evidence] ?? 0, group.attempts)
            ports[group.evidence] = (ports[group.evidence] ?? PortSet()).union(group.ports)
            states[group.evidence] = group.state
        }
        return ports.map { evidence, ports in
            Line(
                state: states[evidence] ?? .notTested,
                text: evidence.sentence(attempts: attempts[evidence] ?? 0), ports: ports)
        }
        .sorted { ($0.ports.count, $0.text) < ($1.ports.count, $1.text) }
    }

    /// The addresses without an open port; those that look alike share a section.
    private func darkSections(_ hosts: [(key: IPAddress, value: [ObservationGroup])]) -> [String] {
        var alike: [[Line]: [AddressRange]] = [:]
        var examples: [[Line]: [ObservationGroup]] = [:]
        for (address, groups) in hosts {
            let lines = Self.merged(groups)
            alike[lines, default: []].append(AddressRange(address))
            examples[lines] = groups
        }
        return alike.map { lines, ranges in (TargetSet(ranges), examples[lines] ?? []) }
            .sorted { $0.0[0] < $1.0[0] }
            .map { addresses, groups in
                let count = addresses.count == 1 ? "" : "\(addresses.count) addresses: "
                let title = count + addresses.abbreviated(to: width - count.count)
                let isUnreachable = groups.allSatisfy { $0.evidence == .silence }
                return isUnreachable
                    ? unreachableSection(title, groups) : hostSection(title, groups)
            }
    }

    private var summary: String {
        let states: [PortState] =
            tally.datagrams == nil
            ? [.open, .closed, .filtered, .notTested]
            : [.open, .closed, .filtered, .openOrFiltered, .notTested]
        let counts = states.map { "\(tally[$0]) \($0.rawValue)" }.joined(separator: ", ")
        var lines = [
            "\(tally.requested.counted("endpoint")): \(counts)",
            "\(tally.packets.counted(tally.datagrams == nil ? "SYN" : "packet")) "
                + "in \(elapsed.inSeconds) s",
        ]
        if tally.isComplete {
            lines += tally.paths.sentences(wanted: confidence).map(style.dim)
        }
        if let datagrams = tally.datagrams { lines += datagrams.sentences.map(style.yellow) }
        lines += wireLines
        for (failure, count) in tally.localFailures.sorted(by: { $0.value > $1.value }) {
            lines.append(style.yellow("not tested: \(count), \(failure.sentence)"))
        }
        if !tally.isComplete { lines.append(style.yellow("incomplete: the scan was stopped")) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the packets tell, when they were captured: remarks, and on request all hop limits.
    private var wireLines: [String] {
        guard let capture = tally.capture else { return [] }
        var lines = [
            style.dim(
                "captured on \(capture.interface): \(capture.matched.counted("packet")) of the scan, "
                    + "\(capture.lost) lost")
        ]
        let hosts = WireHost.all(in: tally.wire)
        if showsHopLimits {
            for host in hosts.prefix(Self.wireHostLimit) {
                lines += ["on the wire of \(host.address):"] + host.table.map { "  " + $0 }
            }
        }
        let remarks = hosts.lazy.flatMap { host in
            host.remarks.lazy.map { "\(host.address): \($0.sentence)" }
        }
        lines += remarks.prefix(Self.wireRemarkLimit).flatMap {
            FindingsTable.wrapped($0, indent: "", hanging: "  ")
        }.map(style.yellow)
        if remarks.dropFirst(Self.wireRemarkLimit).first != nil {
            lines.append(style.yellow("and more, which prober explain tells of each endpoint"))
        }
        return lines
    }

    /// How many hosts' hop limits, and how many remarks, are shown.
    private static let wireHostLimit = 20
    private static let wireRemarkLimit = 20
}
