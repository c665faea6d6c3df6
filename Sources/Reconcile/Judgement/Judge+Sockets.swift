import Prober

extension Judge {
    /// What is to be said of single sockets and taken ports of the host, whoever asks from where.
    ///
    /// `found` are the findings on endpoints; what one of them says already is not said again.
    func socketFindings(beside found: [Finding]) -> [Finding] {
        guard let report = later ?? host else { return [] }
        // A report that names no owner at all did not look for any.
        let isOwnersSeen =
            !report.coverage.contains { $0.subject == .owners }
            && report.listeners.contains { !$0.owners.isEmpty }
        var findings: [Finding] = []
        for listener in report.listeners
        where listener.namespace == nil && !listener.remarks.contains(.seenFromOutside) {
            let verdict: Verdict
            if listener.kernelHolder != nil {
                verdict = .heldByKernel
            } else if isOwnersSeen, listener.isOwnerless {
                verdict = .ownerless
            } else if isLikelyClient(listener), !isDeclaredClosed(listener) {
                verdict = .clientSocket
            } else {
                continue
            }
            add(finding(on: listener, verdict), to: &findings)
        }
        let isSaid = Set(
            found.lazy.filter { $0.verdict == .hidden }
                .flatMap { finding in finding.ports.map { SocketName(finding.transport, $0) } })
        for port in report.verification?.unlisted ?? [] {
            let name = SocketName(port.transport, port.port)
            if port.kind == .hidden, isSaid.contains(name) { continue }
            add(finding(on: port), to: &findings)
        }
        return findings
    }

    /// A transport and a port.
    private struct SocketName: Hashable {
        var transport: Transport
        var port: UInt16

        init(_ transport: Transport, _ port: UInt16) {
            self.transport = transport
            self.port = port
        }
    }

    /// Whether two signs say that `listener` is a client's socket.
    ///
    /// A port of the range that the kernel gives to clients is one; the other is that a report says
    /// so for its own reasons. That a socket is new is none: so is a service that starts.
    private func isLikelyClient(_ listener: Listener) -> Bool {
        listener.remarks.contains(.likelyClient) && listener.isOnClientPort(before.clientPorts)
    }

    /// Whether `listener` has a port that was declared closed by name: what is found of the port
    /// then decides, and nothing excuses it.
    private func isDeclaredClosed(_ listener: Listener) -> Bool {
        stance(of: listener.port, over: listener.transport).meaning == .closed
    }

    private func finding(on listener: Listener, _ verdict: Verdict) -> Finding {
        let bound = listener.address.destination
        let reach: ListenerView.Reach =
            bound.isUnspecified ? .wildcard : bound.isLoopback ? .loopback : .address
        return Finding(
            addresses: AddressRange(listener.address), transport: listener.transport,
            ports: PortSet(ports: [listener.port]), sighting: nil,
            inside: .listening([listener], reach), firewall: .undecided([.notAsked]),
            stance: stance(of: listener.port, over: listener.transport), verdict: verdict,
            isSupplement: true)
    }

    private func finding(on port: UnlistedPort) -> Finding {
        let verdict: Verdict =
            switch port.kind {
            case .hidden: .hidden
            case .reserved: .reserved
            case .boundOrHidden: .boundOrHidden
            }
        return Finding(
            addresses: AddressRange(IPAddress(port.family, number: 0)), transport: port.transport,
            ports: PortSet(ports: [port.port]), sighting: nil, inside: .none,
            firewall: .undecided([.notAsked]), stance: stance(of: port.port, over: port.transport),
            verdict: verdict, isSupplement: true)
    }

    /// What was declared of a port, for whomever.
    private func stance(of port: UInt16, over transport: Transport) -> Policy.Stance {
        let spoken = policy.expectations.filter { $0.ports[transport].contains(port) }
        let stance: Policy.Stance =
            spoken.first { !$0.isOver }.map { $0.isOpen ? .open($0) : .closed($0) } ?? .undeclared
        guard let first = spoken.first, first.isOver else { return stance }
        return stance.following(first)
    }
}

extension Listener {
    /// Whether nothing says who holds the socket, though everything was looked at.
    fileprivate var isOwnerless: Bool {
        owners.isEmpty && inode ?? 0 != 0 && program == nil && unit == nil && container == nil
            && activation == nil
            && !remarks.contains(.published) && !remarks.contains(.registered)
    }
}
