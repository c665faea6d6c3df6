/// What a remote host wrote for a ``RemoteScript``, by command.
///
/// Everything in it is the host's own choice; nothing here trusts it to have run the script.
struct RemoteAnswer: Equatable, Sendable {
    /// The output of one command.
    struct Part: Equatable, Sendable {
        /// The command and its arguments.
        var command: String
        var output: [UInt8] = []
        /// Its exit status; nil when the part has no end.
        var status: Int?

        /// The program.
        var tool: Substring { command.prefix { $0 != " " } }

        /// The output as text.
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    private(set) var parts: [Part] = []
    /// Whether the script came to its end.
    private(set) var isOver = false

    /// More than any script of ours has.
    static let partLimit = 64

    /// Takes `bytes` apart at the lines that begin with `marker`.
    ///
    /// What stands outside of parts, such as the greeting of a login shell, is passed over.
    init(_ bytes: [UInt8], marker: String) {
        let mark = Array((marker + " ").utf8)
        var rest = bytes[...]
        var body: Int?
        while !rest.isEmpty, !isOver {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            defer { rest = bytes[min(end + 1, bytes.endIndex)...] }
            guard line.starts(with: mark) else { continue }
            let words = String(decoding: line.dropFirst(mark.count).prefix(200), as: UTF8.self)
                .split(whereSeparator: \.isWhitespace)
            if let start = body, !parts.isEmpty {
                // The empty line before the mark is the script's.
                parts[parts.count - 1].output = Array(bytes[start..<line.startIndex])
                    .droppingLast(UInt8(ascii: "\n"))
            }
            body = nil
            switch words.first {
            case "begin":
                guard parts.count < Self.partLimit else { return }
                parts.append(Part(command: words.dropFirst().joined(separator: " ")))
                body = min(end + 1, bytes.endIndex)
            case "end":
                if let last = parts.indices.last, parts[last].status == nil {
                    parts[last].status = words.dropFirst().first.flatMap { Int($0) }
                }
            case "over": isOver = true
            case _: break
            }
        }
    }

    /// What the host printed for `command`; nil when it did not succeed.
    func output(of command: String) -> Part? {
        parts.first { $0.command == command && $0.status == 0 }
    }

    /// What the host's own prober said.
    var prober: Part? { output(of: "prober") }

    /// What the host calls itself.
    var hostname: String {
        output(of: "uname -n")?.text.split(whereSeparator: \.isNewline).first
            .map { $0.trimmingSpaces } ?? ""
    }

    /// What the host calls its system; empty when it did not say.
    var system: String {
        output(of: "uname -s")?.text.split(whereSeparator: \.isNewline).first
            .map { $0.trimmingSpaces } ?? ""
    }

    /// The number of the user that the commands ran as; nil when `id` did not say.
    var userID: UInt32? {
        guard let text = output(of: "id")?.text, let mark = text.firstRange(of: "uid=") else {
            return nil
        }
        return UInt32(text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }

    /// The kernel settings in it.
    var sysctls: [Sysctl: String] {
        var found: [Sysctl: String] = [:]
        for part in parts where part.tool == "settings" {
            for line in part.text.split(whereSeparator: \.isNewline).prefix(1000) {
                let sides = line.split(separator: "=", maxSplits: 1)
                guard sides.count == 2 else { continue }
                let path = sides[0].trimmingSpaces
                guard let sysctl = Sysctl.allCases.first(where: { $0.path == path }) else {
                    continue
                }
                found[sysctl] = sides[1].prefix(200).split(whereSeparator: \.isWhitespace)
                    .joined(separator: " ")
            }
        }
        return found
    }

    /// The host's addresses.
    var addresses: [HostAddress] {
        parts.filter { $0.tool == "ip" || $0.tool == "ifconfig" }
            .map { InterfaceText.addresses(in: $0.text) }.first { !$0.isEmpty } ?? []
    }

    /// The parts that readers of reports are for.
    var listings: [Part] {
        let others: Set<Substring> = [
            "uname", "id", "settings", "ip", "ifconfig", "prober", "rules",
        ]
        return parts.filter { !others.contains($0.tool) }
    }
}

extension [UInt8] {
    fileprivate func droppingLast(_ byte: UInt8) -> [UInt8] {
        last == byte ? dropLast() : self
    }
}
