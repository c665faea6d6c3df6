import Prober
import Reconcile

/// A host report as a table for people: `ss -tulpn`, with what that leaves out.
struct HostTable {
    private let report: HostReport
    private let services: ServiceTable

    /// The table of `report`, with the names that `services` has.
    init(_ report: HostReport, services: ServiceTable) {
        self.report = report
        self.services = services
    }

    /// The lines, each with a line feed.
    var text: String {
        let tcp = report.listeners.count { $0.transport == .tcp }
        let udp = report.listeners.count - tcp
        var lines = [
            "\(report.hostname.escapedForTerminal): \(tcp) TCP and \(udp) UDP listeners, "
                + report.collected.escapedForTerminal
        ]
        if !report.listeners.isEmpty { lines += [""] + rows }
        if !report.coverage.isEmpty { lines += ["", "Not seen:"] + notes }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Headings and listeners; a column that would be empty is left out.
    private var rows: [String] {
        let columns: [(heading: String, cell: (Listener) -> String)] = [
            ("PROTO", { $0.transport.rawValue }),
            ("ADDRESS", Self.address),
            ("PORT", { "\($0.port)" }),
            ("SERVICE", { services.name(of: $0.port, over: $0.transport) ?? "" }),
            ("DEVICE", { $0.device ?? "" }),
            ("PROCESS", process),
            ("USER", Self.user),
            ("UNIT", { $0.unit ?? "" }),
            ("CONTAINER", { Self.shortContainer($0.container) }),
            ("NAMESPACE", { $0.namespace ?? "" }),
            ("QUEUE", Self.fullQueue),
        ]
        let filled = columns.map { column in
            (column.heading, report.listeners.map { column.cell($0).escapedForTerminal })
        }.filter { $0.1.contains { !$0.isEmpty } }
        let widths = filled.map { heading, cells in
            cells.reduce(heading.count) { max($0, $1.count) }
        }
        return (0...report.listeners.count).map { row in
            let cells = filled.map { heading, cells in row == 0 ? heading : cells[row - 1] }
            let line = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What the coverage lacks, aligned by subject.
    private var notes: [String] {
        let width = report.coverage.map(\.subject.rawValue.count).max() ?? 0
        return report.coverage.map {
            "  \($0.subject.rawValue.padded(to: width))  \($0.reason.escapedForTerminal)"
        }
    }

    /// `any IPv4+IPv6` for a wildcard that takes both, otherwise the address.
    private static func address(_ listener: Listener) -> String {
        guard listener.address.isUnspecified else { return "\(listener.address)" }
        return switch listener.family {
        case .ipv4: "any IPv4"
        case .ipv6: "any IPv6"
        case .dual: "any IPv4+IPv6"
        case .ipv6OrDual: "any IPv6, IPv4?"
        }
    }

    /// `nginx(10,11)`; what is known instead when no process was seen.
    private func process(_ listener: Listener) -> String {
        guard !listener.owners.isEmpty else {
            let isHidden = report.coverage.contains { $0.subject == .owners }
            return isHidden ? "not visible" : "no process"
        }
        var names: [String] = []
        for owner in listener.owners where !names.contains(owner.name) { names.append(owner.name) }
        let groups = names.map { name in
            let pids = listener.owners.filter { $0.name == name }.map { "\($0.pid)" }
            let more = pids.count > 3 ? ",+\(pids.count - 3)" : ""
            return "\(name)(\(pids.prefix(3).joined(separator: ","))\(more))"
        }
        return groups.count > 2
            ? "\(groups[0]), \(groups[1]), +\(groups.count - 2)" : groups.joined(separator: ", ")
    }

    /// The users of the holders; the socket's own when no holder was seen.
    private static func user(_ listener: Listener) -> String {
        let users = Set(listener.owners.compactMap(\.user)).sorted()
        guard users.isEmpty else { return users.joined(separator: ", ") }
        return listener.userID.map { "uid \($0)" } ?? ""
    }

    /// As many characters of an id as container tools show.
    private static func shortContainer(_ container: String?) -> String {
        guard let container else { return "" }
        let isID = container.count == 64 && container.allSatisfy(\.isHexDigit)
        return isID ? String(container.prefix(12)) : container
    }

    /// What waits and may wait for accept, once the kernel drops what comes more.
    private static func fullQueue(_ listener: Listener) -> String {
        guard let queue = listener.queue, queue.waiting > queue.limit else { return "" }
        return "full: \(queue.waiting) wait, limit \(queue.limit)"
    }
}
