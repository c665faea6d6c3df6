import Testing

@testable import Prober

@Suite struct MD5Tests {
    private static func digits(_ digest: MD5.Digest) -> String {
        var text = ""
        for index in digest.indices {
            text += (digest[index] < 16 ? "0" : "") + String(digest[index], radix: 16)
        }
        return text
    }

    @Test(
        "messages digest as in RFC 1321, A.5",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "d174ab98d277d9f5a5611c2c9f419d9f"
            ),
            (
                String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ])
    func digest(_ message: String, _ expected: String) {
        var digest = MD5()
        for byte in message.utf8 { digest.append(byte) }
        #expect(Self.digits(digest.finish()) == expected)
    }

    @Test func `keyed digests are those of RFC 2202`() {
        var second = KeyedMD5(secret: "Jefe")
        for byte in "what do ya want for nothing?".utf8 { second.append(byte) }
        #expect(Self.digits(second.finish()) == "750c783e6ab0b503eaa86e310a5db738")

        var first = KeyedMD5(
            secret:
                "\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}\u{b}")
        for byte in "Hi There".utf8 { first.append(byte) }
        #expect(Self.digits(first.finish()) == "9294727a3638bb1c13f48ef8158bfc9d")
    }
}
