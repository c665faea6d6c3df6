import Testing

@testable import Prober

@Suite struct TopPortsTests {
    @Test func `the list holds each port once and never port 0`() {
        #expect(Set(TopPorts.ranked).count == TopPorts.ranked.count)
        #expect(!TopPorts.ranked.contains(0))
    }

    @Test func `a count takes the first ports of the list`() throws {
        #expect(try TopPorts.tcp(3) == PortSet(ports: [22, 80, 443]))
        for count in 1...TopPorts.ranked.count {
            #expect(try TopPorts.tcp(count).count == count)
        }
    }

    @Test("a count that the list does not hold is an error", arguments: [-1, 0, 70_000])
    func outside(count: Int) {
        let error = #expect(throws: InputError.self) { try TopPorts.tcp(count) }
        #expect(error?.source == "--top-ports")
        #expect(error?.description.contains("\(TopPorts.ranked.count)") == true)
    }
}
