import Prober

extension LiveHost {
    /// What the host has counted by now, of the network namespace of the calling thread.
    public func reading(of needs: HostReading.Needs) -> HostReading {
        var reading = HostReading(counters: counters())
        if needs.includesSockets {
            for table in SocketTable.all {
                guard case .success(let diagnosis) = diagnose(table), !diagnosis.isInterrupted
                else { continue }
                for socket in diagnosis.sockets {
                    let key = HostReading.SocketKey(
                        socket.transport, socket.address, socket.port,
                        inode: socket.inode == 0 ? nil : socket.inode)
                    reading.sockets[key] = HostReading.SocketLoad(
                        bytes: socket.bufferUsed.map(UInt64.init),
                        drops: socket.dropCount.map(UInt64.init))
                }
            }
        }
        reading.takeRules(from: .thisMachine, needs.engines)
        return reading
    }
}

extension HostReading {
    /// Takes the rules' counters from the programs of `source` that list the rules of `engines`.
    mutating func takeRules(from source: FirewallSource, _ engines: Set<RuleTable.Engine>) {
        guard !engines.isEmpty else { return }
        let wanted = Set(engines.flatMap(\.listings))
        let firewall = LiveFirewall.collect(
            from: FirewallSource(
                run: { program, arguments in
                    wanted.contains(program) && Self.listings.contains(arguments)
                        ? source.run(program, arguments) : .missing
                },
                networkFile: source.networkFile))
        guard let ruleset = try? Ruleset(firewall.texts, gaps: []) else { return }
        take(ruleset)
    }

    /// The arguments with which programs list counters.
    private static let listings = [["-j", "list", "ruleset"], ["-c"]]
}

extension RuleTable.Engine {
    /// The programs that list the rules of this engine as they are named in references.
    var listings: [String] {
        switch self {
        case .nftables: ["nft"]
        case .iptables: ["nft", "iptables-nft-save", "ip6tables-nft-save"]
        case .legacy: ["iptables-legacy-save", "ip6tables-legacy-save"]
        }
    }
}
