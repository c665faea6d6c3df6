import Testing

@testable import Reconcile

@Suite struct SHA256Tests {
    @Test(
        "digests are those of the standard",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000),
                "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
            ),
        ])
    func digest(of text: String, is expected: String) {
        #expect(SHA256(Array(text.utf8)).hexadecimal == expected)
    }

    @Test("every length is padded to whole blocks", arguments: 0...130)
    func length(_ count: Int) {
        #expect(SHA256(Array(repeating: 97, count: count)).bytes.count == 32)
    }

    @Test func `Base64 has its padding`() {
        #expect(SHA256([]).base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    }
}
