import Prober

extension PortVerification {
    var json: JSONValue {
        .object([
            "sweeps": .array(sweeps.map(\.json)), "unlisted": .array(unlisted.map(\.json)),
        ])
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            sweeps: try item.list("sweeps", Sweep.init(json:)),
            unlisted: try item.list("unlisted", UnlistedPort.init(json:)))
    }
}

extension PortVerification.Sweep {
    fileprivate var json: JSONValue {
        .object([
            "transport": .text(transport.rawValue), "ip_version": family.jsonVersion,
            "tested": .text(tested.description), "untested": .text(untested.description),
        ])
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("transport"), try item.family("ip_version"),
            tested: try item.ports("tested"), untested: try item.ports("untested"))
    }
}

extension UnlistedPort {
    fileprivate var json: JSONValue {
        .object([
            "transport": .text(transport.rawValue), "ip_version": family.jsonVersion,
            "port": .unsigned(UInt64(port)), "why": .text(kind.rawValue),
            "lacks": .array(lacks.map { .text($0.rawValue) }),
        ])
    }

    fileprivate init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("transport"), try item.family("ip_version"),
            try item.number("port", 0...UInt16.max), try item.word("why"),
            lacks: try item.optionalTexts("lacks").compactMap { List(rawValue: $0) })
    }
}

extension IPAddress.Family {
    fileprivate var jsonVersion: JSONValue { .unsigned(self == .ipv4 ? 4 : 6) }
}

extension JSONObjectReader {
    fileprivate func family(_ key: String) throws(InputError) -> IPAddress.Family {
        switch try number(key, 4...6) {
        case 4: return .ipv4
        case 6: return .ipv6
        case let number: throw error(key, "is \(number)", "4 or 6 belongs there.")
        }
    }

    fileprivate func ports(_ key: String) throws(InputError) -> PortSet {
        let text = try text(key)
        let ports = NmapReport.ports(text)
        guard ports.description == text else {
            throw error(key, "is \"\(text)\"", "Ports as in \"2-3,7\" belong there.")
        }
        return ports
    }
}
