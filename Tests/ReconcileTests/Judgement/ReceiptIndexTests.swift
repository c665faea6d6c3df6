import Prober
import Testing

@testable import Reconcile

@Suite struct ReceiptIndexTests {
    private static let web: IPAddress = "203.0.113.10"

    /// The view of each port, as one would look it up port by port.
    private func views(_ receipts: [Receipt], _ port: UInt16) -> [Receipt.Account] {
        receipts.filter { $0.ports.contains(port) }.map(\.account)
    }

    @Test func `ports come back parted by what receipts tell of them`() {
        let index = ReceiptIndex([
            Receipt(Self.web, .udp, PortSet([1...100]), .noPort, proofs: []),
            Receipt(Self.web, .udp, PortSet([90...110]), .arrived, proofs: []),
            Receipt(Self.web, .tcp, PortSet([1...100]), .neverArrived, proofs: []),
        ])
        let parts = index.parts(of: PortSet([50...120]), over: .udp, at: Self.web)
        #expect(
            parts.map(\.1)
                == [
                    PortSet([50...89]), PortSet([90...100]), PortSet([101...110]),
                    PortSet([111...120]),
                ])
        #expect(
            parts.map { ReceiptView($0.0) } == [.noPort, .noPort, .arrived, .unknown])
        #expect(
            index.parts(of: PortSet([7...7]), over: .udp, at: "203.0.113.11").map(\.0) == [[]])
    }

    @Test func `a mapped address is that of its packets`() {
        let index = ReceiptIndex([
            Receipt("::ffff:203.0.113.10", .tcp, PortSet([22...22]), .arrived, proofs: [])
        ])
        #expect(
            index.parts(of: PortSet([22...22]), over: .tcp, at: Self.web).map { ReceiptView($0.0) }
                == [.arrived])
    }

    @Test func `that nothing came to an address of somebody else says nothing`() {
        let receipts = [
            Receipt(Self.web, .tcp, PortSet([22...22]), .neverArrived, proofs: []),
            Receipt(Self.web, .tcp, PortSet([23...23]), .arrived, proofs: []),
        ]
        let index = ReceiptIndex(receipts, isForeign: { $0 == Self.web })
        let parts = index.parts(of: PortSet([22...23]), over: .tcp, at: Self.web)
        #expect(parts.map { ReceiptView($0.0) } == [.arrived, .unknown])
    }

    @Test(arguments: UInt64(0)..<200)
    func `parts are what each port has`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        func ports() -> PortSet {
            PortSet(
                (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                    let first = UInt16.random(in: 65_400...65_535, using: &generator)
                    return first...UInt16.random(in: first...65_535, using: &generator)
                })
        }
        let fates: [Receipt.Fate] = [.neverArrived, .arrived, .noPort, .delivered]
        let receipts = (0..<Int.random(in: 0...6, using: &generator)).map { number in
            Receipt(
                Self.web, .udp, ports(), fates.randomElement(using: &generator) ?? .arrived,
                proofs: [.captured(packets: UInt64(number), interface: "eth0")])
        }
        let asked = ports()
        let parts = ReceiptIndex(receipts).parts(of: asked, over: .udp, at: Self.web)
        #expect(parts.reduce(0) { $0 + $1.1.count } == asked.count)
        #expect(parts.reduce(PortSet()) { $0.union($1.1) } == asked)
        for (accounts, ports) in parts {
            for port in ports { #expect(Set(accounts) == Set(views(receipts, port))) }
        }
    }

    @Test func `receipts of one port each are found fast`() {
        let receipts = (0...UInt16.max).map { port in
            Receipt(
                Self.web, .udp, PortSet(ports: [port]), .delivered,
                proofs: [.socket(queuedBytes: UInt64(port), drops: 0, probes: 1)])
        }
        let index = ReceiptIndex(receipts)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(index.parts(of: .all, over: .udp, at: Self.web).count == PortSet.all.count)
        }
        #expect(time < .seconds(5))
    }
}
