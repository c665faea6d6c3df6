import BasicContainers
import Testing

@testable import Prober

/// What the engine makes of answers, with a service on loopback that it is turned beside.
@Suite(.serialized) struct DatagramAnswerTests {
    /// A reply to the DNS query `request` that differs from it in the bits of a response, and in
    /// its identifier by `change`.
    private static func dns(_ request: [UInt8], change: UInt8 = 0) -> [UInt8]? {
        guard request.count >= 12, request[4...5].elementsEqual([0, 1]) else { return nil }
        var reply = request
        reply[0] ^= change
        reply[2] |= 0x80
        return reply
    }

    private static func coap(_ request: [UInt8]) -> [UInt8]? {
        request.count == 4 ? [0x70, 0] + request[2...3] : nil
    }

    /// What became of the service's port when it and `others` more were asked.
    private static func ask(
        _ answer: @escaping ([UInt8]) -> [UInt8]?, others: UInt16 = 3,
        effort: DatagramOptions.Effort = .usual, budget: Duration = .milliseconds(500),
        stray: Bool = false
    ) throws -> (port: Observation?, others: [Observation], facts: DatagramFacts, asked: Int) {
        var service = try LoopbackService(answer)
        let ports = PortSet([service.port...(service.port &+ others)])
        let space = try #require(
            ProbeSpace(TargetSet([AddressRange(LoopbackService.address)]), PortSpec(udp: ports)))
        var plan = ScanPlan(space, seed: 4)
        plan.timeout = .milliseconds(30)
        plan.datagrams.budget = budget
        plan.datagrams.effort = effort
        var engine = try DatagramEngine(plan, on: .read(), at: .now())
        var stranger = try LoopbackService { _ in nil }
        if stray {
            let own = engine.lanes.lanes[0].port
            try stranger.send([1, 2, 3], to: own)
        }
        var observations: [Observation] = []
        let end = MonotonicTime.now().advanced(byNanoseconds: 20_000_000_000)
        while !engine.isFinished, MonotonicTime.now() < end {
            engine.turn(at: .now(), patience: 1_000_000)
            try service.look()
            for index in 0..<engine.outcomes.count { observations.append(engine.outcomes[index]) }
            engine.outcomes.removeAll()
        }
        let port = service.port
        return (
            observations.first { $0.endpoint.port == port },
            observations.filter { $0.endpoint.port != port }, engine.facts, service.requests.count
        )
    }

    @Test func `a valid reply names the service, and ends the matter`() throws {
        let (port, _, facts, asked) = try Self.ask { Self.dns($0) }
        #expect(port?.evidence == .reply(.dns))
        #expect(port?.attempts == 1)
        #expect(port?.roundTrip != nil)
        #expect(asked == 1)
        #expect(facts.wrongToken == 0)
    }

    @Test func `the second request of a port is asked where the first meets silence`() throws {
        let (port, _, _, _) = try Self.ask(Self.coap)
        #expect(port?.evidence == .reply(.coap))
        #expect((port?.attempts ?? 0) >= 2)
    }

    @Test func `what nobody knows is open, and asked what other services are`() throws {
        let (port, _, _, asked) = try Self.ask { _ in Array("hello".utf8) }
        #expect(port?.evidence == .reply(nil))
        #expect(port?.roundTrip != nil)
        #expect(asked > PayloadTable.fallback.count)
        let (least, _, _, few) = try Self.ask({ _ in Array("hello".utf8) }, effort: .least)
        #expect(least?.evidence == .reply(nil))
        #expect(few == 1)
    }

    /// STUN is asked in the second look only (RFC 8489, 5: the magic cookie).
    @Test func `the second look finds a service that stands elsewhere`() throws {
        let (port, _, _, _) = try Self.ask { request in
            guard request.count >= 20, request[4..<8].elementsEqual([0x21, 0x12, 0xa4, 0x42]) else {
                return Array("who are you?".utf8)
            }
            return [0x01, 0x01, 0, 0] + request[4..<20]
        }
        #expect(port?.evidence == .reply(.stun))
    }

    @Test func `a reply to somebody else's request is counted, and shows nothing`() throws {
        let (port, _, facts, _) = try Self.ask { Self.dns($0, change: 0x55) }
        #expect(port?.state == .openOrFiltered)
        #expect(facts.wrongToken >= 1)
    }

    @Test func `a datagram from where nothing was asked is counted, and shows nothing`() throws {
        let (port, _, facts, _) = try Self.ask({ _ in nil }, stray: true)
        #expect(facts.unexpected == 1)
        #expect(port?.state == .openOrFiltered)
    }

    @Test("a silent port is told from its closed neighbours", arguments: [UInt16(0), 3])
    func silent(others: UInt16) throws {
        let (port, _, facts, _) = try Self.ask({ _ in nil }, others: others)
        #expect(
            port?.evidence == .unanswered(Silence(isExpected: false, controls: .answered)))
        #expect(facts.controlsAnswered >= 1)
        #expect(facts.controls >= facts.controlsAnswered)
    }

    @Test("without time for it nothing is said of controls", arguments: [UInt16(0), 3])
    func noBudget(others: UInt16) throws {
        let (port, _, facts, asked) = try Self.ask({ _ in nil }, others: others, budget: .zero)
        #expect(
            port?.evidence == .unanswered(Silence(isExpected: false, controls: .notAsked)))
        #expect(facts.controls == 0)
        #expect(asked == 1)
    }
}
