import Testing

@testable import Prober

@Suite struct RequestSequencesTests {
    private static let usual = RequestSequences(includesIndustrial: false)
    private static let all = RequestSequences(includesIndustrial: true)

    /// The requests of `port`, in order.
    private static func requests(
        _ port: UInt16, of sequences: RequestSequences
    ) -> [DatagramRequest] {
        let sequence = sequences[port]
        return (0..<sequence.count).map { sequences.requests[Int(sequence.requests[$0])] }
    }

    /// What tells requests apart.
    private static func names(_ requests: some Sequence<DatagramRequest>) -> [String] {
        requests.map { "\($0.service.rawValue): \($0.question)" }
    }

    private static let listed = PayloadTable.ports(includesIndustrial: true)

    @Test("the table's requests come first, state-leaving ones last", arguments: [false, true])
    func own(includesIndustrial: Bool) {
        let sequences = includesIndustrial ? Self.all : Self.usual
        for port in Self.listed {
            let wanted = PayloadTable.entries.filter { $0.ports.contains(port) }
                .flatMap(\.requests)
                .filter { includesIndustrial || !$0.traits.contains(.isIndustrial) }
            let own = Self.requests(port, of: sequences).prefix(sequences[port].ownCount)
            if wanted.isEmpty {
                #expect(Self.names(own) == Self.names([.empty]), "\(port)")
            } else {
                #expect(Self.names(own).sorted() == Self.names(wanted).sorted(), "\(port)")
            }
            let leaving = own.map { $0.traits.contains(.leavesState) }
            #expect(leaving == leaving.sorted { !$0 && $1 }, "\(port)")
            #expect(sequences[port].isListed, "\(port)")
        }
    }

    @Test("no sequence is cut, and none asks twice", arguments: [false, true])
    func fit(includesIndustrial: Bool) {
        let sequences = includesIndustrial ? Self.all : Self.usual
        for port in 0...UInt16.max {
            let sequence = sequences[port]
            // A full sequence may have been cut to what fits.
            #expect(sequence.count < RequestSequence.capacity, "\(port)")
            #expect((1...sequence.restCount).contains(sequence.ownCount), "\(port)")
            #expect(sequence.restCount <= sequence.count, "\(port)")
            let numbers = (0..<sequence.count).map { sequence.requests[$0] }
            #expect(Set(numbers).count == numbers.count, "\(port)")
        }
        #expect(sequences.requests.count < Int(UInt8.max))
        let names = Self.names(sequences.requests)
        #expect(Set(names).count == names.count)
    }

    @Test("what is asked again and again harms nobody", arguments: [false, true])
    func repeatable(includesIndustrial: Bool) {
        let sequences = includesIndustrial ? Self.all : Self.usual
        for port in 0...UInt16.max {
            let sequence = sequences[port]
            guard let position = sequence.repeatable else {
                // Whatever they are sent, they answer with more.
                #expect([11, 17, 19].contains(port), "\(port)")
                continue
            }
            #expect(position < sequence.restCount, "\(port)")
            let request = sequences.requests[Int(sequence.requests[position])]
            #expect(request.traits.isDisjoint(with: [.amplifies, .leavesState]), "\(port)")
        }
    }

    @Test("the NAT traversal port of IKE gets only its own", arguments: [false, true])
    func alone(includesIndustrial: Bool) {
        let sequences = includesIndustrial ? Self.all : Self.usual
        let sequence = sequences[4500]
        #expect(sequence.count == sequence.ownCount)
        for request in Self.requests(4500, of: sequences) {
            #expect(request.bytes().prefix(4) == [0, 0, 0, 0])
        }
    }

    @Test(
        "an industrial port gets nothing but an empty datagram unless asked for",
        arguments: [
            UInt16(3671), 44818, 47808,
        ])
    func industrial(port: UInt16) {
        #expect(Self.names(Self.requests(port, of: Self.usual)) == Self.names([.empty]))
        let asked = Self.requests(port, of: Self.all)
        #expect(asked.count == 1)
        #expect(asked.allSatisfy { $0.traits.contains(.isIndustrial) })
        #expect(!Self.usual.requests.contains { $0.traits.contains(.isIndustrial) })
    }

    @Test(
        "a port without an entry gets the fallback, then the second look",
        arguments: [
            UInt16(0), 1, 1000, 50_000, .max,
        ])
    func unlisted(port: UInt16) {
        let sequence = Self.usual[port]
        let requests = Self.requests(port, of: Self.usual)
        #expect(!sequence.isListed && !sequence.isSilenceExpected)
        #expect(sequence.ownCount == 1)
        #expect(
            Self.names(requests.prefix(sequence.restCount)) == Self.names(PayloadTable.fallback))
        let second = Self.names(PayloadTable.secondLook)
            .filter { !Self.names(PayloadTable.fallback).contains($0) }
        #expect(Self.names(requests.dropFirst(sequence.restCount)) == second)
    }

    @Test func `silence is expected where an entry of the port says why`() {
        for port in Self.listed {
            let entries = PayloadTable.entries.filter { $0.ports.contains(port) }
            let isExpected = entries.contains { $0.silence != nil }
            #expect(Self.usual[port].isSilenceExpected == isExpected, "\(port)")
        }
        #expect(Self.usual[51820].isSilenceExpected)
        #expect(!Self.usual[53].isSilenceExpected)
    }

    @Test func `replies from other ports are looked for where they may come`() {
        let moving = Self.usual.moving
        #expect(Set(moving.map(\.port)) == [69, 1900, 3702])
        for (port, position) in moving {
            let requests = Self.requests(port, of: Self.usual)
            #expect(position < Self.usual[port].ownCount)
            #expect(requests[position].traits.contains(.movesPort))
        }
        let marked = PayloadTable.allRequests.filter { $0.traits.contains(.movesPort) }
        #expect(moving.count == marked.count)
    }

    @Test func `the longest sequences bound every port`() {
        let longest = Self.all.longest
        for port in 0...UInt16.max {
            let sequence = Self.all[port]
            #expect(sequence.ownCount <= longest.own)
            #expect(sequence.restCount - sequence.ownCount <= longest.rest)
            #expect(sequence.count - sequence.restCount <= longest.look)
        }
    }
}
