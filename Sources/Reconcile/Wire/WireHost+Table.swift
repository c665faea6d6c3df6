import Prober

extension WireHost {
    /// The hop limits of its answers as lines of a table, a heading first; none without an answer.
    public var table: [String] {
        let rows = rows
        guard !rows.isEmpty else { return [] }
        let senders = rows.map(\.sender.description)
        let width = max(6, senders.map(\.count).max() ?? 0)
        let heading = ["sender".padded(width), "hop limit", "routers", "answers"]
        return [heading.joined(separator: "  ")]
            + zip(rows, senders).map { row, sender in
                let answers = row.answers.map { answers in
                    "\(answers.kind.name) \(answers.transport.text(answers.ports))"
                }
                return [
                    sender.padded(width), "\(row.hopLimit)".padded(9), "\(row.distance)".padded(7),
                    answers.joined(separator: "; "),
                ].joined(separator: "  ")
            }
    }
}

extension WireRemark.Kind {
    fileprivate var name: String {
        switch self {
        case .accept: "SYN-ACK,"
        case .reset: "reset,"
        case .datagram: "datagram,"
        case .icmpError: "ICMP error,"
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
