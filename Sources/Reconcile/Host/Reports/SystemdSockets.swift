import Prober

/// `systemctl list-sockets`: what systemd holds for the services it starts.
struct SystemdSockets: TableReader {
    let format = ReportFormat.systemdSockets

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.first == "listen" && words.contains("unit")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        // The unit is found by its name: what it listens on may have blanks.
        guard let unit = (1..<max(1, line.count)).first(where: { line[$0].hasSuffix(".socket") })
        else { return section.hasHeading && line.text.hasSuffix("sockets listed.") }
        guard unit == 1 || unit == 2 else {
            section.skip(.otherProtocol)
            return true
        }
        let type = unit == 2 ? line[1] : nil
        let socket = Self.socket(
            listen: line[0], type: type, unit: line[unit])
        guard let socket else {
            section.skip(.otherProtocol)
            return true
        }
        if let transport = socket.transport { section.saw(transport, nil) }
        section.add(socket, line)
        return true
    }

    /// The socket that a unit listens on; nil when it is none of TCP or UDP.
    static func socket(
        listen: String, type: String?, unit: String
    ) -> ReportedSocket? {
        guard !listen.hasPrefix("/"), !listen.hasPrefix("@"), !listen.hasPrefix("vsock:"),
            let local = EndpointText(listen, partedBy: .colon),
            let port = ReportedPort(local.port), case .number = port
        else { return nil }
        let transport: Transport?
        switch type {
        case "Stream": transport = .tcp
        case "Datagram": transport = .udp
        case nil: transport = nil
        case _: return nil
        }
        let family: IPAddress.Family =
            local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        let address = ReportedAddress(local.host, in: family)
        var socket = ReportedSocket(
            transport: transport, address: address, port: port,
            family: (family == .ipv6 ? ReportedFamily.ipv6OrDual : .ipv4).settled(for: address))
        // The service that it starts is in the line, which is kept.
        socket.details.unit = unit
        socket.details.remarks = [.socketUnit]
        if let zone = local.zone { socket.place(zone) }
        return socket
    }
}
