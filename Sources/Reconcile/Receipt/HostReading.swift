import Prober

/// What a host counted by one moment, as far as receipts ask.
public struct HostReading: Hashable, Sendable {
    /// What the kernel counted for the namespace that is probed.
    var counters: [KernelCounter: UInt64]
    /// What became of datagrams and connections at each socket.
    var sockets: [SocketKey: SocketLoad]
    /// How many packets each rule met that counts them.
    var rules: [RuleKey: UInt64]

    init(
        counters: [KernelCounter: UInt64] = [:], sockets: [SocketKey: SocketLoad] = [:],
        rules: [RuleKey: UInt64] = [:]
    ) {
        self.counters = counters
        self.sockets = sockets
        self.rules = rules
    }

    /// What of a host is to be read; its counters always are.
    public struct Needs: Hashable, Sendable {
        /// Whether sockets are.
        var includesSockets = false
        /// The engines of which the rules are.
        var engines: Set<RuleTable.Engine> = []
    }

    /// What tells a socket from others in two readings.
    struct SocketKey: Hashable, Sendable {
        let transport: Transport
        let address: IPAddress
        let port: UInt16
        let inode: UInt64?

        init(_ transport: Transport, _ address: IPAddress, _ port: UInt16, inode: UInt64?) {
            self.transport = transport
            self.address = address
            self.port = port
            self.inode = inode
        }

        init(_ listener: Listener) {
            self.init(
                listener.transport, listener.address, listener.port, inode: listener.inode)
        }
    }

    /// What waits at a socket, and what was dropped there.
    struct SocketLoad: Hashable, Sendable {
        /// The bytes that wait in its buffer; nil for TCP, and where it is not told.
        var bytes: UInt64?
        /// What had no room; nil where it is not told.
        var drops: UInt64?
    }

    /// What finds a rule again in two readings.
    struct RuleKey: Hashable, Sendable {
        var family: RuleTable.Family
        var table: String
        var chain: String
        var place: Rule.Place
        /// A line moves when another is put before it; what the rule says does not.
        var text: String
    }
}

extension HostReading {
    /// Takes what `listeners` say of their sockets.
    mutating func take(_ listeners: [Listener]) {
        for listener in listeners where listener.namespace == nil {
            sockets[SocketKey(listener)] = SocketLoad(
                bytes: listener.buffer.map { UInt64($0.used) }, drops: listener.dropCount)
        }
    }

    /// Takes what the rules of `ruleset` counted.
    mutating func take(_ ruleset: Ruleset) {
        for table in ruleset.tables {
            for chain in table.chains {
                for rule in chain.rules {
                    guard let packets = rule.packets else { continue }
                    let key = RuleKey(
                        family: table.family, table: table.name, chain: chain.name,
                        place: rule.place, text: rule.text)
                    rules[key] = packets
                }
            }
        }
    }
}

extension HostReading.RuleKey {
    /// The key of the rule that `reference` names; nil for a policy, and for a rule that does not
    /// count.
    init?(counted reference: RuleReference) {
        guard let place = reference.place, reference.packets != nil else { return nil }
        self.init(
            family: reference.family, table: reference.table, chain: reference.chain, place: place,
            text: reference.text)
    }
}
