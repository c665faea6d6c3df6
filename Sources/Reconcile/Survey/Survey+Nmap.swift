import FoundationEssentials
public import Prober

extension Survey {
    /// Whether `bytes` begin as XML, and so are not a scan file of our own.
    public static func isXML(_ bytes: [UInt8]) -> Bool {
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        return start.first { $0 > 0x20 } == UInt8(ascii: "<")
    }

    /// What `nmap -oX`, or `prober scan --format xml`, saw of TCP and UDP ports, from wherever it
    /// ran.
    ///
    /// nmap's word that a port is open counts as a handshake, also where its SYN scan broke off
    /// before the end of one. Other protocols are left out. Which ports a host has of those that
    /// nmap only counted is known when they were all seen alike; what is not known counts as not
    /// probed.
    ///
    /// - Throws: ``InputError`` about `source`.
    public init(nmap bytes: [UInt8], source: String) throws(InputError) {
        var tags = XMLTags()
        var report = NmapReport()
        var index = 0
        var line = 1
        while let tag = tags.read(bytes, from: &index, line: &line) { _ = report.read(tag) }
        guard report.isNmap else {
            throw InputError(
                source, line: 1, problem: "this XML is not nmap's",
                remedy: "Give a file that nmap -oX or prober scan wrote.")
        }
        let method = report.method ?? "connect"
        guard ["syn", "connect"].contains(method) else {
            throw InputError(
                source, problem: "nmap's \(method) scan does not tell which ports are open",
                remedy: "Scan with -sS or -sT.")
        }
        let hosts = report.hosts.filter { !$0.groups.isEmpty }
        let told = report.targets.compactMap { AddressRange(fileText: $0) }
        guard !hosts.isEmpty || !told.isEmpty else {
            throw InputError(
                source, problem: "nmap saw no TCP or UDP port of any host",
                remedy: "Give a scan that reached a host.")
        }
        var seen: [Transport: [ClosedRange<UInt16>]] = [:]
        for group in hosts.lazy.flatMap(\.groups) {
            seen[group.transport, default: []] += group.ports.ranges
        }
        var ports = report.ports
        for (transport, ranges) in seen {
            ports[transport] = ports[transport].union(PortSet(ranges))
        }
        let plan = SurveyPlan(
            targets: TargetSet(
                told + hosts.compactMap { $0.address.map { AddressRange($0) } }
            ).ranges,
            ports: ports, method: method)
        guard plan.requested <= ProbeSpace.largestCount else {
            throw InputError(
                source, problem: "the targets and ports are more endpoints than a scan can have",
                remedy: "The file was changed after it was written; scan again.")
        }
        let groups = hosts.flatMap(\.groups)
        let isWhole = groups.reduce(UInt128(0)) { $0 + UInt128($1.ports.count) } == plan.requested
        let start = Date(timeIntervalSince1970: Double(report.started ?? 0))
        self.init(
            id: "nmap-\(report.started ?? 0)", started: start.ISO8601Format(),
            vantage: Vantage(name: "nmap", addresses: []), seed: 0, plan: plan, groups: groups,
            ending: report.isClosed && !report.hasFailed && isWhole ? .complete : .interrupted)
    }
}
