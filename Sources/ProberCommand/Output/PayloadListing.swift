import Prober

/// The table of UDP requests for people: an entry a paragraph, each line within the width.
struct PayloadListing {
    private let entries: [PayloadTable.Entry]
    private let style: TextStyle
    /// How many columns a line may have.
    private let width: Int

    private static let portColumns = 16
    private static let serviceColumns = 16
    private static let labelColumns = 8

    /// The listing of `entries`.
    init(_ entries: [PayloadTable.Entry], style: TextStyle, width: Int = 100) {
        self.entries = entries
        self.style = style
        self.width = width
    }

    /// The lines, each with a line feed.
    var text: String {
        let requests = entries.reduce(0) { $0 + $1.requests.count }
        let ports = PortSet(ports: entries.flatMap(\.ports))
        let title =
            "\(ports.count.counted("UDP port")), \(requests.counted("request")); "
            + "amplifying ones are sent once"
        let all = [style.dim(title)] + entries.flatMap { [""] + lines(of: $0) }
        return all.map { $0 + "\n" }.joined()
    }

    /// Ports and service at the left, facts at the right, each wrapped in its column.
    private func lines(of entry: PayloadTable.Entry) -> [String] {
        let ports = "\(PortSet(ports: entry.ports))"
        let left = Self.wrapped(ports, to: Self.portColumns - 2, at: ",")
        let right = facts(of: entry)
        return (0..<max(left.count, right.count)).map { row in
            let port = (row < left.count ? left[row] : "").padded(to: Self.portColumns)
            let service = (row == 0 ? entry.service.rawValue : "").padded(to: Self.serviceColumns)
            let fact = row < right.count ? right[row] : ""
            let line = port + (row == 0 ? style.bold(service) : service) + fact
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private func facts(of entry: PayloadTable.Entry) -> [String] {
        var lines: [String] = []
        for request in entry.requests {
            lines += fact("asks", request.question + Self.note(request.traits))
            lines += fact("by", request.specification)
            lines += fact("proves", request.proof)
        }
        if let silence = entry.silence { lines += fact("silent", silence) }
        return lines
    }

    private func fact(_ label: String, _ text: String) -> [String] {
        let room = width - Self.portColumns - Self.serviceColumns - Self.labelColumns
        return Self.wrapped(text, to: room, at: " ").enumerated().map { index, part in
            style.dim((index == 0 ? label : "").padded(to: Self.labelColumns)) + part
        }
    }

    /// What is out of the common, in words.
    static func note(_ traits: DatagramRequest.Traits) -> String {
        let words = PayloadsJSON.names(traits).map { name in
            switch name {
            case .amplifies: "the reply may be long"
            case .movesPort: "the reply may come from another port"
            case .industrial: "only with --include-ot"
            case .leavesState: "leaves state for a while"
            case .fromClientPort: "sent from port 68"
            }
        }
        return words.map { "; \($0)" }.joined()
    }

    /// `text` in lines of at most `width` characters, broken behind `separator` where it can be.
    private static func wrapped(
        _ text: String, to width: Int, at separator: Character
    ) -> [String] {
        var lines: [String] = []
        var line = ""
        for part in text.split(separator: separator, omittingEmptySubsequences: false) {
            let next = line.isEmpty ? String(part) : line + String(separator) + part
            if next.count > width, !line.isEmpty {
                lines.append(separator == " " ? line : line + String(separator))
                line = String(part)
            } else {
                line = next
            }
        }
        return lines + [line]
    }
}
