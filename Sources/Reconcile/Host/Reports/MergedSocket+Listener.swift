import Prober

extension MergedSocket {
    /// The listener, when its address, port, family and transport are all known.
    var listener: Listener? {
        guard let transport = key.transport, let address = wholeAddress,
            case .number(let port) = port,
            let family = family.0.listenerFamily
        else { return nil }
        return Listener(
            transport, family, address, port, device: details.device,
            owners: details.owners.sorted { $0.pid < $1.pid }, unit: details.unit,
            container: details.container, namespace: details.namespace, userID: details.userID,
            inode: details.inode, queue: details.queue, zone: details.zone,
            program: details.owners.isEmpty ? details.program : nil,
            activation: details.activation, kernelHolder: details.kernelHolder,
            remarks: orderedRemarks,
            lines: details.lines)
    }

    /// The socket as one of which something is missing.
    var partial: PartialListener {
        let address: PartialListener.Address =
            switch key.address {
            case .exact(let address): .whole(address)
            case .wildcard: wholeAddress.map { .whole($0) } ?? .wildcard
            case .cut(let text): .cut(text)
            case .name(let name): .name(name)
            case .notShown: .notShown
            }
        var details = details
        details.owners.sort { $0.pid < $1.pid }
        if !details.owners.isEmpty { details.program = nil }
        details.remarks = orderedRemarks
        return PartialListener(
            key.transport, partialFamily, address, port, details: details)
    }

    /// The socket's place, where it is known whole.
    var endpoint: Endpoint? {
        guard let transport = key.transport, let address = wholeAddress,
            case .number(let port) = port
        else { return nil }
        return Endpoint(address, transport, port)
    }

    private var partialFamily: Listener.Family? {
        if case .cut = key.address { return claims.first?.family.listenerFamily }
        if case .name = key.address { return claims.first?.family.listenerFamily }
        return family.0.listenerFamily
    }

    private var wholeAddress: IPAddress? {
        switch key.address {
        case .exact(let address): address
        case .wildcard: key.wildcard.map { $0 == .ipv4 ? .v4(0) : .v6(high: 0, low: 0) }
        case .cut, .name, .notShown: nil
        }
    }

    private var orderedRemarks: [Remark] { Remark.allCases.filter(details.remarks.contains) }
}
