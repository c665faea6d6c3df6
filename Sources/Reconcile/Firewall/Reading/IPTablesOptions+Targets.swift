import Prober

extension IPTablesOptions {
    /// What the target called `name` does, with the options that follow.
    mutating func target(_ name: String, isGoto: Bool) -> [Statement] {
        let start = position
        if isGoto { return [.verdict(.goTo(name))] }
        switch name {
        case "ACCEPT": return [.verdict(.accept)]
        case "DROP": return [.verdict(.drop)]
        case "RETURN": return [.verdict(.goBack)]
        case "QUEUE", "NFQUEUE":
            position = words.count
            return [.verdict(.queue)]
        case "LOG", "NFLOG", "ULOG", "TRACE", "CHECKSUM", "CLASSIFY", "TCPMSS", "TOS", "DSCP",
            "TTL", "HL", "AUDIT", "SECMARK", "CONNSECMARK", "TEE", "IDLETIMER", "LED", "RATEEST",
            "ECN", "TCPOPTSTRIP":
            position = words.count
            return [.transparent]
        case "NOTRACK": return [.untrack]
        case "SNAT", "MASQUERADE":
            position = words.count
            return [.translateSource]
        default: break
        }
        if Self.optionTargets.contains(name) {
            let options = Array(words[position...])
            position = words.count
            let text = (["-j", name] + words[start...]).joined(separator: " ")
            return [statement(name, options) ?? .opaque(text)]
        }
        // A name that is no known target is a chain, or it is one that nobody knows.
        guard position == words.count else {
            position = words.count
            return [.opaque((["-j", name] + words[start...]).joined(separator: " "))]
        }
        return [.verdict(.jump(name))]
    }

    private static let optionTargets: Set<String> = [
        "REJECT", "DNAT", "REDIRECT", "MARK", "CONNMARK", "CT", "SET", "NETMAP", "TPROXY",
        "SYNPROXY", "DNPT", "SNPT", "HMARK",
    ]

    private mutating func statement(_ name: String, _ options: [String]) -> Statement? {
        switch name {
        case "REJECT": return reject(options)
        case "DNAT":
            guard options.first == "--to-destination", options.count >= 2 else { return nil }
            return destination(options[1])
        case "REDIRECT":
            guard !options.isEmpty else {
                return .translate(DestinationTranslation(target: .here))
            }
            guard options[0] == "--to-ports", options.count >= 2,
                let ports = Self.portRange(options[1])
            else { return nil }
            return .translate(DestinationTranslation(target: .here, ports: ports))
        case "MARK": return mark(.packet, options)
        case "CONNMARK": return connectionMark(options)
        case "CT":
            if options == ["--notrack"] { return .untrack }
            return options.first == "--helper" ? .transparent : nil
        case "SET":
            guard options.count >= 2, ["--add-set", "--del-set"].contains(options[0]) else {
                return nil
            }
            note(changed: options[1])
            return .changeSet(options[1])
        default: return nil
        }
    }

    private func reject(_ options: [String]) -> Statement? {
        guard let position = options.firstIndex(of: "--reject-with") else {
            return .reject(family == .ipv4 ? .icmp(3) : .icmpv6(4))
        }
        guard position + 1 < options.count else { return nil }
        let kind = options[position + 1]
        switch (kind, family) {
        case ("tcp-reset", _), ("tcp-rst", _): return .reject(.tcpReset)
        case (_, .ipv4):
            let name = kind.hasPrefix("icmp-") ? String(kind.dropFirst(5)) : kind
            let known = [
                "net-unreachable", "host-unreachable", "proto-unreachable", "port-unreachable",
                "net-prohibited", "host-prohibited", "admin-prohibited",
            ]
            guard known.contains(name), let code = RuleSymbols.icmpCodes[name] else { return nil }
            return .reject(.icmp(code))
        case (_, .ipv6):
            let codes: [String: UInt8] = [
                "icmp6-no-route": 0, "no-route": 0, "icmp6-adm-prohibited": 1,
                "adm-prohibited": 1, "icmp6-addr-unreachable": 3, "addr-unreach": 3,
                "icmp6-port-unreachable": 4, "port-unreach": 4, "icmp6-policy-fail": 5,
                "policy-fail": 5, "icmp6-reject-route": 6, "reject-route": 6,
            ]
            return codes[kind].map { .reject(.icmpv6($0)) }
        }
    }

    private static func portRange(_ text: String) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-").map { UInt16($0) }
        guard let first = ends.first, let last = ends.last, let first, let last, ends.count <= 2,
            first <= last
        else { return nil }
        return first...last
    }

    /// `192.0.2.1:80`, `192.0.2.1-192.0.2.9`, `[2001:db8::1]:80`, `:80`.
    private func destination(_ text: String) -> Statement? {
        var addresses = Substring(text)
        var ports: ClosedRange<UInt16>?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            addresses = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let range = Self.portRange(String(rest.dropFirst()))
                else { return nil }
                ports = range
            }
        } else if family == .ipv4 || text.hasPrefix(":"), let colon = text.firstIndex(of: ":") {
            addresses = text[..<colon]
            guard let range = Self.portRange(String(text[text.index(after: colon)...])) else {
                return nil
            }
            ports = range
        }
        if addresses.isEmpty {
            return .translate(DestinationTranslation(target: .same, ports: ports))
        }
        let ends = addresses.split(separator: "-").compactMap { IPAddress($0) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2,
            first.family == family, last.family == family, first <= last
        else { return nil }
        return .translate(
            DestinationTranslation(
                family: family, target: .addresses(first.number...last.number), ports: ports))
    }

    private func mark(_ kind: MarkKind, _ options: [String]) -> Statement? {
        guard options.count == 2, let mark = Self.masked(options[1]) else { return nil }
        let old = MarkExpression.mark(kind)
        switch options[0] {
        case "--set-xmark", "--set-mark":
            if options[0] == "--set-mark" && options[1].contains("/") {
                return .setMark(
                    kind,
                    .or(
                        .and(old, .constant(~mark.mask)), .constant(mark.value)))
            }
            return .setMark(
                kind, .xor(.and(old, .constant(~mark.mask)), .constant(mark.value)))
        case "--and-mark": return .setMark(kind, .and(old, .constant(mark.value)))
        case "--or-mark": return .setMark(kind, .or(old, .constant(mark.value)))
        case "--xor-mark": return .setMark(kind, .xor(old, .constant(mark.value)))
        default: return nil
        }
    }

    /// `--save-mark` and `--restore-mark` with their two masks (xt_connmark.c).
    private func connectionMark(_ options: [String]) -> Statement? {
        guard let first = options.first else { return nil }
        guard first == "--save-mark" || first == "--restore-mark" else {
            return mark(.connection, options)
        }
        func mask(_ name: String) -> UInt32? {
            guard let index = options.firstIndex(of: name), index + 1 < options.count else {
                return .max
            }
            return Self.masked(options[index + 1])?.value
        }
        guard let packetMask = mask("--nfmask"), let connectionMask = mask("--ctmask") else {
            return nil
        }
        if first == "--save-mark" {
            return .setMark(
                .connection,
                .xor(
                    .and(.mark(.connection), .constant(~connectionMask)),
                    .and(.mark(.packet), .constant(packetMask))))
        }
        return .setMark(
            .packet,
            .xor(
                .and(.mark(.packet), .constant(~packetMask)),
                .and(.mark(.connection), .constant(connectionMask))))
    }
}
