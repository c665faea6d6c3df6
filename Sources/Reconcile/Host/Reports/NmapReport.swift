import Prober

/// What `nmap -oX` wrote, tag by tag.
struct NmapReport {
    /// One address and what was seen of its TCP and UDP ports.
    struct Host {
        var address: IPAddress?
        var isUp = true
        var groups: [ObservationGroup] = []
        /// The ports that rows or groups speak of.
        var known: [Transport: [ClosedRange<UInt16>]] = [:]
        /// What holds for ports without a row, and which of them, where that is told.
        var rest: [(transport: Transport, evidence: Evidence, ports: PortSet?)] = []
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
    /// The ports that were asked about.
    private(set) var ports = PortSpec()
    /// What was asked about, where that is told: `prober scan` names it, nmap does not.
    private(set) var targets: [String] = []
    private(set) var hosts: [Host] = []
    /// Whether the scan says that it ended well.
    private(set) var isFinished = false
    /// Whether the scan says that it did not end well.
    private(set) var hasFailed = false
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
        case ("scaninfo", false):
            guard let transport = Transport(rawValue: tag["protocol"] ?? "") else { break }
            if transport == .tcp { method = tag["type"] }
            ports[transport] = ports[transport].union(Self.ports(tag["services"] ?? ""))
        case ("target", false) where tag["status"] == nil:
            if let target = tag["specification"] { targets.append(target) }
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
        case ("finished", false):
            hasFailed = tag["exit"] == "error"
            isFinished = !hasFailed
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
        if keepsObservations,
            let evidence = Self.evidence(tag, state, over: transport, of: address)
        {
            self.host?.groups.append(
                ObservationGroup(
                    address, transport, PortSet(ports: [port.number]), evidence, attempts: 1))
            self.host?.known[transport, default: []].append(port.number...port.number)
        }
        guard state == "open" else {
            skippedCount += 1
            return nil
        }
        return OpenPort(transport: transport, address: address, port: port.number)
    }

    private mutating func readRest(_ tag: XMLTags.Tag) {
        guard let state = restState, let address = host?.address,
            let transport = Transport(rawValue: tag["proto"] ?? "tcp"),
            let evidence = Self.evidence(tag, state, over: transport, of: address)
        else { return }
        host?.rest.append((transport, evidence, tag["ports"].map(Self.ports)))
    }

    private mutating func endHost() {
        guard var host, let address = host.address, host.isUp else { return self.host = nil }
        for (transport, evidence, told) in host.rest {
            let left = ports[transport].subtracting(PortSet(host.known[transport] ?? []))
            // Without a list of them, ports can be told apart only when all were seen alike.
            guard let alike = told ?? (host.rest.count == 1 ? left : nil) else { continue }
            let ports = alike.intersection(left)
            guard !ports.isEmpty else { continue }
            host.groups.append(
                ObservationGroup(address, transport, ports, evidence, attempts: 1))
        }
        host.known = [:]
        if keepsObservations { hosts.append(host) }
        self.host = nil
    }

    /// What nmap's state and reason prove; nil for what this version has no evidence of.
    private static func evidence(
        _ tag: XMLTags.Tag, _ state: String, over transport: Transport,
        of address: IPAddress
    ) -> Evidence? {
        let reason = tag["reason"] ?? ""
        let reporter = tag["reason_ip"].flatMap { IPAddress($0) } ?? address
        let error = NmapReason.error(reason, in: address.family)
        let evidence: Evidence? =
            switch (state, transport) {
            case ("open", .tcp): .handshake
            case ("open", .udp): .reply(nil)
            case ("closed", .tcp): .reset
            case ("closed", .udp), ("filtered", _):
                error.map { .icmp($0, reporter: reporter) } ?? (transport == .tcp ? .silence : nil)
            case ("open|filtered", .udp): .silence
            case _: nil
            }
        guard let evidence,
            PortState(explaining: evidence, over: transport, at: address).rawValue == state
        else { return nil }
        return evidence
    }

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
