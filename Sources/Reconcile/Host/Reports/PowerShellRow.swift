import Prober

/// One object of `Get-NetTCPConnection` or `Get-NetUDPEndpoint`, however it is written.
struct PowerShellRow {
    /// The properties that are looked at.
    enum Field: Int, CaseIterable {
        case localAddress, localPort, remoteAddress, remotePort, state, owningProcess

        /// How JSON names it.
        var name: String {
            switch self {
            case .localAddress: "LocalAddress"
            case .localPort: "LocalPort"
            case .remoteAddress: "RemoteAddress"
            case .remotePort: "RemotePort"
            case .state: "State"
            case .owningProcess: "OwningProcess"
            }
        }
    }

    private let localAddress: String?
    private let localPort: String?
    private let remoteAddress: String?
    private let remotePort: String?
    private let state: String?
    private let owningProcess: String?

    /// The object with the values that `value` gives.
    init(_ value: (Field) -> String?) {
        localAddress = value(.localAddress)
        localPort = value(.localPort)
        remoteAddress = value(.remoteAddress)
        remotePort = value(.remotePort)
        state = value(.state)
        owningProcess = value(.owningProcess)
    }

    /// Adds what the object shows; false when it has no endpoint.
    func add(_ line: ReportLine, to section: inout ReportSection) -> Bool {
        guard let localAddress, let localPort else {
            return false
        }
        let (host, zone) = localAddress.partedByZone
        let local = EndpointText(host: host, port: localPort, zone: zone)
        guard local.host == "*" || IPAddress(local.host) != nil else { return false }
        var details = SocketDetails()
        if let pid = owningProcess.flatMap({ Int32($0) }), pid > 0 {
            details.owners = [ProcessIdentity(pid: pid, name: "")]
        }
        // Only TCP has states and peers.
        let isUDP = state == nil && remoteAddress == nil
        if isUDP { details.remarks = [.transportInferred] }
        let peer = remoteAddress.map {
            EndpointText(host: $0, port: remotePort ?? "0")
        }
        let row = SocketRow(
            transport: isUDP ? .udp : .tcp, local: local, peer: peer,
            state: isUDP ? nil : Self.state(state ?? ""))
        let family: IPAddress.Family =
            local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        section.add(row, family == .ipv6 ? .ipv6 : .ipv4, in: family, details, line)
        return true
    }

    /// The state's word; JSON has its number.
    private static func state(_ text: String) -> String? {
        text.isEmpty ? nil : words[text] ?? text
    }

    private static let words = [
        "1": "Closed", "2": "Listen", "3": "SynSent", "4": "SynReceived", "5": "Established",
        "6": "FinWait1", "7": "FinWait2", "8": "CloseWait", "9": "Closing", "10": "LastAck",
        "11": "TimeWait", "12": "DeleteTCB", "100": "Bound",
    ]
}
