import Prober

extension MergedSocket {
    /// The listener, when its address, port, family and transport are all known.
    var listener: Listener? {
        guard let transport = key.transport, let address = wholeAddress,
            case .number(let port) = port,
            let family = family.0.listenerFamily
        else { return nil }
        var listener = Listener(transport, family, address, port)
        listener.details = wholeDetails
        return listener
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
        return PartialListener(
            key.transport, partialFamily, address, port, details: wholeDetails)
    }

    /// The details in the order that a report has them.
    private var wholeDetails: SocketDetails {
        var details = details
        details.owners.sort { $0.pid < $1.pid }
        if !details.owners.isEmpty { details.program = nil }
        details.remarks = Remark.allCases.filter(details.remarks.contains)
        return details
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
}
