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
        let all = sockets
        let tcp = all.count { $0.transport == .tcp }
        let udp = all.count { $0.transport == .udp }
        let name = report.hostname.isEmpty ? "from reports" : report.hostname.escapedForTerminal
        var lines = [
            "\(name): \(tcp) TCP and \(udp) UDP listeners, "
                + report.collected.escapedForTerminal
        ]
        if !all.isEmpty { lines += [""] + rows(of: all) }
        if !report.contradictions.isEmpty { lines += ["", "Contradictions:"] + contradictions }
        if !report.namespaces.isEmpty {
            lines += ["", "Network namespaces:"] + report.namespaces.map(Self.line)
        }
        if let verification = report.verification {
            lines += ["", "Verified:"] + VerificationLines(verification).lines.map { "  " + $0 }
        }
        let read = report.sources.compactMap(Self.reading)
        if !read.isEmpty { lines += ["", "Read:"] + read }
        if !report.coverage.isEmpty { lines += ["", "Not seen:"] + notes }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What a row is about.
    private struct Socket {
        var transport: Transport?
        var address: String
        var port: String
        var service: String
        var details: SocketDetails
    }

    private var sockets: [Socket] {
        report.listeners.map { listener in
            Socket(
                transport: listener.transport,
                address: Self.text(of: listener.address, listener.family, zone: listener.zone),
                port: "\(listener.port)",
                service: services.name(of: listener.port, over: listener.transport) ?? "",
                details: listener.details)
        } + report.partialListeners.map(partial)
    }

    /// A socket of which a part is missing; a question mark stands for it.
    private func partial(_ listener: PartialListener) -> Socket {
        let zone = listener.details.zone.map { "%\($0)" } ?? ""
        let address =
            switch listener.address {
            case .whole(let address):
                Self.text(of: address, listener.family, zone: listener.details.zone)
            case .wildcard: "any, of which family?"
            case .cut(let text): "\(text)…\(zone)"
            case .name(let name): name
            case .notShown: "?"
            }
        var service = ""
        let port: String
        switch listener.port {
        case .number(let number):
            port = "\(number)"
            service = listener.transport.flatMap { services.name(of: number, over: $0) } ?? ""
        case .name(let name, let ports):
            port = ports.isEmpty ? "?" : "\(ports)?"
            service = name
        case .cut(let digits, _): port = "\(digits)…"
        }
        return Socket(
            transport: listener.transport, address: address, port: port, service: service,
            details: listener.details)
    }

    /// Headings and listeners; a column that would be empty is left out.
    private func rows(of sockets: [Socket]) -> [String] {
        let columns: [(heading: String, cell: (Socket) -> String)] = [
            ("PROTO", { $0.transport?.rawValue ?? "?" }),
            ("ADDRESS", { $0.address }),
            ("PORT", { $0.port }),
            ("SERVICE", { $0.service }),
            ("DEVICE", { $0.details.device ?? "" }),
            ("PROCESS", { process($0.details) }),
            ("USER", { Self.user($0.details) }),
            ("UNIT", { $0.details.unit ?? "" }),
            ("STARTS", { $0.details.activation?.service ?? "" }),
            ("CONTAINER", { Self.shortContainer($0.details.container) }),
            ("NAMESPACE", { $0.details.namespace ?? "" }),
            ("QUEUE", { Self.fullQueue($0.details) }),
            ("REMARKS", { $0.details.remarks.map(\.rawValue).joined(separator: ", ") }),
        ]
        let filled = columns.map { column in
            (column.heading, sockets.map { column.cell($0).escapedForTerminal })
        }.filter { $0.1.contains { !$0.isEmpty } }
        let widths = filled.map { heading, cells in
            cells.reduce(heading.count) { max($0, $1.count) }
        }
        return (0...sockets.count).map { row in
            let cells = filled.map { heading, cells in row == 0 ? heading : cells[row - 1] }
            let line = zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Each contradiction in a line: where, and what each source says.
    private var contradictions: [String] {
        report.contradictions.map { contradiction in
            let claims = contradiction.claims.map { "\($0.source): \($0.text)" }
                .joined(separator: "; ")
            return "  \(contradiction.endpoint)  \(contradiction.subject.rawValue)  "
                + claims.escapedForTerminal
        }
    }

    /// What a network namespace is, and how it is joined to the host.
    private static func line(_ namespace: HostNamespace) -> String {
        var parts: [String] = []
        if let container = namespace.container {
            parts.append("container \(shortContainer(container))")
        }
        parts += namespace.addresses.filter { !$0.address.isLoopback && !$0.address.isLinkLocal }
            .map { "\($0.address)/\($0.prefixLength) on \($0.interface)" }
        parts += namespace.links.map { link in
            "\(link.interface) joined by \(link.kind) to \(link.peer)"
                + (link.bridge.map { " of bridge \($0)" } ?? "")
        }
        let text = parts.isEmpty ? "no address of its own" : parts.joined(separator: ", ")
        return "  \(namespace.name)  \(text)".escapedForTerminal
    }

    /// What became of the rows of a table; nil for what is none.
    private static func reading(_ source: HostReport.Source) -> String? {
        guard let rows = source.rows else { return nil }
        let skipped = SkippedRow.allCases.compactMap { reason in
            rows.skipped[reason].map { "\($0) \(reason.rawValue)" }
        }
        var text =
            "  \(source.origin):\(rows.firstLine), \(source.kind): \(rows.count.counted("row"))"
        if !skipped.isEmpty { text += ", skipped \(skipped.joined(separator: ", "))" }
        if let first = rows.firstUnread {
            text += "; not understood \(rows.unread), the first in line \(first.number)"
        }
        return text.escapedForTerminal
    }

    /// What the coverage lacks, aligned by subject.
    private var notes: [String] {
        let width = report.coverage.map(\.subject.rawValue.count).max() ?? 0
        return report.coverage.map {
            "  \($0.subject.rawValue.padded(to: width))  \($0.reason.escapedForTerminal)"
        }
    }

    /// `any IPv4+IPv6` for a wildcard that takes both, otherwise the address.
    private static func text(
        of address: IPAddress, _ family: Listener.Family?, zone: String?
    ) -> String {
        guard address.isUnspecified else {
            return "\(address)\(zone.map { "%\($0)" } ?? "")"
        }
        return switch family {
        case .ipv4: "any IPv4"
        case .ipv6: "any IPv6"
        case .dual: "any IPv4+IPv6"
        case .ipv6OrDual: "any IPv6, IPv4?"
        case nil: "any, of which family?"
        }
    }

    /// `nginx(10,11)`; what is known instead when no process was seen.
    private func process(_ details: SocketDetails) -> String {
        guard !details.owners.isEmpty else {
            if let program = details.program { return program }
            if let holder = details.kernelHolder {
                return "kernel: "
                    + ([holder.kind.rawValue] + [holder.interface].compactMap(\.self))
                    .joined(separator: " ")
            }
            let isHidden = report.coverage.contains { $0.subject == .owners }
            return isHidden ? "not visible" : "no process"
        }
        var names: [String] = []
        for owner in details.owners where !names.contains(owner.name) { names.append(owner.name) }
        let groups = names.map { name in
            let pids = details.owners.filter { $0.name == name }.map { "\($0.pid)" }
            let more = pids.count > 3 ? ",+\(pids.count - 3)" : ""
            return "\(name)(\(pids.prefix(3).joined(separator: ","))\(more))"
        }
        return groups.count > 2
            ? "\(groups[0]), \(groups[1]), +\(groups.count - 2)" : groups.joined(separator: ", ")
    }

    /// The users of the holders; the socket's own when no holder was seen.
    private static func user(_ details: SocketDetails) -> String {
        let users = Set(details.owners.compactMap(\.user)).sorted()
        guard users.isEmpty else { return users.joined(separator: ", ") }
        return details.userID.map { "uid \($0)" } ?? ""
    }

    /// As many characters of an id as container tools show.
    private static func shortContainer(_ container: String?) -> String {
        guard let container else { return "" }
        let isID = container.count == 64 && container.allSatisfy(\.isHexDigit)
        return isID ? String(container.prefix(12)) : container
    }

    /// What waits and may wait for accept, once the kernel drops what comes more.
    private static func fullQueue(_ details: SocketDetails) -> String {
        guard let queue = details.queue, queue.waiting > queue.limit else { return "" }
        return "full: \(queue.waiting) wait, limit \(queue.limit)"
    }
}
