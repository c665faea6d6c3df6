import Prober

/// `rpcinfo`, with `-p` or without: what is registered with rpcbind, which need not be a socket.
struct RPCInfo: TableReader {
    let format = ReportFormat.rpcinfo

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.starts(with: ["program", "vers", "proto"])
            || words.starts(with: ["program", "version", "netid"])
            || words.starts(with: ["program", "version(s)"])
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.count >= 4, line.isNumber(0), line.isNumber(1) else { return false }
        let word = line[2]
        if word == "local" || word.hasPrefix("ticots") || word == "ticlts" {
            section.skip(.otherProtocol)
            return true
        }
        guard let transport = Transport(rawValue: String(word.prefix(3))), word.utf8.count <= 4
        else {
            guard section.hasHeading else { return false }
            section.skip(.otherProtocol)
            return true
        }
        var details = SocketDetails()
        details.remarks = [.registered]
        let socket: ReportedSocket
        if let port = line.number(3, as: UInt16.self) {
            // -p: a port without an address.
            guard port != 0 else {
                section.skip(.unbound)
                return true
            }
            details.program = line.count > 4 ? line[4] : nil
            socket = ReportedSocket(
                transport: transport, address: .notShown, port: .number(port), family: .unknown,
                details: details)
        } else {
            guard let (host, port) = Self.universal(line[3]) else { return false }
            guard port != 0 else {
                section.skip(.unbound)
                return true
            }
            let family: IPAddress.Family = word.hasSuffix("6") ? .ipv6 : .ipv4
            let address = ReportedAddress(host, in: family)
            details.program = line.count > 4 && line[4] != "-" ? line[4] : nil
            socket = ReportedSocket(
                transport: transport, address: address, port: .number(port),
                family: (family == .ipv6 ? ReportedFamily.ipv6OrDual : .ipv4).settled(for: address),
                details: details)
        }
        section.add(socket, line)
        return true
    }

    /// A universal address (RFC 5665, 5.2.3): the last two numbers are the port's two bytes.
    private static func universal(_ text: String) -> (host: String, port: UInt16)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let high = UInt8(parts[parts.count - 2]),
            let low = UInt8(parts[parts.count - 1])
        else { return nil }
        let host = parts.dropLast(2).joined(separator: ".")
        return (host, UInt16(high) << 8 | UInt16(low))
    }
}
