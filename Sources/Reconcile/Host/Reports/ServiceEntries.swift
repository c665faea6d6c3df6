import Prober

/// Names of services and their ports, over each transport; one name may have several ports.
public struct ServiceEntries: Hashable, Sendable {
    private var ports: [Transport: [String: [UInt16]]] = [:]

    /// Entries of no service.
    public init() {}

    /// The entries of `text`, in the format of `/etc/services`.
    ///
    /// Remarks need no `#`, cells may stand on lines of their own, and `6558/ucp` is a misprint of
    /// udp that is in circulation.
    public init(parsing text: String) {
        var name: Substring?
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            var isFirst = true
            for (index, word) in words.enumerated() {
                if let (port, transport) = Self.port(word) {
                    guard let name else { continue }
                    add(String(name), port, transport)
                    let aliases = index == words.count - 1 ? [] : words[(index + 1)...]
                    for alias in aliases where Self.isName(alias) {
                        add(String(alias), port, transport)
                    }
                    isFirst = false
                    break
                }
                if isFirst, word.first?.isLetter ?? false || word.first?.isNumber ?? false {
                    name = word
                    isFirst = index > 0
                }
            }
        }
    }

    /// Whether there is no name at all.
    public var isEmpty: Bool { ports.isEmpty }

    /// Adds a name of `port`.
    mutating func add(_ name: String, _ port: UInt16, _ transport: Transport) {
        let known = ports[transport]?[name.lowercased()] ?? []
        guard !known.contains(port), known.count < 16 else { return }
        ports[transport, default: [:]][name.lowercased()] = known + [port]
    }

    /// Adds the entries of `other`, behind the ones here.
    mutating func add(_ other: ServiceEntries) {
        for (transport, names) in other.ports {
            for (name, ports) in names { for port in ports { add(name, port, transport) } }
        }
    }

    /// The ports of `name`, in small letters, over `transport`.
    func ports(of name: String, over transport: Transport) -> [UInt16] {
        ports[transport]?[name] ?? []
    }

    /// The ports of every name that begins with `beginning`.
    func ports(beginning: String, over transport: Transport) -> Set<UInt16> {
        var found: Set<UInt16> = []
        for (name, ports) in ports[transport] ?? [:] where name.hasPrefix(beginning) {
            found.formUnion(ports)
        }
        return found
    }

    /// The port and transport in `514/udp`; nil for anything else, `4/ddp` too.
    static func port(_ word: Substring) -> (UInt16, Transport)? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[0]), port > 0 else { return nil }
        let name = parts[1].lowercased()
        guard let transport = Transport(rawValue: name == "ucp" ? "udp" : name) else { return nil }
        return (port, transport)
    }

    /// Whether a word behind the port is an alias, not the beginning of a remark.
    static func isName(_ word: Substring) -> Bool {
        guard let first = word.first else { return false }
        return first.isLowercase || first.isNumber
    }
}
