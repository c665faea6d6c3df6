import Testing

@testable import Prober

/// Packets between a scan and its targets, made by hand, and what a matcher makes of them.
struct WireTraffic {
    static let own = IPAddress.v4(0xc633_6402)
    static let host = IPAddress.v4(0xcb00_710a)
    static let stranger = IPAddress.v4(0xcb00_714d)

    var matcher: WireMatcher
    let ports = DatagramPorts()

    /// A scan of TCP 1 to 2000 and UDP 53 of one host.
    init(talks: Bool = false, generationLimit: Int = 65_536) throws {
        let targets = TargetSet([AddressRange(Self.host)])
        let spec = PortSpec(tcp: PortSet([1...2000]), udp: PortSet(ports: [53]))
        var plan = ScanPlan(try #require(ProbeSpace(targets, spec)), seed: 1)
        plan.talks = talks
        plan.datagramPorts = ports
        let machine = LocalMachine(
            addresses: TargetSet([AddressRange(Self.own)]), ephemeralPorts: 32768...60999)
        matcher = WireMatcher(
            CaptureScope(plan, on: machine), generationLimit: generationLimit)
    }

    /// Takes raw IP at a time in milliseconds.
    @discardableResult
    mutating func take(_ bytes: [UInt8], at time: Double = 0, on interface: UInt32 = 0) -> WireNote?
    {
        let span = unsafe bytes.span.bytes
        guard let packet = WirePacket(span, .rawIP) else { return nil }
        return matcher.take(
            packet, in: span, at: Int64(time * 1_000_000) + 1_000_000_000, from: interface)
    }

    /// The only group.
    mutating func group() throws -> WireGroup {
        let groups = matcher.end().groups
        #expect(groups.count == 1)
        return try #require(groups.first)
    }

    /// The facts of the only group.
    mutating func facts() throws -> WireFacts { try group().facts }

    /// A segment; `sequence` and `acknowledgement` as they are on the wire.
    static func tcp(
        _ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress,
        _ destinationPort: UInt16, _ flags: TCPFlags, sequence: UInt32 = 0,
        acknowledgement: UInt32 = 0, hopLimit: UInt8 = 63, window: UInt16 = 64_240,
        options: [UInt8] = [], identification: UInt16 = 0, payload: [UInt8] = []
    ) -> [UInt8] {
        let head =
            WireBytes.number(sourcePort) + WireBytes.number(destinationPort)
            + WireBytes.number(sequence) + WireBytes.number(acknowledgement)
        let rest =
            [UInt8((5 + options.count / 4) << 4), flags.rawValue]
            + WireBytes.number(window) + [0, 0, 0, 0] + options + payload
        return ipv4(source, destination, 6, head + rest, hopLimit, identification)
    }

    static func udp(
        _ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress,
        _ destinationPort: UInt16, _ payload: [UInt8], hopLimit: UInt8 = 63
    ) -> [UInt8] {
        let head = WireBytes.number(sourcePort) + WireBytes.number(destinationPort)
        let length = WireBytes.number(UInt16(8 + payload.count))
        return ipv4(source, destination, 17, head + length + [0, 0] + payload, hopLimit, 7)
    }

    /// An ICMP error from `reporter` about `packet`.
    static func icmp(
        _ type: UInt8, _ code: UInt8, _ reporter: IPAddress, about packet: [UInt8],
        hopLimit: UInt8 = 64
    ) -> [UInt8] {
        ipv4(
            reporter, own, 1, [type, code, 0, 0, 0, 0, 0, 0] + packet.prefix(28), hopLimit, 9)
    }

    private static func ipv4(
        _ source: IPAddress, _ destination: IPAddress, _ transport: UInt8, _ content: [UInt8],
        _ hopLimit: UInt8, _ identification: UInt16
    ) -> [UInt8] {
        [0x45, 0] + WireBytes.number(UInt16(20 + content.count))
            + WireBytes.number(identification) + [0x40, 0, hopLimit, transport, 0, 0]
            + WireBytes.number(UInt32(truncatingIfNeeded: source.number))
            + WireBytes.number(UInt32(truncatingIfNeeded: destination.number)) + content
    }

    /// Our SYN from port 40000 to `port`.
    static func syn(
        _ port: UInt16 = 22, from own: UInt16 = 40_000, sequence: UInt32 = 100,
        options: [UInt8] = []
    ) -> [UInt8] {
        tcp(Self.own, own, host, port, .syn, sequence: sequence, options: options)
    }

    /// The host's answer to it.
    static func answer(
        _ flags: TCPFlags, _ port: UInt16 = 22, to own: UInt16 = 40_000,
        acknowledging sequence: UInt32 = 100, from source: IPAddress = host, hopLimit: UInt8 = 63,
        options: [UInt8] = [], identification: UInt16 = 0
    ) -> [UInt8] {
        tcp(
            source, port, Self.own, own, flags, sequence: 5000,
            acknowledgement: sequence &+ 1, hopLimit: hopLimit, options: options,
            identification: identification)
    }
}
