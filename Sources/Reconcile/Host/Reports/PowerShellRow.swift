import Prober

/// One object of `Get-NetTCPConnection` or `Get-NetUDPEndpoint`, however it is written.
struct PowerShellRow {
    /// The fields that are looked at, in small letters.
    static let fields: Set<String> = [
        "localaddress", "localport", "remoteaddress", "remoteport", "state", "owningprocess",
        "instanceid",
    ]

    private let fields: [String: String]

    /// The object with `fields`, whose names are in small letters.
    init(_ fields: [String: String]) { self.fields = fields }

    /// Adds what the object shows; false when it has no endpoint.
    func add(_ line: ReportLine, to section: inout ReportSection) -> Bool {
        guard let text = fields["localaddress"], let port = fields["localport"] else {
            return false
        }
        let parts = text.split(separator: "%", maxSplits: 1)
        let local = EndpointText(
            host: parts.first.map(String.init) ?? "", port: port,
            zone: parts.count > 1 ? String(parts[1]) : nil)
        guard local.host == "*" || IPAddress(local.host) != nil else { return false }
        var details = SocketDetails()
        if let pid = fields["owningprocess"].flatMap({ Int32($0) }), pid > 0 {
            details.owners = [ProcessIdentity(pid: pid, name: "")]
        }
        // Only TCP has states and peers.
        let isUDP = fields["state"] == nil && fields["remoteaddress"] == nil
        if isUDP { details.remarks = [.transportInferred] }
        let peer = fields["remoteaddress"].map {
            EndpointText(host: $0, port: fields["remoteport"] ?? "0")
        }
        let row = SocketRow(
            transport: isUDP ? .udp : .tcp, local: local, peer: peer,
            state: isUDP ? nil : Self.state(fields["state"] ?? ""))
        let family: IPAddress.Family =
            local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        section.add(row, family == .ipv6 ? .ipv6 : .ipv4, in: family, details, line)
        return true
    }

    /// The state's word; JSON has its number.
    private static func state(_ text: String) -> String? {
        let words = [
            "1": "Closed", "2": "Listen", "3": "SynSent", "4": "SynReceived", "5": "Established",
            "6": "FinWait1", "7": "FinWait2", "8": "CloseWait", "9": "Closing", "10": "LastAck",
            "11": "TimeWait", "12": "DeleteTCB", "100": "Bound",
        ]
        return text.isEmpty ? nil : words[text] ?? text
    }
}
