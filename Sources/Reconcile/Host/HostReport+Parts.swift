import Prober

extension HostReport.Source {
    var json: JSONValue {
        var members: JSONMembers = ["kind": .text(kind), "origin": .text(origin)]
        if let rows {
            members["line"] = .unsigned(UInt64(clamping: rows.firstLine))
            members["rows"] = .unsigned(UInt64(clamping: rows.count))
            var skipped: JSONMembers = [:]
            for (reason, count) in rows.skipped {
                skipped[reason.rawValue] = .unsigned(UInt64(clamping: count))
            }
            members["skipped"] = .object(skipped)
            members["unread"] = .unsigned(UInt64(clamping: rows.unread))
            members["first_unread"] = rows.firstUnread?.json
        }
        return .object(members)
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(kind: try item.text("kind"), origin: try item.text("origin"))
        guard item.has("rows") else { return }
        var rows = Rows(
            firstLine: try item.number("line", 0...Int.max),
            count: try item.number("rows", 0...Int.max),
            unread: try item.optionalNumber("unread", 0...Int.max) ?? 0,
            firstUnread: try item.optionalObject("first_unread").map(ReportedLine.init(json:)))
        for (name, count) in try item.optionalCounts("skipped") {
            guard let reason = SkippedRow(rawValue: name) else { continue }
            rows.skipped[reason] = Int(clamping: count)
        }
        self.rows = rows
    }
}

extension CoverageGap {
    var json: JSONValue {
        var members: JSONMembers = [
            "subject": .text(subject.rawValue), "reason": .text(reason),
        ]
        members["transport"] = transport.map { .text($0.rawValue) }
        members["ip_version"] = family.map { .unsigned($0 == .ipv4 ? 4 : 6) }
        return .object(members)
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("subject"), reason: try item.text("reason"),
            transport: try item.optionalWord("transport"))
        switch try item.optionalNumber("ip_version", 4...6) {
        case 4: family = .ipv4
        case 6: family = .ipv6
        case nil: break
        case let number?: throw item.error("ip_version", "is \(number)", "4 or 6 belongs there.")
        }
    }
}

extension Contradiction {
    var json: JSONValue {
        .object([
            "about": .text(subject.rawValue),
            "address": .text("\(endpoint.address)"),
            "transport": .text(endpoint.transport.rawValue),
            "port": .unsigned(UInt64(endpoint.port)),
            "claims": .array(
                claims.map { .object(["source": .text($0.source), "claim": .text($0.text)]) }),
        ])
    }

    init(json item: JSONObjectReader) throws(InputError) {
        self.init(
            try item.word("about"),
            Endpoint(
                try item.address("address"), try item.word("transport"),
                try item.number("port", 0...UInt16.max)),
            claims: try item.list("claims") { claim throws(InputError) in
                Claim(source: try claim.text("source"), text: try claim.text("claim"))
            })
    }
}
