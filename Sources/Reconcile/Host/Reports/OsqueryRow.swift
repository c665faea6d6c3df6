import Prober

/// One row of osquery's table `listening_ports`; every value is text.
struct OsqueryRow {
    private let fields: [String: String]

    /// The row with `fields`; nil when it is of another table.
    init?(_ fields: [String: String]) {
        guard fields["port"] != nil, fields["protocol"] != nil,
            fields["address"] != nil || fields["family"] != nil
        else { return nil }
        self.fields = fields
    }

    /// Adds what the row shows.
    func add(_ line: ReportLine, to section: inout ReportSection) {
        let transport: Transport
        switch fields["protocol"] {
        case "6": transport = .tcp
        case "17": transport = .udp
        case _: return section.skip(.otherProtocol)
        }
        let host = fields["address"] ?? ""
        let family: IPAddress.Family
        switch fields["family"] {
        case "2": family = .ipv4
        case "1": return section.skip(.otherProtocol)
        case "10", "23", "24", "28", "30": family = .ipv6
        case _: family = host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        }
        section.saw(transport, family)
        guard let port = ReportedPort(fields["port"] ?? "") else { return section.skip(.unbound) }
        let parts = host.split(separator: "%", maxSplits: 1)
        let plain = parts.first.map(String.init) ?? ""
        var details = SocketDetails()
        if let pid = fields["pid"].flatMap({ Int32($0) }), pid > 0 {
            details.owners = [
                ProcessIdentity(
                    pid: pid, name: fields["name"] ?? "",
                    command: fields["cmdline"].flatMap { $0.isEmpty ? nil : $0 })
            ]
        }
        if let namespace = fields["net_namespace"], !namespace.isEmpty, namespace != "0" {
            details.namespace = namespace
        }
        // A dotted address in a row of IPv6 is macOS's way to show a socket of both families.
        let isDual = family == .ipv6 && plain == "0.0.0.0"
        let address = ReportedAddress(plain, in: isDual ? .ipv4 : family)
        // Windows numbers IPv6 23, and then osquery lets established connections through.
        if fields["family"] == "23", transport == .tcp { details.remarks = [.stateInferred] }
        let reported: ReportedFamily =
            isDual
            ? .dual : family == .ipv6 ? (fields["family"] == "23" ? .ipv6 : .ipv6OrDual) : .ipv4
        var socket = ReportedSocket(
            transport: transport, address: address, port: port,
            family: reported.settled(for: address), details: details)
        if parts.count > 1 { socket.place(String(parts[1])) }
        section.add(socket, line)
    }
}
