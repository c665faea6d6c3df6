/// Service names and their ports, per transport, as in `services(5)`.
public struct ServiceTable: Sendable {
    private var ports: [Transport: [String: UInt16]] = [:]
    private var names: [Transport: [UInt16: String]] = [:]

    /// A table without names.
    public init() {}

    /// The table in `text`, in the format of `/etc/services`.
    ///
    /// Lines that do not follow the format, and transports other than TCP and UDP, are passed over.
    /// The first name of a port, and the first port of a name, count.
    public init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 2 else { continue }
            let number = fields[1].split(separator: "/")
            guard number.count == 2, let port = UInt16(number[0]),
                let transport = Transport(rawValue: String(number[1]))
            else { continue }
            for name in [fields[0]] + fields.dropFirst(2) {
                if ports[transport]?[String(name)] == nil {
                    ports[transport, default: [:]][String(name)] = port
                }
            }
            if names[transport]?[port] == nil {
                names[transport, default: [:]][port] = String(fields[0])
            }
        }
    }

    /// Whether the table holds no name at all.
    public var isEmpty: Bool { ports.isEmpty }

    /// The port that `name` (or an alias) has for `transport`.
    public func port(of name: String, over transport: Transport) -> UInt16? {
        ports[transport]?[name]
    }

    /// The first name of `port`, as a hint for people: what listens there may be anything.
    public func name(of port: UInt16, over transport: Transport) -> String? {
        names[transport]?[port]
    }

    /// The ports of every name that `pattern` matches, in which `*` stands for any text and `?`
    /// for one character.
    public func ports(matching pattern: String, over transport: Transport) -> [UInt16] {
        (ports[transport] ?? [:]).filter { Self.matches(Array($0.key), Array(pattern)) }.map(
            \.value)
    }

    private static func matches(_ name: [Character], _ pattern: [Character]) -> Bool {
        var nameIndex = 0
        var patternIndex = 0
        var restart: (name: Int, pattern: Int)?
        while nameIndex < name.count {
            if patternIndex < pattern.count, pattern[patternIndex] == "*" {
                restart = (nameIndex, patternIndex + 1)
                patternIndex += 1
            } else if patternIndex < pattern.count,
                pattern[patternIndex] == "?" || pattern[patternIndex] == name[nameIndex]
            {
                nameIndex += 1
                patternIndex += 1
            } else if let (start, next) = restart {
                restart = (start + 1, next)
                nameIndex = start + 1
                patternIndex = next
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == "*" }
    }
}
