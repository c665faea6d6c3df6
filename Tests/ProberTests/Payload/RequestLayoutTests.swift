import Prober
import Testing

@Suite struct RequestLayoutTests {
    @Test(
        "requests are byte for byte what daemons were seen to answer",
        arguments: [
            (DatagramService.dns, 0, "4e50 0100 0001000000000000 00 0002 0001"),
            (
                .rpcbind, 0,
                """
                4e5053010000000000000002000186a00000000200000000
                00000000000000000000000000000000
                """
            ),
            (
                .snmp, 0,
                """
                303c020103301002034e5053020300ffe30401040201030410300e0400020100020100
                040004000400301304000400a00d02034e50530201000201003000
                """
            ),
            (
                .snmp, 1,
                """
                302802010104067075626c6963a01b02034e5053020100020100300e300c06082b0601
                02010101000500
                """
            ),
            (.ike, 0, "4e50530102030405000000000000000000302208000000000000001c"),
            (.ike, 3, "000000004e50530102030405000000000000000000302208000000000000001c"),
            (.openvpn, 0, "384e505301020304050000000000"),
            (.stun, 0, "000100002112a4424e5053010203040505040302"),
            (.coap, 0, "40004e50"),
            (.coap, 1, "40014e50bb2e77656c6c2d6b6e6f776e04636f7265"),
            (.xdmcp, 0, "00010002000100"),
            (
                .l2tp, 0,
                """
                c802004200000000000000008008000000000001800800000002010080
                0c0000000770726f626572800a00000003000000038008000000094e5080080000000a0004
                """
            ),
            (.bacnet, 0, "810a0011010400054e0c0c023fffff194d"),
        ])
    func layout(_ service: DatagramService, _ index: Int, _ digits: String) {
        #expect(PayloadTable.requests(of: service)[index].bytes() == Array(hex: digits))
    }

    @Test func `DTLS begins as OpenSSL, GnuTLS and libcoap answer it`() throws {
        let token = RequestToken(
            0x2021_2223_2425_2627, 0x2829_2a2b_2c2d_2e2f, 0x3031_3233_3435_3637,
            0x3839_3a3b_3c3d_3e3f)
        let request = try #require(PayloadTable.requests(of: .dtls).first)
        let expected = """
            16feff0000000000000000006a0100005e000000000000005efefd2021222324252627
            28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f00000014c02bc02fc00ac0
            14009c002fc0aec0a8ccac00ff01000020000a00080006001d00170018000b00020100
            000d000a00080403050804030501
            """
        #expect(request.bytes(ReplyExample.context(token)) == Array(hex: expected))
    }

    @Test func `QUIC fills 1,200 bytes, below which servers say nothing`() throws {
        let bytes = try #require(PayloadTable.requests(of: .quic).first).bytes()
        let head = Array(hex: "c01a2a3a4a084e5053010203040508050403020153504e")
        #expect(bytes == head + Array(repeating: 0, count: 1200 - head.count))
    }

    @Test func `an IPMI message carries its checksum, whatever its sequence`() {
        let request = PayloadTable.requests(of: .ipmi)[1]
        let fixed = request.bytes(ReplyExample.context(RequestToken(0, 0)))
        #expect(fixed == Array(hex: "0600ff07000000000000000000092018c88100388e04b5"))
        for first in UInt64(0)...255 {
            let bytes = request.bytes(ReplyExample.context(RequestToken(first << 56, 0)))
            #expect(bytes[17...].reduce(0, &+) == 0)
        }
    }

    @Test("lengths within a request are those of its parts", arguments: [UInt64(0), 1, ~0])
    func lengths(first: UInt64) {
        let context = ReplyExample.context(RequestToken(first, first, first, first))
        func bytes(_ service: DatagramService, _ index: Int = 0) -> [UInt8] {
            PayloadTable.requests(of: service)[index].bytes(context)
        }
        #expect(Int(bytes(.kerberos)[2]) == bytes(.kerberos).count - 3)
        #expect(Int(bytes(.cldap)[1]) == bytes(.cldap).count - 2)
        #expect(Int(bytes(.slp)[4]) == bytes(.slp).count)
        #expect(Int(bytes(.radius)[3]) == bytes(.radius).count)
        #expect(Int(bytes(.ike, 1)[26]) << 8 | Int(bytes(.ike, 1)[27]) == bytes(.ike, 1).count)
        #expect(Int(bytes(.ike, 2)[27]) == bytes(.ike, 2).count)
        #expect(Int(bytes(.pfcp)[3]) == bytes(.pfcp).count - 4)
        #expect(bytes(.dhcp).count == 300)
        // A public value must lie below the prime of group 14, whose first bytes are all set.
        let value = bytes(.ike, 1)[84..<340]
        #expect(value.first.map { (0x40...0x7f).contains($0) } == true)
    }

    @Test func `SIP and LLMNR spell the addresses out`() throws {
        var context = ReplyExample.context()
        let sip = try #require(PayloadTable.requests(of: .sip).first)
        let llmnr = try #require(PayloadTable.requests(of: .llmnr).first)
        let text = String(decoding: sip.bytes(context), as: UTF8.self)
        #expect(text.hasPrefix("OPTIONS sip:203.0.113.2 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.1;"))
        #expect(text.hasSuffix("\r\n\r\n"))
        let name = Array("\u{1}2\u{3}113\u{1}0\u{3}203\u{7}in-addr\u{4}arpa\u{0}".utf8)
        #expect(Array(llmnr.bytes(context)[12..<(12 + name.count)]) == name)

        context.endpoint.address = .v6(high: 0x2001_0db8_0000_0000, low: 0xa)
        context.source = .v6(high: 0, low: 0)
        let text6 = String(decoding: sip.bytes(context), as: UTF8.self)
        #expect(
            text6.hasPrefix(
                "OPTIONS sip:[2001:0db8:0000:0000:0000:0000:0000:000a] SIP/2.0\r\n"
                    + "Via: SIP/2.0/UDP prober.invalid;"))
        let name6 = Array("\u{1}a\u{1}0\u{1}0".utf8)
        #expect(Array(llmnr.bytes(context)[12..<18]) == name6)
        #expect(llmnr.bytes(context).count == 12 + 32 * 2 + 10 + 4)
    }
}
