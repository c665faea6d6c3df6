import Prober

/// Where names of services are looked up, in this order: the host's own, those that every system
/// knows, and this machine's.
public struct ServiceNames: Sendable {
    private var tables: [ServiceEntries]

    /// The names of the host, of our own table, and of this machine.
    ///
    /// `host` is what `--services` names, `machine` this machine's `/etc/services`.
    public init(host: ServiceEntries = ServiceEntries(), machine: ServiceEntries = ServiceEntries())
    {
        tables = [host, Self.known, machine]
    }

    /// Adds names that a report has of its own host, behind those that were given.
    mutating func add(_ entries: ServiceEntries) { tables[0].add(entries) }

    /// What a name may stand for.
    enum Meaning: Hashable {
        case port(UInt16, Remark?)
        /// One of several.
        case ports(PortSet)
        case unknown
    }

    /// The port that `name` stands for over `transport`.
    ///
    /// A name of the other transport counts when this one has none, and a name that was cut when
    /// only one port's names begin so: both with a remark.
    func meaning(of name: String, over transport: Transport) -> Meaning {
        let name = name.lowercased()
        for table in tables {
            let ports = table.ports(of: name, over: transport)
            if !ports.isEmpty { return Self.meaning(ports, nil) }
        }
        let other: Transport = transport == .tcp ? .udp : .tcp
        for table in tables {
            let ports = table.ports(of: name, over: other)
            if !ports.isEmpty { return Self.meaning(ports, .nameOfOtherTransport) }
        }
        // X11 and its displays: `x11-3` is 6003.
        if name.hasPrefix("x11-"), let display = UInt16(name.dropFirst(4)), display < 64 {
            return .port(6000 + display, nil)
        }
        guard name.utf8.count >= 6 else { return .unknown }
        let begun = tables.reduce(into: Set<UInt16>()) {
            $0.formUnion($1.ports(beginning: name, over: transport))
        }
        return begun.count == 1 ? Self.meaning(Array(begun), .nameCut) : .unknown
    }

    private static func meaning(_ ports: [UInt16], _ remark: Remark?) -> Meaning {
        guard let first = ports.first, ports.count == 1 else {
            return .ports(PortSet(ports: ports))
        }
        return .port(first, remark)
    }
}
