import FoundationEssentials
import Prober
import Reconcile

/// What a scan finds, in the lines of nmap's `-oG`: a host on a line, at the end of the scan.
struct GreppableWriter: ScanWriter, ~Copyable {
    private let plan: SurveyPlan
    private let isEach: Bool
    private let services = InputFile.services()
    private var bytes: [UInt8] = []
    private var hosts = HostGathering()

    /// Lines of a scan with `header`, with every port that was asked when `isEach`.
    init(_ header: ScanRecord.Header, each isEach: Bool) {
        plan = header.plan
        self.isEach = isEach
        let command = Version.arguments.joined(separator: " ")
        add("# Prober \(Version.number) scan initiated \(header.started) as: \(command)")
        let ports = plan.ports
        add(
            "# Ports scanned: TCP(\(ports.tcp.count);\(ports.tcp)) UDP(\(ports.udp.count);"
                + "\(ports.udp)) SCTP(0;) PROTOCOLS(0;)")
    }

    mutating func add(_ batch: [Observation], elapsed: Duration) throws {
        try hosts.add(batch)
    }

    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) throws {
        let (plan, isEach, services) = (plan, isEach, services)
        var count = 0
        try hosts.forEachHost { address, groups in
            count += 1
            let host = NmapHost(address, groups, plan: plan, listsEach: isEach)
            try write(Array(Self.lines(of: host, services).map { $0 + "\n" }.joined().utf8))
        }
        let missing = tally[.notTested]
        let incomplete =
            missing == 0 ? "" : ", \(missing) of \(tally.requested.counted("endpoint")) not tested"
        add(
            "# Prober done at \(Date().ISO8601Format()) -- "
                + "\(count.counted("IP address", "IP addresses")) "
                + "(\(count.counted("host")) up) scanned in \(elapsed.inSeconds) seconds"
                + incomplete + (tally.isComplete ? "" : " (interrupted)"))
    }

    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The lines of `host`, without line ends.
    static func lines(of host: NmapHost, _ services: ServiceTable) -> [String] {
        let name = "Host: \(host.address) ()"
        var fields = [name]
        if !host.listed.isEmpty {
            let ports = host.listed.map { port in
                // number/state/protocol/owner/service/rpc/version/
                "\(port.number)/\(port.state.nmapWord)/\(port.transport.rawValue)//"
                    + "\(service(of: port, services))///"
            }
            fields.append("Ports: " + ports.joined(separator: ", "))
        }
        fields += host.rest.map { "Ignored State: \($0.state.nmapWord) (\($0.count))" }
        return [name + "\tStatus: Up", fields.joined(separator: "\t")]
    }

    /// The name of the service, in which a slash would part fields.
    private static func service(of port: NmapHost.Port, _ services: ServiceTable) -> String {
        let name: String =
            if case .reply(let service?) = port.evidence {
                service.rawValue
            } else {
                services.name(of: port.number, over: port.transport) ?? ""
            }
        return String(name.visible.map { "/,".contains($0) ? "|" : $0 })
    }

    private mutating func add(_ line: String) {
        bytes += line.visible.utf8
        bytes.append(UInt8(ascii: "\n"))
    }
}
