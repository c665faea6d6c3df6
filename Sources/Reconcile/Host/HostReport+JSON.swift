public import Prober

extension HostReport {
    /// The number of the file format that this version writes and reads.
    public static let jsonFormat = 1

    /// The report as one JSON object: several lines of text, keys in alphabetical order.
    ///
    /// The names of services are a hint from `services`, and are not read back.
    public func json(services: ServiceTable = ServiceTable()) -> [UInt8] {
        var members: JSONMembers = [
            "type": "host",
            "format": .unsigned(UInt64(Self.jsonFormat)),
            "hostname": .text(hostname),
            "collected": .text(collected),
            "sources": .array(sources.map(\.json)),
            "coverage": .array(coverage.map(\.json)),
            "addresses": .array(addresses.map(\.json)),
            "sysctls": .object(
                JSONMembers(sysctls.map { ($0.key.rawValue, .text($0.value)) })),
        ]
        if !contradictions.isEmpty {
            members["contradictions"] = .array(contradictions.map(\.json))
        }
        if !namespaces.isEmpty { members["namespaces"] = .array(namespaces.map(\.json)) }
        members["verification"] = verification?.json
        members["system"] = system.map { .text($0.rawValue) }
        if !counters.isEmpty { members["counters"] = .array(counters.map(\.json)) }
        if !rulesets.isEmpty { members["rulesets"] = .array(rulesets.map(\.json)) }
        var writer = JSONWriter(isIndented: true)
        var all: [String: JSONWriter.Member] = [:]
        for (key, value) in members { all[key] = .value(value) }
        all["listeners"] = .list(count: listeners.count + partialListeners.count) { index in
            index < listeners.count
                ? listeners[index].json(services) : partialListeners[index - listeners.count].json
        }
        writer.append(all)
        writer.endLine()
        return writer.bytes
    }

    /// The report in `text`, which ``json(services:)`` or a compatible program wrote.
    ///
    /// Keys that this version does not know are passed over.
    ///
    /// - Throws: ``InputError`` about `source`, with the key or the line that is wrong.
    public init(json text: [UInt8], source: String) throws(InputError) {
        let file = try JSONObjectReader(parsing: text, source: source)
        let type = try file.text("type")
        guard type == "host" else {
            throw file.error("type", "is \"\(type)\"", "A host report has the type \"host\".")
        }
        let format = try file.number("format", 0...Int.max)
        guard format == Self.jsonFormat else {
            throw file.error(
                "format", "is \(format)",
                "This version reads format \(Self.jsonFormat); use the prober that wrote the file.")
        }
        self.init(
            hostname: try file.text("hostname"), collected: try file.text("collected"),
            sources: try file.list("sources", Source.init(json:)),
            coverage: try file.list("coverage", CoverageGap.init(json:)),
            addresses: try file.list("addresses", HostAddress.init(json:)),
            sysctls: try Self.sysctls(in: file.optionalObject("sysctls")),
            contradictions: try file.optionalList("contradictions", Contradiction.init(json:)),
            rulesets: try file.optionalList("rulesets", RulesetText.init(json:)),
            namespaces: try file.optionalList("namespaces", HostNamespace.init(json:)),
            verification: try file.optionalObject("verification").map(PortVerification.init(json:)),
            // A later version may know more systems.
            system: try file.optionalText("system").flatMap { HostSystem(rawValue: $0) },
            counters: try file.optionalList("counters", KernelCounters.init(json:)))
        let all = try file.list("listeners") { item throws(InputError) in
            item.isTrue("partial")
                ? EitherListener.partial(try PartialListener(json: item))
                : .whole(try Listener(json: item))
        }
        for listener in all {
            switch listener {
            case .whole(let listener): listeners.append(listener)
            case .partial(let listener): partialListeners.append(listener)
            }
        }
    }

    /// The settings that this version knows; none in a report of a version that wrote none.
    private static func sysctls(
        in object: JSONObjectReader?
    ) throws(InputError) -> [Sysctl: String] {
        var sysctls: [Sysctl: String] = [:]
        for sysctl in Sysctl.allCases {
            sysctls[sysctl] = try object?.optionalText(sysctl.rawValue)
        }
        return sysctls
    }
}

/// An entry of `listeners`.
private enum EitherListener {
    case whole(Listener)
    case partial(PartialListener)
}

extension HostAddress {
    var json: JSONValue {
        .object([
            "address": .text("\(address)"),
            "prefix_length": .unsigned(UInt64(prefixLength)),
            "interface": .text(interface),
        ])
    }

    init(json item: JSONObjectReader) throws(InputError) {
        let address = try item.address("address")
        self.init(
            address, prefixLength: try item.number("prefix_length", 0...address.family.bitCount),
            interface: try item.text("interface"))
    }
}

extension RulesetText {
    fileprivate var json: JSONValue {
        .object([
            "kind": .text(kind.rawValue), "origin": .text(origin),
            "text": .text(String(decoding: text, as: UTF8.self)),
        ])
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("kind"), origin: try item.text("origin"),
            text: Array(try item.text("text").utf8))
    }
}
