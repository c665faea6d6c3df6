/// One visit of every endpoint of a wave, with one request for those that take part.
struct DatagramPass: Hashable {
    /// Who takes part.
    enum Group {
        /// Every endpoint, with the requests that belong to its port.
        case own
        /// Silent endpoints of the table, again: a datagram may have been lost.
        case again
        /// Silent endpoints, with the requests that any port gets.
        case rest
        /// Endpoints whose reply nobody knew, with the requests of other services.
        case identify
        /// Silent endpoints that deserve it, with the requests of other services.
        case look
    }

    /// Who takes part.
    var group: Group
    /// Which request of the group, from 0.
    var number: Int
    /// Whether answers are waited for afterwards; else the next pass follows after a short gap.
    var isLast: Bool

    /// The passes over `sequences` before the silence of what is left is looked into.
    static func first(
        _ sequences: RequestSequences, retries: Int, _ effort: DatagramOptions.Effort
    ) -> [DatagramPass] {
        let (own, _, look) = sequences.longest
        let asked =
            passes(.own, own) + (0..<max(retries, 0)).flatMap { _ in passes(.again, own) }
        return switch effort {
        case .least: asked
        case .usual, .most: asked + passes(.look, look) + passes(.identify, look)
        }
    }

    /// The passes afterwards.
    static func second(
        _ sequences: RequestSequences, _ effort: DatagramOptions.Effort
    ) -> [DatagramPass] {
        let (_, rest, look) = sequences.longest
        return switch effort {
        case .least: []
        case .usual, .most: passes(.rest, rest) + passes(.identify, look)
        }
    }

    /// The only pass where each endpoint gets one datagram.
    static let counted = DatagramPass(group: .own, number: 0, isLast: true)

    private static func passes(_ group: Group, _ count: Int) -> [DatagramPass] {
        (0..<count).map { DatagramPass(group: group, number: $0, isLast: $0 == count - 1) }
    }
}
