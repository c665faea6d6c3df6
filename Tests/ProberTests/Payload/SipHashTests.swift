import Testing

@testable import Prober

@Suite struct SipHashTests {
    /// The key and messages of the paper's appendix: 00, 01, … in little-endian words.
    @Test func `24 bytes hash as in the reference implementation`() {
        let hash = SipHash(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)
        // vectors_sip64[24] is 94 af 49 f6 c6 50 ad b8, in little-endian order.
        #expect(
            hash.hash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, 0x1716_1514_1312_1110)
                == 0xb8ad_50c6_f649_af94)
    }

    @Test func `tokens differ with the key, the endpoint and the request`() {
        let key = SipHash(seed: 1)
        let here = Endpoint(.v4(0xcb00_7102), .udp, 53)
        let tokens = [
            RequestToken(key: key, endpoint: here, request: 0),
            RequestToken(key: key, endpoint: here, request: 1),
            RequestToken(key: SipHash(seed: 2), endpoint: here, request: 0),
            RequestToken(key: key, endpoint: Endpoint(here.address, .udp, 54), request: 0),
            RequestToken(key: key, endpoint: Endpoint(.v4(0xcb00_7103), .udp, 53), request: 0),
        ]
        #expect(Set(tokens).count == tokens.count)
        #expect(Set(tokens.map { $0.number(UInt16.self) }).count == tokens.count)
        #expect(tokens[0] == RequestToken(key: key, endpoint: here, request: 0))
    }
}
