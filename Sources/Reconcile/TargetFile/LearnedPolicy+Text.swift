import Prober

extension LearnedPolicy {
    /// The policy as a target file, with a comment for everything that is to be reviewed.
    public func text(_ heading: Heading) -> String {
        var lines = [
            "# What is there on \(heading.day), written by prober policy learn: a draft to review."
        ]
        for origin in heading.origins { lines += Self.comment(origin, indent: "") }
        lines += [
            "#", "# Declared below is what is open now. Nobody has said yet that it is meant:",
            "# delete what is not, and write why for what is.", "version: 1", "", "targets:",
        ]
        for (number, target) in targets.enumerated() {
            if number > 0 { lines.append("") }
            lines += text(of: target, number: number, heading)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(of target: Target, number: Int, _ heading: Heading) -> [String] {
        let name = number == 0 ? heading.name : "\(heading.name)-\(number + 1)"
        var lines = [
            "  - name: \(YAMLWord.quoted(Self.isName(name) ? name : "host-\(number + 1)"))"
        ]
        let addresses = target.addresses.map { $0.ranges.map { YAMLWord.quoted("\($0)") } }
        if addresses?.isEmpty == true {
            lines.append("    # The reports do not tell its addresses: write them here.")
        }
        let words = addresses.flatMap { $0.isEmpty ? nil : $0 } ?? ["this-host"]
        lines += Self.list("    addresses: ", words)
        switch heading.access {
        case .live(let vantage):
            if vantage != .direct { lines.append("    vantage: \(vantage.rawValue)") }
            lines.append("    host: { live: true }")
        case nil:
            lines.append(
                "    # host: { ssh: root@\(YAMLWord.comment(name)) } lets a check ask who listens.")
        }
        lines.append("    probe:")
        for transport in Transport.allCases where !probe[transport].isEmpty {
            lines += Self.list(
                "      \(transport.rawValue): ",
                probe[transport].ranges.map { YAMLWord.quoted(PortSet([$0]).description) })
        }
        lines.append("    expect:")
        for entry in target.entries { lines += text(of: entry, heading) }
        for reason in Omission.Reason.allCases {
            lines += text(of: target.leftOut.filter { $0.reason == reason }, reason)
        }
        lines.append("      - closed: rest")
        return lines
    }

    private func text(of entry: Entry, _ heading: Heading) -> [String] {
        var lines: [String] = []
        for holder in entry.holders { lines += Self.comment(holder, indent: "      ") }
        if !entry.isOpen {
            lines.append("      # The host's rules keep these sources out.")
        } else if entry.holders.isEmpty {
            lines.append("      # Who listens is not known.")
        }
        if entry.isSensitive {
            lines.append(
                "      # REVIEW: databases and remote administration are seldom meant for everybody."
            )
        }
        if entry.isOfVantage {
            lines += [
                "      # REVIEW: the host's rules do not let everybody in, and no range that they name",
                "      # tells whom: this is where the probes came from.",
            ]
        }
        let key = entry.isOpen ? "open" : "closed"
        let ports = entry.ports.ranges.map {
            "\(entry.transport.rawValue):\(PortSet([$0]))"
        }
        lines +=
            ports.count == 1
            ? ["      - \(key): \(ports[0])"] : Self.list("      - \(key): ", ports)
        if !entry.from.isEmpty {
            lines += Self.list("        from: ", entry.from.map { YAMLWord.quoted("\($0)") })
        }
        if let family = entry.family {
            lines.append("        family: \(family == .ipv4 ? "ipv4" : "ipv6")")
        }
        if heading.declaresHolders, !entry.expectedHolders.isEmpty {
            lines += Self.list(
                "        by: ", entry.expectedHolders.map { YAMLWord.quoted($0.description) })
        }
        let why =
            "learned on \(heading.day)" + (entry.isSensitive || entry.isOfVantage ? ": review" : "")
        lines.append("        why: \(YAMLWord.quoted(why))")
        return lines
    }

    private func text(of omissions: [Omission], _ reason: Omission.Reason) -> [String] {
        guard !omissions.isEmpty else { return [] }
        let title =
            switch reason {
            case .loopback: "Left out, because only the host itself reaches it:"
            case .stopped: "Left out, because the host's rules stop it or nobody else can reach it:"
            case .undecided: "Left out, because the rules do not tell whether others reach it:"
            case .notSeen: "Left out, because it listens and was not found open:"
            case .namespace: "Left out, because it listens in another network namespace:"
            case .failing: "Left out, because it would fail even if it were declared open:"
            }
        var lines = ["      # \(title)"]
        for omission in omissions {
            let who = omission.holders.isEmpty ? "" : " " + omission.holders.joined(separator: "; ")
            lines += Self.comment(
                "  \(omission.transport.rawValue):\(omission.ports)\(who)", indent: "      ")
        }
        return lines
    }

    /// Whether a target may be called `name`.
    private static func isName(_ name: String) -> Bool {
        (1...100).contains(name.count) && !name.allSatisfy(\.isWhitespace)
            && !name.unicodeScalars.contains(where: \.isDeceptive)
    }

    /// `text` as lines of a comment.
    private static func comment(_ text: String, indent: String) -> [String] {
        wrapped(
            YAMLWord.comment(text).split(separator: " ", omittingEmptySubsequences: false)
                .map(String.init),
            first: indent + "# ", next: indent + "#   ", separator: " ")
    }

    /// A list after a key, over several lines where it is long.
    private static func list(_ key: String, _ words: [String]) -> [String] {
        let indent = String(repeating: " ", count: key.prefix { $0 == " " || $0 == "-" }.count + 2)
        return wrapped(
            words.enumerated().map {
                $0.offset + 1 < words.count ? $0.element + "," : $0.element + "]"
            },
            first: key + "[", next: indent, separator: " ")
    }

    private static func wrapped(
        _ words: [String], first: String, next: String, separator: String
    ) -> [String] {
        var lines: [String] = []
        var line = first
        var isFresh = true
        for word in words {
            if !isFresh, line.count + separator.count + word.count > 100 {
                lines.append(line)
                line = next
                isFresh = true
            }
            line += isFresh ? word : separator + word
            isFresh = false
        }
        return lines + [line]
    }
}
