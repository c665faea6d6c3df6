import Prober
import Testing

@Suite struct PayloadTableTests {
    @Test("every service is in the table", arguments: DatagramService.allCases)
    func complete(_ service: DatagramService) {
        let entries = PayloadTable.entries.filter { $0.service == service }
        #expect(!entries.isEmpty)
        #expect(entries.allSatisfy { !$0.ports.isEmpty })
        // It answers, or it is said why not.
        #expect(entries.allSatisfy { !$0.requests.isEmpty || $0.silence != nil })
    }

    @Test func `entries stand by their first port, and none names a port or its service wrongly`() {
        let firsts = PayloadTable.entries.compactMap(\.ports.first)
        #expect(firsts == firsts.sorted())
        for entry in PayloadTable.entries {
            #expect(Set(entry.ports).count == entry.ports.count)
            #expect(entry.requests.allSatisfy { $0.service == entry.service })
        }
    }

    @Test("requests fit one packet everywhere, and are not empty", arguments: [false, true])
    func size(isIPv6: Bool) {
        var context = ReplyExample.context(RequestToken(~0, ~0, ~0, ~0))
        if isIPv6 {
            context.endpoint.address = .v6(high: ~0, low: ~0)
            context.source = .v6(high: ~0, low: ~0)
        }
        for request in PayloadTable.allRequests {
            let count = request.bytes(context).count
            #expect((1...RequestBytes.capacity).contains(count), "\(request.question)")
        }
    }

    @Test func `what is asked differs between endpoints wherever the protocol has room`() {
        let roomless: Set<DatagramService> = [
            .systat, .daytime, .qotd, .chargen, .time, .xdmcp, .sqlBrowser, .ssdp, .knx, .natPMP,
            .sourceQuery,
        ]
        let key = SipHash(seed: 1)
        for request in PayloadTable.allRequests where !roomless.contains(request.service) {
            let asked = (UInt16(1)...9).map { port in
                var context = ReplyExample.context()
                context.endpoint.port = port
                context.token = RequestToken(key: key, endpoint: context.endpoint, request: 0)
                return request.bytes(context)
            }
            // Tokens of one byte may coincide.
            #expect(Set(asked).count >= 8, "\(request.question)")
        }
    }

    @Test func `nothing changes the request but its context`() {
        for request in PayloadTable.allRequests {
            #expect(request.bytes() == request.bytes())
        }
    }

    @Test func `what leaves state is asked last`() {
        for entry in PayloadTable.entries {
            let leaving = entry.requests.map { $0.traits.contains(.leavesState) }
            #expect(leaving == leaving.sorted { !$0 && $1 }, "\(entry.service)")
        }
        let second = PayloadTable.secondLook.map { $0.traits.contains(.leavesState) }
        #expect(second == second.sorted { !$0 && $1 })
    }

    @Test func `a port of which nothing is known gets only what harms nobody`() {
        let requests = PayloadTable.fallback + PayloadTable.secondLook
        #expect(
            requests.allSatisfy { $0.traits.isDisjoint(with: [.amplifies, .isIndustrial]) })
        #expect(PayloadTable.fallback.first?.service == .dns)
        #expect(PayloadTable.fallback.last?.bytes().count == 4)
    }

    @Test func `port 4500 is asked behind the marker only`() {
        let entries = PayloadTable.entries.filter { $0.ports.contains(4500) }
        #expect(!entries.isEmpty)
        for request in entries.flatMap(\.requests) {
            #expect(request.bytes().prefix(4) == [0, 0, 0, 0])
        }
    }

    @Test func `industrial services are left out unless they are asked for`() {
        let industrial: [UInt16] = [3671, 44818, 47808]
        let usual = PayloadTable.ports()
        let all = PayloadTable.ports(includesIndustrial: true)
        #expect(all.subtracting(usual) == PortSet(ports: industrial))
        #expect(usual.intersection(all) == usual)
        #expect(usual.contains(53) && usual.contains(51820))
    }

    @Test func `every request says what it follows and what a reply proves`() {
        for request in PayloadTable.allRequests {
            #expect(!request.question.isEmpty)
            #expect(!request.specification.isEmpty)
            #expect(!request.proof.isEmpty)
        }
    }
}
