import Prober

/// What `nmap -oX` wrote, tag by tag.
struct NmapReport {
    /// One address and what was seen of its TCP ports.
    struct Host {
        var address: IPAddress?
        var isUp = true
        var groups: [ObservationGroup] = []
        /// The ports that rows or groups speak of.
        var known: [ClosedRange<UInt16>] = []
        /// What holds for ports without a row, and which of them, where that is told.
        var rest: [(evidence: Evidence, ports: PortSet?)] = []
    }

    /// A port that something answered on.
    struct OpenPort {
        var transport: Transport
        var address: IPAddress
        var port: UInt16
    }

    /// When it began, in seconds since 1970.
    private(set) var started: Int64?
    /// How TCP was probed: `syn`, `connect` and others.
    private(set) var method: String?
    /// The TCP ports that were asked about.
    private(set) var ports = PortSet()
    private(set) var hosts: [Host] = []
    /// Whether the scan says that it ended well.
    private(set) var isFinished = false
    /// Whether the outermost element was closed.
    private(set) var isClosed = false
    /// Whether this is nmap's at all.
    private(set) var isNmap = false
    /// How many ports of each kind were passed over.
    private(set) var skippedCount = 0
    private var host: Host?
    private var port: (transport: Transport?, number: UInt16)?
    private var restState: String?
    /// Whether what was seen of each port is kept, as a survey needs it.
    private let keepsObservations: Bool

    init(keepsObservations: Bool = true) { self.keepsObservations = keepsObservations }

    /// Takes the next tag; gives the port that it says is open.
    mutating func read(_ tag: XMLTags.Tag) -> OpenPort? {
        switch (tag.name, tag.isEnd) {
        case ("nmaprun", false):
            isNmap = true
            started = tag["start"].flatMap { Int64($0) }
        case ("nmaprun", true): isClosed = true
        case ("scaninfo", false) where tag["protocol"] == "tcp":
            method = tag["type"]
            ports = ports.union(Self.ports(tag["services"] ?? ""))
        case ("host", false): host = Host()
        case ("host", true): endHost()
        case ("status", false): host?.isUp = tag["state"] != "down"
        case ("address", false) where tag["addrtype"] != "mac":
            if host?.address == nil { host?.address = tag["addr"].flatMap { IPAddress($0) } }
        case ("extraports", false): restState = tag["state"]
        case ("extrareasons", false): readRest(tag)
        case ("port", false):
            let number = tag["portid"].flatMap { UInt16($0) }
            port = number.map { (Transport(rawValue: tag["protocol"] ?? ""), $0) }
        case ("state", false): return readState(tag)
        case ("finished", false): isFinished = tag["exit"] != "error"
        case _: break
        }
        return nil
    }

    private mutating func readState(_ tag: XMLTags.Tag) -> OpenPort? {
        guard let address = host?.address, let port, let state = tag["state"] else { return nil }
        guard let transport = port.transport else {
            skippedCount += 1
            return nil
        }
        if keepsObservations, transport == .tcp,
            let evidence = Self.evidence(tag, state, of: address)
        {
            self.host?.groups.append(
                ObservationGroup(
                    address, .tcp, PortSet([port.number...port.number]), evidence, attempts: 1))
            self.host?.known.append(port.number...port.number)
        }
        guard state == "open" else {
            skippedCount += 1
            return nil
        }
        return OpenPort(transport: transport, address: address, port: port.number)
    }

    private mutating func readRest(_ tag: XMLTags.Tag) {
        guard let state = restState, let address = host?.address,
            (tag["proto"] ?? "tcp") == "tcp",
            let evidence = Self.evidence(tag, state, of: address)
        else { return }
        host?.rest.append((evidence, tag["ports"].map(Self.ports)))
    }

    private mutating func endHost() {
        guard var host, let address = host.address, host.isUp else { return self.host = nil }
        let left = ports.subtracting(PortSet(host.known))
        for (evidence, told) in host.rest {
            // Without a list of them, ports can be told apart only when all were seen alike.
            guard let alike = told ?? (host.rest.count == 1 ? left : nil) else { continue }
            let ports = alike.intersection(left)
            guard !ports.isEmpty else { continue }
            host.groups.append(ObservationGroup(address, .tcp, ports, evidence, attempts: 1))
        }
        host.known = []
        if keepsObservations { hosts.append(host) }
        self.host = nil
    }

    /// What nmap's state and reason prove; nil for what this version has no evidence of.
    private static func evidence(
        _ tag: XMLTags.Tag, _ state: String, of address: IPAddress
    ) -> Evidence? {
        switch (state, tag["reason"] ?? "") {
        case ("open", _): return .handshake
        case ("closed", _): return .reset
        case ("filtered", let reason):
            guard let code = codes[reason] else { return .silence }
            let reporter = tag["reason_ip"].flatMap { IPAddress($0) } ?? address
            let error =
                address.family == .ipv4
                ? code.ipv4.map { ICMPError(.ipv4, type: $0.0, code: $0.1) }
                : code.ipv6.map { ICMPError(.ipv6, type: $0.0, code: $0.1) }
            return error.map { .icmp($0, reporter: reporter) } ?? .silence
        case _: return nil
        }
    }

    /// nmap's words for ICMP errors, and their types and codes.
    private static let codes: [String: (ipv4: (UInt8, UInt8)?, ipv6: (UInt8, UInt8)?)] = [
        "net-unreach": ((3, 0), (1, 0)), "net-unreaches": ((3, 0), (1, 0)),
        "host-unreach": ((3, 1), (1, 3)), "host-unreaches": ((3, 1), (1, 3)),
        "proto-unreach": ((3, 2), nil), "proto-unreaches": ((3, 2), nil),
        "port-unreach": ((3, 3), (1, 4)), "port-unreaches": ((3, 3), (1, 4)),
        "net-prohibited": ((3, 9), nil), "net-prohibiteds": ((3, 9), nil),
        "host-prohibited": ((3, 10), nil), "host-prohibiteds": ((3, 10), nil),
        "admin-prohibited": ((3, 13), (1, 1)), "admin-prohibiteds": ((3, 13), (1, 1)),
        "time-exceeded": ((11, 0), (3, 0)), "time-exceededs": ((11, 0), (3, 0)),
        "no-route": (nil, (1, 0)), "no-routes": (nil, (1, 0)),
        "addr-unreach": (nil, (1, 3)), "addr-unreaches": (nil, (1, 3)),
        "beyond-scope": (nil, (1, 2)), "beyond-scopes": (nil, (1, 2)),
    ]

    /// The ports in `1,3-4,6`.
    static func ports(_ text: String) -> PortSet {
        PortSet(
            text.split(separator: ",").compactMap { part -> ClosedRange<UInt16>? in
                let ends = part.split(separator: "-").map { UInt16($0) }
                guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last
                else { return nil }
                return first...last
            })
    }
}
