import Prober

extension LiveHost {
    /// Adds to sockets that systemd, inetd or xinetd hold what they start when somebody comes.
    ///
    /// Their files are read only if they hold any, and only of this host's own namespace: a
    /// container has files of its own.
    func addActivations(to listeners: inout [Listener]) {
        let own = listeners.indices.filter { listeners[$0].namespace == nil }
        let keepers = Set(own.flatMap { listeners[$0].keepers })
        guard !keepers.isEmpty else { return }
        var kept = keepers.contains(.systemd) ? SocketUnits.read(below: root) : []
        if keepers != [.systemd] {
            let text = try? FileContents.bytes(of: "\(etc)/services", atMost: 1 << 24)
            let services = ServiceTable(parsing: String(decoding: text ?? [], as: UTF8.self))
            kept += SuperServers.read(in: etc, services: services)
        }
        for index in own {
            let holders = listeners[index].keepers
            let found = kept.filter {
                holders.contains($0.activation.keeper) && $0.isAt(listeners[index])
            }
            // Two units for one place: which of them is started, the files do not say.
            guard let activation = found.first?.activation,
                found.allSatisfy({ $0.activation == activation })
            else { continue }
            listeners[index].activation = activation
            guard let unit = activation.unit else { continue }
            listeners[index].remarks.append(.socketUnit)
            if !(listeners[index].unit?.hasSuffix(".service") ?? false) {
                listeners[index].unit = unit
            }
        }
    }

    /// The kernel's NFS server, if it holds `listener`, which no process does.
    func fileServer(of listener: Listener) -> KernelHolder? {
        let text = try? FileContents.bytes(of: "\(proc)/fs/nfsd/portlist", atMost: 64 * 1024)
        let lines = String(decoding: text ?? [], as: UTF8.self).split(separator: "\n")
        // `tcp 2049`, and what older and newer kernels have in between.
        let isServed = lines.contains { line in
            let words = line.split(separator: " ")
            return words.contains(Substring(listener.transport.rawValue))
                && words.last == "\(listener.port)"
        }
        return isServed ? KernelHolder(.nfs) : nil
    }
}

extension HostAddresses {
    /// The tunnel whose packets come to `listener`.
    func kernelHolder(of listener: Listener) -> KernelHolder? {
        guard listener.transport == .udp else { return nil }
        if tunnelPorts.contains(listener.port) { return KernelHolder(.fou) }
        guard
            let tunnel = interfaces.values.sorted(by: { $0.index < $1.index })
                .first(where: { $0.tunnelPort == listener.port }),
            let kind = tunnel.kind.flatMap(KernelHolder.Kind.init)
        else { return nil }
        return KernelHolder(kind, interface: tunnel.name)
    }
}

extension Listener {
    /// The programs that keep sockets for others among the owners.
    fileprivate var keepers: Set<Activation.Keeper> {
        Set(
            owners.compactMap { owner in
                switch owner.name {
                case "systemd" where owner.pid == 1, "init" where owner.pid == 1: .systemd
                case "inetd", "inetutils-inetd", "rlinetd": .inetd
                case "xinetd": .xinetd
                case _: nil
                }
            })
    }
}
