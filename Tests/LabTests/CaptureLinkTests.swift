import CPackets
import Foundation
import Reconcile
import Testing

@testable import Prober
@testable import TestSupport

/// Captures of links that are not Ethernet, and of more packets than anybody scans with.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct CaptureLinkTests {
    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "/dev/net/tun"), "needs the TUN driver"))
    func `raw IP of a TUN device is read`() throws {
        let lab = try Lab()
        let device = try #require(Self.tunnel(in: lab))
        defer { close(device) }
        for arguments in [
            ["link", "set", "tun7", "up"], ["addr", "add", "198.18.0.1/24", "dev", "tun7"],
        ] {
            try lab.run(on: .outside, ["ip"] + arguments).expectSuccess()
        }
        let answering = Thread {
            while tunnel_reset(device, 250) >= 0 {}
        }
        answering.start()
        let outcome = try lab.scan(["198.18.0.7", "-p", "1-100", "--capture"])
        #expect(outcome.survey.captures.map(\.interface) == ["tun7"])
        let groups = outcome.survey.wire
        #expect(groups.map(\.ports) == [PortSet([1...100])])
        #expect(groups.first?.facts.answer == WireAnswer(.reset, hopLimit: 250))
    }

    /// A device in the namespace of `outside`, made on a thread that ends there.
    private static func tunnel(in lab: Lab) -> CInt? {
        var device: CInt = -1
        try? NamespaceThread.run(in: lab.namespace(of: .outside)) {
            device = unsafe tunnel_open(lab.namespace(of: .outside), "tun7")
        }
        return device >= 0 ? device : nil
    }

    /// A flood, much faster than any scan, of frames that a matcher must look at.
    @Test(arguments: [CInt(64 << 20), 1 << 20])
    func `of a flood no frame is lost without being counted`(bufferBytes: CInt) throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            "table ip t { chain i { type filter hook prerouting priority -400; udp dport 9 drop; }\n}\n"
        )
        let (count, lanes) = (200_000, DatagramPorts())
        let target = try #require(IPAddress("203.0.113.10"))
        let own = try #require(IPAddress("198.51.100.2"))
        let space = try #require(
            ProbeSpace(
                TargetSet([AddressRange(target)]), PortSpec(udp: PortSet([9...9]))))
        var plan = ScanPlan(space, seed: 1)
        plan.datagramPorts = lanes
        var seen = 0
        var counts: CaptureCounts?
        var rate = 0.0
        try NamespaceThread.run(in: lab.namespace(of: .outside)) {
            let sender = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
            defer { close(sender) }
            let (storage, length) = TestAddress.kernelForm(target, port: 9)
            _ = unsafe withUnsafePointer(to: storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(sender, $0, length)
                }
            }
            var session = try CaptureSession(
                on: "wan", filter: "udp dst port 9", snapLength: 320, bufferBytes: bufferBytes)
            let machine = LocalMachine(
                addresses: TargetSet([AddressRange(own)]), ephemeralPorts: 1...65_535)
            var matcher = WireMatcher(CaptureScope(plan, on: machine))
            let start = ContinuousClock.now
            let flood = Thread {
                let payload = [UInt8](repeating: 7, count: 64)
                for _ in 0..<count { while unsafe send(sender, payload, 64, 0) != 64 {} }
            }
            flood.start()
            let link = session.link
            var quiet = 0
            while quiet < 50 {
                let before = seen
                _ = try session.take(atMost: 4096) { frame, span in
                    seen += 1
                    guard let packet = WirePacket(span, link) else { return }
                    _ = matcher.take(packet, in: span, at: frame.nanoseconds)
                }
                quiet = seen == before ? quiet + 1 : 0
                if quiet == 1 { rate = Double(seen) / (ContinuousClock.now - start).inSeconds }
                if quiet > 0 { usleep(10_000) }
            }
            counts = session.counts()
        }
        let told = try #require(counts)
        print("flood: \(seen) of \(count) frames, \(Int(rate)) a second, \(told.dropped) dropped")
        // What came before the filter was in place is counted by the kernel, and given to nobody.
        #expect(told.received >= UInt64(count))
        #expect(UInt64(seen) + told.dropped == UInt64(count))
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
