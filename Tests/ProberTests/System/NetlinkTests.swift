import CLinux
import SystemPackage
import Testing

@testable import Prober

@Suite struct NetlinkTests {
    @Test func `a payload has the kernel's layout and reads back`() {
        var payload = NetlinkPayload()
        payload.append(UInt32(0x0102_0304))
        payload.append(3, text: "veth")
        payload.append(18) { inner in
            inner.append(1, number: UInt16(7))
            inner.append(2, address: .v4(0xc000_0201))
            inner.append(3, address: .v6(high: 0x2001_0db8_0000_0000, low: 1))
        }
        let bytes = payload.bytes
        #expect(bytes.count.isMultiple(of: 4))
        #expect(bytes.integer(UInt32.self) == 0x0102_0304)

        let attributes = Array(NetlinkAttributes(bytes.dropFirst(4)))
        #expect(attributes.map(\.type) == [3, 18])
        #expect(attributes.first?.text == "veth")
        #expect(Array(attributes.first?.value ?? []) == Array("veth\0".utf8))
        let inner = attributes.last.map { Array($0.nested) } ?? []
        #expect(inner.map(\.type) == [1, 2, 3])
        #expect(inner.first?.value.integer(UInt16.self) == 7)
        #expect(
            inner.dropFirst().map(\.value.address) == [
                IPAddress("192.0.2.1"), IPAddress("2001:db8::1"),
            ])
    }

    @Test(arguments: [
        [UInt8](), [1], [3, 0, 1, 0], [0, 0, 0, 0], [255, 255, 1, 0, 9], [8, 0, 1, 0, 1, 2, 3],
    ])
    func `an attribute that contradicts its bytes ends the reading`(bytes: [UInt8]) {
        #expect(Array(NetlinkAttributes(bytes[...])).isEmpty)
    }

    @Test func `the last attribute may lack its padding`() {
        let attributes = Array(NetlinkAttributes([5, 0, 1, 0, 42][...]))
        #expect(attributes == [NetlinkAttribute(type: 1, value: [42])])
    }

    @Test(arguments: [
        [UInt8](repeating: 0, count: 16), [15, 0, 0, 0] + [UInt8](repeating: 0, count: 12),
        [17, 0, 0, 0] + [UInt8](repeating: 0, count: 12), [1, 2, 3],
    ])
    func `a message that contradicts its bytes is refused`(bytes: [UInt8]) {
        #expect(NetlinkMessage.messages(in: bytes[...]) == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no bytes trap a reader`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 0..<160, using: &generator)
            // Small bytes make plausible lengths, which reach deeper.
            let greatest: UInt8 = Bool.random(using: &generator) ? 255 : 24
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...greatest, using: &generator) }
            for attribute in NetlinkAttributes(bytes[...]) {
                #expect(attribute.value.count <= count - 4)
                _ = attribute.text
                _ = attribute.value.address
                _ = attribute.value.integer(UInt64.self)
                #expect(attribute.nested.allSatisfy { $0.value.count < attribute.value.count })
            }
            let payload = bytes.dropFirst(16)
            let message = NetlinkMessage(type: 20, flags: 0, sequence: 1, payload: payload)
            _ = KernelSocket(message, .tcp)
            if let messages = NetlinkMessage.messages(in: bytes[...]) {
                #expect(messages.allSatisfy { $0.payload.count <= count - 16 })
            }
        }
    }

    @Test(arguments: [-1, 0, 1, 2, 5])
    func `a number is read only where all of its bytes are`(offset: Int) {
        let bytes: [UInt8] = [1, 2, 3, 4, 5]
        #expect((bytes.integer(UInt32.self, at: offset) != nil) == (0...1).contains(offset))
    }

    /// A message of a list, with the number that NLMSG_DONE and NLMSG_ERROR carry.
    private func message(_ type: CInt, flags: CInt = 0, number: Int32? = nil) -> NetlinkMessage {
        NetlinkMessage(
            type: UInt16(type), flags: UInt16(flags), sequence: 1,
            payload: number.map { [UInt8](of: $0)[...] } ?? [])
    }

    @Test func `a list that changed while it was written is marked, to be asked for again`() throws
    {
        var dump = NetlinkDump()
        #expect(try !dump.add(message(20)))
        #expect(!dump.isInterrupted)
        #expect(try !dump.add(message(20, flags: NLM_F_DUMP_INTR)))
        #expect(try dump.add(message(NLMSG_DONE, number: 0)))
        #expect(dump.isInterrupted)
        #expect(dump.messages.count == 2)
    }

    @Test func `an overrun marks the list too`() throws {
        var dump = NetlinkDump()
        #expect(try !dump.add(message(NLMSG_OVERRUN)))
        #expect(try dump.add(message(NLMSG_DONE)))
        #expect(dump.isInterrupted)
    }

    @Test(arguments: [NLMSG_DONE, NLMSG_ERROR])
    func `an errno at the end of a list is thrown`(type: CInt) {
        var dump = NetlinkDump()
        #expect(throws: NetlinkError.refused(.noSuchFileOrDirectory)) {
            _ = try dump.add(message(type, number: -2))
        }
    }

    @Test func `an error message without a number is malformed`() {
        var dump = NetlinkDump()
        #expect(throws: NetlinkError.malformed) { _ = try dump.add(message(NLMSG_ERROR)) }
    }

    @Test func `the kernel lists its interfaces and their addresses`() throws {
        var socket = try NetlinkSocket(.route)
        let interfaces = try socket.interfaces().interfaces
        let loopback = try #require(interfaces.first { $0.name == "lo" })
        let addresses = try socket.interfaceAddresses().addresses
        if loopback.isUp {
            #expect(
                addresses.contains(
                    InterfaceAddress(
                        address: .v4(0x7f00_0001), prefixLength: 8,
                        interfaceIndex: loopback.index)))
        }
    }

    @Test func `the kernel's refusal is thrown as its errno`() throws {
        var socket = try NetlinkSocket(.route)
        #expect(throws: NetlinkError.refused(.notSupported)) {
            try socket.execute(0x7ff0, flags: 0, NetlinkPayload(UInt32(0)))
        }
    }

    /// An answer of generic netlink: the command's header, then attributes.
    private func genericAnswer(_ fill: (inout NetlinkPayload) -> Void) -> NetlinkMessage {
        var payload = NetlinkPayload(genlmsghdr())
        fill(&payload)
        return NetlinkMessage(type: 27, flags: 2, sequence: 1, payload: payload.bytes[...])
    }

    @Test func `the port of WireGuard is found among what else its interface has`() {
        let answer = genericAnswer {
            $0.append(WGDEVICE_A_IFINDEX.rawValue, number: UInt32(4))
            $0.append(WGDEVICE_A_IFNAME.rawValue, text: "wg0")
            $0.append(WGDEVICE_A_PRIVATE_KEY.rawValue, [UInt8](repeating: 7, count: 32))
            $0.append(WGDEVICE_A_LISTEN_PORT.rawValue, number: UInt16(51820))
            $0.append(WGDEVICE_A_PEERS.rawValue) { peers in
                peers.append(0) { $0.append(1, number: UInt16(9)) }
            }
        }
        #expect(NetlinkSocket.wireGuardPort(answer) == 51820)
        // Down, it has none; and a list of many peers goes on in answers without one.
        let down = genericAnswer { $0.append(WGDEVICE_A_LISTEN_PORT.rawValue, number: UInt16(0)) }
        #expect(NetlinkSocket.wireGuardPort(down) == nil)
        #expect(NetlinkSocket.wireGuardPort(genericAnswer { _ in }) == nil)
        let short = genericAnswer { $0.append(WGDEVICE_A_LISTEN_PORT.rawValue, [1]) }
        #expect(NetlinkSocket.wireGuardPort(short) == nil)
    }

    @Test func `the port of a receiver of tunnels is in network byte order`() {
        let answer = genericAnswer {
            $0.append(FOU_ATTR_PORT, number: UInt16(5555).bigEndian)
            $0.append(FOU_ATTR_AF, [2])
        }
        #expect(NetlinkSocket.tunnelPort(answer) == 5555)
    }

    @Test func `a family has the number that the kernel gave it, and an unknown one has none`()
        throws
    {
        var socket = try NetlinkSocket(.generic)
        #expect(try socket.number(of: "nlctrl") == 16)
        let error: NetlinkError?
        do throws(NetlinkError) {
            _ = try socket.number(of: "prober-has-none")
            error = nil
        } catch let problem {
            error = problem
        }
        #expect(error == .refused(.noSuchFileOrDirectory))
    }
}
