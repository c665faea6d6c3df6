import Prober

/// Where a well-known server is told which address to bind to.
struct BindSetting: Hashable {
    /// The file, as Debian or the server's own documentation names it.
    let file: String
    /// The lines, in which ADDRESS, HOST and PORT stand for the address, for the same in brackets
    /// where it is of IPv6, and for the port.
    let lines: [String]
    /// The transport that it is about; nil for whatever the server speaks.
    var transport: Transport?
    /// The ports that it is about; nil for whatever ports the server has.
    var ports: Set<UInt16>?
    /// What else matters, as a phrase.
    var note: String?

    /// The lines to write for `address` and `port`.
    func lines(for address: IPAddress, port: UInt16) -> [String] {
        let host = address.family == .ipv6 ? "[\(address)]" : "\(address)"
        return lines.map { line in
            line.replacing("ADDRESS", with: "\(address)").replacing("HOST", with: host)
                .replacing("PORT", with: "\(port)")
        }
    }

    /// The steps that write it.
    func steps(for address: IPAddress, port: UInt16) -> [Remedy.Step] {
        lines(for: address, port: port).enumerated().map { index, line in
            .write(line, file, index == 0 ? note : nil)
        }
    }

    /// Where the server that is `name` is told, as far as `port` over `transport` is concerned.
    ///
    /// `name` is that of a process or of a unit; what follows a `@`, `-daemon` and numbers of
    /// versions are passed over.
    static func settings(
        of name: String, _ transport: Transport, _ port: UInt16
    ) -> [BindSetting] {
        var stem = name.prefix { $0 != "@" && $0 != ":" && $0 != " " }
        for suffix in [".service", ".socket"] where stem.hasSuffix(suffix) {
            stem = stem.dropLast(suffix.count)
        }
        let found = known[stem.lowercased()] ?? []
        return found.filter {
            ($0.transport ?? transport) == transport && $0.ports?.contains(port) != false
        }
    }
}
