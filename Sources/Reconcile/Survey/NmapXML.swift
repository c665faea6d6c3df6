import FoundationEssentials
public import Prober

/// A scan as XML that nmap's readers take: valid against nmap's DTD, from the first byte on as far as
/// it goes.
///
/// Hosts are written whole, one after the other; ``end(_:at:)`` closes what is open.
public struct NmapXML {
    private let plan: SurveyPlan
    private let started: Int64
    private let services: ServiceTable
    private var writer = XMLWriter(doctype: "nmaprun")
    private var hostCount: UInt64 = 0

    /// The beginning of a scan with `header`, which `arguments` asked for.
    ///
    /// `version` is this program's. `services` are names of ports, as hints.
    public init(
        _ header: ScanRecord.Header, arguments: [String], version: String, services: ServiceTable
    ) {
        plan = header.plan
        started = Self.seconds(header.started)
        self.services = services
        writer.open(
            "nmaprun",
            [
                // The DTD knows no other word.
                ("scanner", "nmap"), ("args", arguments.joined(separator: " ")),
                ("start", "\(started)"), ("startstr", header.started),
                ("version", version), ("xmloutputversion", "1.05"),
            ])
        for transport in Transport.allCases where !plan.ports[transport].isEmpty {
            let ports = plan.ports[transport]
            writer.element(
                "scaninfo",
                [
                    ("type", transport == .tcp ? plan.method : "udp"),
                    ("protocol", transport.rawValue), ("numservices", "\(ports.count)"),
                    ("services", ports.description),
                ])
        }
        writer.element("verbose", [("level", "0")])
        writer.element("debugging", [("level", "0")])
        for range in plan.targets {
            writer.element("target", [("specification", range.description)])
        }
    }

    /// Adds a host; every host once.
    public mutating func add(_ host: NmapHost) {
        hostCount += 1
        let services = services
        writer.element("host", [("starttime", "\(started)")]) { writer in
            // Hosts are asked without finding out before whether they are there, as with nmap -Pn.
            writer.element(
                "status", [("state", "up"), ("reason", "user-set"), ("reason_ttl", "0")])
            let family = host.address.family == .ipv4 ? "ipv4" : "ipv6"
            writer.element("address", [("addr", host.address.description), ("addrtype", family)])
            writer.element("hostnames") { _ in }
            writer.element("ports") { writer in
                for rest in host.rest { Self.write(rest, to: &writer) }
                for port in host.listed {
                    Self.write(port, of: host.address, services, to: &writer)
                }
            }
        }
    }

    /// Closes what is open, at `finished` in seconds since 1970: no host follows.
    public mutating func end(_ ending: ScanRecord.Ending, at finished: Int64) {
        let elapsed = Double(ending.elapsed.wholeMicroseconds / 10_000) / 100
        let text = Date(timeIntervalSince1970: Double(finished)).ISO8601Format()
        let hosts = "\(hostCount) IP address\(hostCount == 1 ? "" : "es")"
        var attributes: [(StaticString, String)] = [
            ("time", "\(finished)"), ("timestr", text), ("elapsed", "\(elapsed)"),
            ("summary", "Prober done at \(text); \(hosts) scanned in \(elapsed) seconds"),
            ("exit", ending.isComplete ? "success" : "error"),
        ]
        if !ending.isComplete {
            let missing = ending.totals[.notTested]
            attributes.append(
                (
                    "errormsg",
                    "interrupted: \(missing) of \(ending.totals.requested.counting("endpoint")) "
                        + "not tested"
                ))
        }
        writer.element("runstats") { writer in
            writer.element("finished", attributes)
            writer.element(
                "hosts", [("up", "\(hostCount)"), ("down", "0"), ("total", "\(hostCount)")])
        }
        writer.close("nmaprun")
    }

    /// Takes what was not written yet.
    public mutating func takeBytes() -> [UInt8] { writer.takeBytes() }

    private static func write(_ rest: NmapHost.Rest, to writer: inout XMLWriter) {
        writer.element(
            "extraports", [("state", rest.state.nmapWord), ("count", "\(rest.count)")]
        ) { writer in
            for reason in rest.reasons {
                writer.element(
                    "extrareasons",
                    [
                        ("reason", reason.reason), ("count", "\(reason.ports.count)"),
                        ("proto", reason.transport.rawValue),
                        ("ports", reason.ports.description),
                    ])
            }
        }
    }

    private static func write(
        _ port: NmapHost.Port, of address: IPAddress, _ services: ServiceTable,
        to writer: inout XMLWriter
    ) {
        writer.element(
            "port", [("protocol", port.transport.rawValue), ("portid", "\(port.number)")]
        ) { writer in
            var state: [(StaticString, String)] = [
                ("state", port.state.nmapWord),
                ("reason", NmapReason(port.evidence, over: port.transport).singular),
                ("reason_ttl", "\(port.hopLimit ?? 0)"),
            ]
            if case .icmp(_, let reporter) = port.evidence, reporter != address {
                state.append(("reason_ip", reporter.description))
            }
            writer.element("state", state)
            if case .reply(let service?) = port.evidence {
                writer.element(
                    "service",
                    [("name", service.rawValue), ("method", "probed"), ("conf", "10")])
            } else if let name = services.name(of: port.number, over: port.transport) {
                writer.element(
                    "service", [("name", name), ("method", "table"), ("conf", "3")])
            }
        }
    }

    /// The seconds since 1970 of RFC 3339 text; 0 for any other text.
    private static func seconds(_ text: String) -> Int64 {
        let exact = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let date = (try? exact.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
        return date.map { Int64($0.timeIntervalSince1970) } ?? 0
    }
}
