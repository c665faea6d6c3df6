import BasicContainers
import Testing

@testable import Prober

@Suite struct ProbeListTests {
    private static let endpoint = Endpoint(.v4(1), .tcp, 1)

    @Test func `slots leave in the order they came, and from the middle`() {
        var table = ProbeTable(capacity: 4)
        var list = ProbeList()
        let slots = (0..<4).map { _ in table.take(for: Self.endpoint, on: 0) }
        let isFull = table.isFull
        #expect(isFull)
        for slot in slots { list.append(slot, in: &table) }
        list.remove(slots[1], in: &table)
        #expect(list.count == 3)
        var order: [Int] = []
        while list.front != nil { order.append(list.popFirst(in: &table)) }
        #expect(order == [slots[0], slots[2], slots[3]])
        #expect(list.isEmpty && list.count == 0)
    }

    @Test func `a released slot is clean for the next probe`() {
        var table = ProbeTable(capacity: 1)
        let slot = table.take(for: Self.endpoint, on: 0)
        table.slots[slot].silences = 3
        table.slots[slot].packets = 9
        table.release(slot)
        let (isEmpty, isFull) = (table.isEmpty, table.isFull)
        #expect(isEmpty && !isFull)
        let again = table.take(for: Endpoint(.v4(2), .tcp, 2), on: 0)
        #expect(again == slot)
        let (silences, packets) = (table.slots[again].silences, table.slots[again].packets)
        #expect(silences == 0 && packets == 0)
        let port = table.slots[again].endpoint.port
        #expect(port == 2)
    }

    @Test("lists and table agree with a plain model", arguments: [UInt64(1), 2, 3])
    func model(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var table = ProbeTable(capacity: 32)
        var list = ProbeList()
        var expected: [Int] = []
        for _ in 0..<5000 {
            if Bool.random(using: &generator), !table.isFull {
                let slot = table.take(for: Self.endpoint, on: 0)
                list.append(slot, in: &table)
                expected.append(slot)
            } else if let slot = expected.randomElement(using: &generator) {
                list.remove(slot, in: &table)
                table.release(slot)
                expected.removeAll { $0 == slot }
            }
            let taken = table.count
            #expect(list.count == expected.count && taken == expected.count)
            #expect(list.front == expected.first)
        }
    }
}
