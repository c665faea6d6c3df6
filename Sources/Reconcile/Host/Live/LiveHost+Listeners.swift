import Prober

extension LiveHost {
    /// The listeners that `sockets` are, by transport, port and address.
    ///
    /// `isOwn` says whether they are of the host's own network namespace.
    func listeners(
        _ sockets: [KernelSocket], _ owners: SocketOwners, _ addresses: HostAddresses,
        isOwn: Bool = true
    ) -> [Listener] {
        // Reading the tree costs a walk, so only for a socket that no process explains.
        let isTreeWanted = sockets.contains {
            $0.controlGroup != nil && owners.holders[$0.inode] == nil
        }
        let shared = Set(Dictionary(grouping: sockets, by: Place.init).filter { $1.count > 1 }.keys)
        let tree = isTreeWanted ? ControlGroupTree.read(in: proc) : ControlGroupTree()
        return sockets.map { socket in
            let holders = owners.holders[socket.inode] ?? []
            let group =
                holders.isEmpty
                ? socket.controlGroup.flatMap { tree[$0] } : ControlGroup(of: holders)
            var listener = Listener(
                socket.transport, Listener.Family(of: socket), socket.address, socket.port)
            if let index = socket.interfaceIndex, index != 0 {
                listener.device = addresses[index] ?? "interface \(index)"
            }
            listener.owners = holders.map(\.process)
            listener.unit = group?.unit
            listener.container = group?.container
            listener.userID = socket.userID
            listener.inode = socket.inode == 0 ? nil : socket.inode
            if shared.contains(Place(socket)) { listener.remarks.append(.sharedPort) }
            if holders.isEmpty {
                // What the host's kernel serves, `/proc` tells of its own namespace alone.
                listener.kernelHolder =
                    addresses.kernelHolder(of: listener) ?? (isOwn ? fileServer(of: listener) : nil)
            }
            if let waiting = socket.waiting, let backlog = socket.backlog {
                listener.queue = AcceptQueue(waiting: waiting, limit: backlog)
            }
            if let used = socket.bufferUsed {
                listener.buffer = ReceiveBuffer(used: used, limit: socket.bufferLimit)
            }
            listener.dropCount = socket.dropCount.map(UInt64.init)
            return listener
        }.sorted {
            ($0.transport, $0.port, $0.address, $0.device ?? "", $0.inode ?? 0)
                < ($1.transport, $1.port, $1.address, $1.device ?? "", $1.inode ?? 0)
        }
    }
}

/// What only sockets that share a port have in common.
private struct Place: Hashable {
    var endpoint: Endpoint
    var interfaceIndex: UInt32?

    init(_ socket: KernelSocket) {
        endpoint = Endpoint(socket.address, socket.transport, socket.port)
        interfaceIndex = socket.interfaceIndex
    }
}

extension Listener.Family {
    /// The destination families that reach `socket`.
    ///
    /// A mapped address is reached by IPv4 only.
    init(of socket: KernelSocket) {
        switch (socket.address.family, socket.isIPv6Only) {
        case (.ipv4, _): self = .ipv4
        case (.ipv6, _) where socket.address.mappedIPv4 != nil: self = .ipv4
        case (.ipv6, _) where !socket.address.isUnspecified: self = .ipv6
        case (.ipv6, true): self = .ipv6
        case (.ipv6, false): self = .dual
        case (.ipv6, nil): self = .ipv6OrDual
        }
    }
}

extension ControlGroup {
    /// The group that tells most of who holds a socket.
    ///
    /// A socket that systemd opened for a service is held by both; the service is of interest.
    init?(of holders: [SocketOwners.Holder]) {
        let groups = holders.compactMap(\.controlGroup)
        let telling = groups.first {
            $0.container != nil || $0.unit != nil && $0.unit != "init.scope"
        }
        guard let group = telling ?? groups.first else { return nil }
        self = group
    }
}
