import Prober

/// One row of osquery's table `listening_ports`; every value is text.
struct OsqueryRow {
    /// The columns that are looked at.
    enum Column: Int, CaseIterable {
        case port, transport, family, address, pid, program, command, namespace

        /// How osquery calls it.
        var name: String {
            switch self {
            case .port: "port"
            case .transport: "protocol"
            case .family: "family"
            case .address: "address"
            case .pid: "pid"
            case .program: "name"
            case .command: "cmdline"
            case .namespace: "net_namespace"
            }
        }
    }

    private let port: String
    private let transport: String
    private let family: String?
    private let address: String
    private let pid: String?
    private let name: String?
    private let command: String?
    private let namespace: String?

    /// The row with the values that `value` gives; nil when it is of another table.
    init?(_ value: (Column) -> String?) {
        guard let port = value(.port), let transport = value(.transport) else { return nil }
        let family = value(.family)
        guard let address = value(.address) ?? family.map({ _ in "" }) else { return nil }
        self.port = port
        self.transport = transport
        self.family = family
        self.address = address
        pid = value(.pid)
        name = value(.program)
        command = value(.command)
        namespace = value(.namespace)
    }

    /// Adds what the row shows.
    func add(_ line: ReportLine, to section: inout ReportSection) {
        let transport: Transport
        switch self.transport {
        case "6": transport = .tcp
        case "17": transport = .udp
        case _: return section.skip(.otherProtocol)
        }
        let family: IPAddress.Family
        switch self.family {
        case "2": family = .ipv4
        case "1": return section.skip(.otherProtocol)
        case "10", "23", "24", "28", "30": family = .ipv6
        case _: family = address.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        }
        section.saw(transport, family)
        guard let port = ReportedPort(self.port) else { return section.skip(.unbound) }
        let (plain, zone) = address.partedByZone
        var details = SocketDetails()
        if let pid = pid.flatMap({ Int32($0) }), pid > 0 {
            details.owners = [
                ProcessIdentity(
                    pid: pid, name: name ?? "",
                    command: command.flatMap { $0.isEmpty ? nil : $0 })
            ]
        }
        if let namespace, !namespace.isEmpty, namespace != "0" {
            details.namespace = namespace
        }
        // A dotted address in a row of IPv6 is macOS's way to show a socket of both families.
        let isDual = family == .ipv6 && plain == "0.0.0.0"
        let reportedAddress = ReportedAddress(plain, in: isDual ? .ipv4 : family)
        // Windows numbers IPv6 23, and then osquery lets established connections through.
        if self.family == "23", transport == .tcp { details.remarks = [.stateInferred] }
        let reported: ReportedFamily =
            isDual
            ? .dual : family == .ipv6 ? (self.family == "23" ? .ipv6 : .ipv6OrDual) : .ipv4
        var socket = ReportedSocket(
            transport: transport, address: reportedAddress, port: port,
            family: reported.settled(for: reportedAddress), details: details)
        if let zone { socket.place(zone) }
        section.add(socket, line)
    }
}

extension String {
    /// What stands before the first percent sign, and what stands behind it.
    var partedByZone: (address: String, zone: String?) {
        guard let mark = utf8.firstIndex(of: UInt8(ascii: "%")) else { return (self, nil) }
        return (String(self[..<mark]), String(self[utf8.index(after: mark)...]))
    }
}
