/// What every UDP port is asked, for one choice of options.
struct RequestSequences: Sendable {
    /// Every request that is asked anywhere.
    private(set) var requests: [DatagramRequest] = []
    /// The requests whose reply may come from another port, and the ports they are asked at.
    private(set) var moving: [(port: UInt16, position: Int)] = []
    private var sequences: [RequestSequence] = []
    /// The number of each port's sequence.
    private var numbers = [UInt16](repeating: 0, count: 65_536)

    /// The sequences that ``PayloadTable`` gives; services that control machines are asked only
    /// when `includesIndustrial`.
    init(includesIndustrial: Bool) {
        sequences = [sequence(for: [], includesIndustrial, isAlone: false)]
        var entries: [UInt16: [PayloadTable.Entry]] = [:]
        for entry in PayloadTable.entries {
            for port in entry.ports { entries[port, default: []].append(entry) }
        }
        for (port, entries) in entries.sorted(by: { $0.key < $1.key }) {
            let made = sequence(
                for: entries, includesIndustrial,
                isAlone: PayloadTable.ownRequestsOnly.contains(port))
            numbers[Int(port)] = UInt16(sequences.count)
            sequences.append(made)
            for position in 0..<made.ownCount
            where requests[Int(made.requests[position])].traits.contains(.movesPort) {
                moving.append((port, position))
            }
        }
    }

    /// The sequence of `port`.
    subscript(port: UInt16) -> RequestSequence { sequences[Int(numbers[Int(port)])] }

    /// The most requests any port has of its own, beyond those, and of other services.
    var longest: (own: Int, rest: Int, look: Int) {
        sequences.reduce((0, 0, 0)) { longest, sequence in
            (
                max(longest.0, sequence.ownCount),
                max(longest.1, sequence.restCount - sequence.ownCount),
                max(longest.2, sequence.count - sequence.restCount)
            )
        }
    }

    /// The sequence of a port that `entries` have; none for a port that is not in the table.
    ///
    /// A port whose services take no question, or are not to be asked, gets an empty datagram.
    /// When the port `isAlone`, or a service there controls machines, it gets nothing else.
    private mutating func sequence(
        for entries: [PayloadTable.Entry], _ includesIndustrial: Bool, isAlone: Bool
    ) -> RequestSequence {
        let listed = entries.flatMap(\.requests).filter {
            includesIndustrial || !$0.traits.contains(.isIndustrial)
        }
        let own: [DatagramRequest]
        var rest: [DatagramRequest] = []
        if !listed.isEmpty {
            own =
                listed.filter { !$0.traits.contains(.leavesState) }
                + listed.filter { $0.traits.contains(.leavesState) }
            // Whoever answers anything would take the empty datagram for the same question again.
            if own.allSatisfy({ !$0.isRepeatable && !$0.isAnsweredByAnything }) { rest = [.empty] }
        } else if entries.isEmpty {
            own = Array(PayloadTable.fallback.prefix(1))
            rest = Array(PayloadTable.fallback.dropFirst())
        } else {
            own = [.empty]
        }
        let basic = own + rest
        let basicNumbers = basic.map { number(of: $0) }
        let hasOthers = !isAlone && !entries.contains(where: \.isIndustrial)
        let look = hasOthers ? PayloadTable.secondLook.map { number(of: $0) } : []
        return RequestSequence(
            basicNumbers + look.filter { !basicNumbers.contains($0) }, ownCount: own.count,
            restCount: basic.count, isListed: !entries.isEmpty,
            isSilenceExpected: entries.contains { $0.silence != nil },
            repeatable: basic.firstIndex(where: \.isRepeatable))
    }

    private mutating func number(of request: DatagramRequest) -> UInt8 {
        let known = requests.firstIndex {
            $0.service == request.service && $0.question == request.question
        }
        if known == nil { requests.append(request) }
        return UInt8(known ?? requests.count - 1)
    }
}

extension DatagramRequest {
    /// Whether the service answers any datagram with much more than it got.
    fileprivate var isAnsweredByAnything: Bool {
        switch service {
        case .chargen, .qotd, .systat: true
        case _: false
        }
    }

    /// Whether it may be asked again and again.
    fileprivate var isRepeatable: Bool {
        traits.isDisjoint(with: [.amplifies, .leavesState])
    }
}
