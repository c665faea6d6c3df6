/// The text of an address and a port, taken apart: `[fe80::1%12]:1900`, `*.kshell`, `:::22`.
struct EndpointText {
    /// The address or name, without brackets; `*` for any.
    var host: String
    /// The port or its name; `*` for none.
    var port: String
    /// The zone or device behind a percent sign.
    var zone: String?

    /// What stands between address and port.
    enum Separator {
        case colon, dot
    }

    /// The parts of `text`; nil when it has no port.
    ///
    /// The last separator counts: names of hosts have dots, and IPv6 addresses colons. What lsof
    /// adds in brackets, as in `*:111[portmapper]`, is left out.
    init?(_ text: ArraySlice<UInt8>, partedBy separator: Separator) {
        var bytes = text
        if bytes.last == UInt8(ascii: "]"), let open = bytes.lastIndex(of: UInt8(ascii: "[")),
            open > bytes.startIndex
        {
            bytes = bytes[..<open]
        }
        let mark = separator == .colon ? UInt8(ascii: ":") : UInt8(ascii: ".")
        guard let cut = bytes.lastIndex(of: mark), cut > bytes.startIndex else { return nil }
        let port = bytes[(cut + 1)...]
        guard !port.isEmpty, !port.contains(UInt8(ascii: "]")), !port.contains(UInt8(ascii: "/"))
        else { return nil }
        var host = bytes[..<cut]
        if host.first == UInt8(ascii: "["), let close = host.lastIndex(of: UInt8(ascii: "]")) {
            // The zone is inside the brackets on Windows, and behind them in ss.
            let behind = host[(close + 1)...]
            guard behind.isEmpty || behind.first == UInt8(ascii: "%") else { return nil }
            host = host[(host.startIndex + 1)..<close]
            if !behind.isEmpty { zone = behind.dropFirst().text }
        }
        if let percent = host.firstIndex(of: UInt8(ascii: "%")) {
            zone = host[(percent + 1)...].text
            host = host[..<percent]
        }
        self.host = host.text
        self.port = port.text
    }

    /// The parts of `text`; nil when it has no port.
    init?(_ text: String, partedBy separator: Separator) {
        self.init(Array(text.utf8)[...], partedBy: separator)
    }

    /// An endpoint whose parts are known.
    init(host: String, port: String, zone: String? = nil) {
        self.host = host
        self.port = port
        self.zone = zone
    }

    /// Whether this is how reports write that a socket has no peer.
    var isNobody: Bool { port == "*" || port == "0" }

    /// Whether the host alone is a wildcard.
    var isAnyHost: Bool { host == "*" || host == "0.0.0.0" || host == "::" }

    /// The separator that stands before the port of `text`, judging by which comes last.
    static func separator(in text: ArraySlice<UInt8>) -> Separator? {
        for byte in text.reversed() {
            if byte == UInt8(ascii: ":") { return .colon }
            if byte == UInt8(ascii: ".") { return .dot }
        }
        return nil
    }

    /// The separator that stands before the port of `text`, judging by which comes last.
    static func separator(in text: String) -> Separator? { separator(in: Array(text.utf8)[...]) }
}
