import Prober

extension ReportSection {
    /// The listeners of a report of our own, as a table.
    ///
    /// Each stays what it is: several may share one place.
    init(_ report: HostReport, origin: String) {
        self.init(.hostReport, origin: origin, firstLine: 1)
        hasHeading = true
        gaps = report.coverage
        let sockets =
            report.listeners.map(ReportedSocket.init)
            + report.partialListeners.map(ReportedSocket.init)
        for var socket in sockets {
            countRow()
            guard mayTakeMore() else { continue }
            if socket.details.lines.isEmpty {
                let text =
                    "\(socket.transport?.rawValue ?? "?") \(socket.address.text) \(socket.port.text)"
                socket.details.lines = [ReportedLine(source: origin, number: 1, text: text)]
            }
            self.sockets.append(socket)
        }
        for transport in Transport.allCases { saw(transport, nil) }
    }
}

extension ReportedSocket {
    /// What a report of our own says of a listener.
    fileprivate init(_ listener: Listener) {
        self.init(
            transport: listener.transport,
            address: listener.address.isUnspecified ? .wildcard : .exact(listener.address),
            port: .number(listener.port), family: ReportedFamily(listener.family),
            details: listener.details)
    }

    /// What a report of our own says of a listener of which it has only a part.
    fileprivate init(_ listener: PartialListener) {
        let transport = listener.transport
        let port = ReportedPort(listener.port)
        let family = listener.family.map { ReportedFamily($0) }
        func socket(_ address: ReportedAddress, _ family: ReportedFamily) -> ReportedSocket {
            ReportedSocket(transport: transport, address: address, port: port, family: family)
        }
        switch listener.address {
        case .whole(let address) where address.isUnspecified:
            let isIPv4 = address.family == .ipv4
            let told = isIPv4 == (family == .ipv4) ? family : nil
            self = socket(.wildcard, told ?? (isIPv4 ? .ipv4 : .ipv6OrDual))
        case .whole(let address):
            self = socket(.exact(address), ReportedFamily.unknown.settled(for: .exact(address)))
        case .wildcard: self = socket(.wildcard, family ?? .unknown)
        case .cut(let text): self = socket(.cut(text), family ?? .unknown)
        case .name(let name): self = socket(.name(name), family ?? .unknown)
        case .notShown: self = socket(.notShown, family ?? .unknown)
        }
        details = listener.details
        switch listener.port {
        case .number: break
        case .name(_, let ports), .cut(_, let ports): self.ports = ports.isEmpty ? nil : ports
        }
    }
}

extension ReportedPort {
    fileprivate init(_ port: PartialListener.Port) {
        switch port {
        case .number(let number): self = .number(number)
        case .name(let name, _): self = .name(name)
        case .cut(let digits, _): self = .cut(digits)
        }
    }

    fileprivate var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let text), .cut(let text): text
        }
    }
}

extension ReportedAddress {
    fileprivate var text: String {
        switch self {
        case .wildcard: "*"
        case .exact(let address): "\(address)"
        case .cut(let text), .name(let text): text
        case .notShown: "?"
        }
    }
}

extension ReportedFamily {
    /// The family of a listener.
    fileprivate init(_ family: Listener.Family) {
        switch family {
        case .ipv4: self = .ipv4
        case .ipv6: self = .ipv6
        case .dual: self = .dual
        case .ipv6OrDual: self = .ipv6OrDual
        }
    }
}
