extension PortSpec {
    /// The ports that `text` names, in nmap's forms and in ours.
    ///
    /// `22,80,8000-8100`, `-` (1 to 65,535), `-1023`, `60000-`, names and patterns from `services`
    /// (`ssh`, `http*`). `T:` or `tcp:` and `U:` or `udp:` choose the transport for what follows;
    /// before the first of them `transports` holds. `common` are the ports of ``PayloadTable`` for
    /// UDP, with those of industrial services if asked for, and of ``TopPorts`` for TCP.
    ///
    /// - Throws: ``InputError`` about `source`, with the column in `text`.
    public init(
        parsing text: String, for transports: Set<Transport> = [.tcp], services: ServiceTable,
        source: String = "--ports", includesIndustrial: Bool = false
    ) throws(InputError) {
        self.init()
        var current = transports
        var column = 1
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            defer { column += item.count + 1 }
            var rest = item.drop(while: \.isWhitespace)
            if let colon = rest.firstIndex(of: ":") {
                guard let transport = Self.transports[rest[..<colon].lowercased()] else {
                    throw InputError(
                        source, column: column, problem: "\"\(rest[..<colon]):\" is no transport",
                        remedy: "Write tcp: (or T:) or udp: (or U:).")
                }
                current = [transport]
                rest = rest[rest.index(after: colon)...]
            }
            let part = String(rest.trimmingSuffix(while: \.isWhitespace))
            for transport in current.sorted() {
                let ports =
                    part == "common"
                    ? Self.common(transport, includesIndustrial)
                    : try Self.ports(part, transport, services, source, column)
                self[transport] = self[transport].union(ports)
            }
        }
    }

    private static let transports: [String: Transport] =
        ["t": .tcp, "tcp": .tcp, "u": .udp, "udp": .udp]

    /// The ports that our own lists have.
    private static func common(_ transport: Transport, _ includesIndustrial: Bool) -> PortSet {
        switch transport {
        case .tcp: PortSet(ports: TopPorts.ranked)
        case .udp: PayloadTable.ports(includesIndustrial: includesIndustrial)
        }
    }

    /// The ports of one item without its transport.
    private static func ports(
        _ item: String, _ transport: Transport, _ services: ServiceTable, _ source: String,
        _ column: Int
    ) throws(InputError) -> PortSet {
        func error(_ problem: String, _ remedy: String) -> InputError {
            InputError(source, column: column, problem: problem, remedy: remedy)
        }
        guard let first = item.first else {
            throw error("a port is missing", "Write ports as in 22,80,8000-8100.")
        }
        if first.isNumber || first == "-" {
            let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let numbers = ends.map { end in
                end.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(end) : nil
            }
            for (end, number) in zip(ends, numbers) where !end.isEmpty && number == nil {
                throw error("\"\(end)\" is no port", "Ports are whole numbers from 0 to 65535.")
            }
            let low = numbers[0] ?? 1
            let high = ends.count == 1 ? low : numbers[1] ?? .max
            guard low <= high else {
                throw error("the range \(item) runs backwards", "Write \(high)-\(low).")
            }
            return PortSet([low...high])
        }
        let isPattern = item.contains("*") || item.contains("?")
        let found =
            isPattern
            ? services.ports(matching: item, over: transport)
            : services.port(of: item, over: transport).map { [$0] } ?? []
        guard !found.isEmpty else {
            throw error(
                "no \(transport.rawValue) service is called \"\(item)\"",
                services.isEmpty
                    ? "Write the port's number: /etc/services is missing or empty here."
                    : "Write the port's number, or a name that /etc/services has.")
        }
        return PortSet(ports: found)
    }
}

extension Substring {
    /// The text without the characters at its end that satisfy `predicate`.
    func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
