import Prober
import Testing

@testable import Reconcile

/// No bytes may make the reader trap, and each refusal must say where.
@Suite struct TargetFileMutationTests {
    private static let valid = """
        version: 1
        defaults: { vantage: namespace, rate: auto, timeout: 2s, retries: 3 }
        targets:
          - name: "wéb\\u00e9"
            addresses: [203.0.113.10-11, "2001:db8:b::10", web1.example.net, this-host]
            probe: { tcp: [1-1024, ssh] }
            host: { files: [a.json] }
            expect: &policy
              - open: [tcp:80, 443]
                from: [198.51.100.0/24, 192.0.2.*]
                why: >
                  folded
                  text
              - closed: rest
          - { name: 'b', addresses: [203.0.113.12], expect: *policy }
        exclude:
          - { block: 203.0.113.0/28, why: !!str no }
          - 2001:db8:c::/48 # neighbours

        """

    private static let pieces =
        ["\t", ":", ": ", "- ", "\n", "\"", "'", "[", "]", "{", "}", "&a ", "*a", "*policy", "#"]
        + ["!!int ", "|", ">", "? ", "%", "---\n", "...\n", "\u{0}", "\u{feff}", "\u{301}", "\r\n"]
        + ["~", "<<", "\\x", "\u{2028}", "99999999999999999999", "-1", "/129", "::"]

    @Test("mutated files are read or refused with a place", arguments: 0..<8 as Range<UInt64>)
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        var refused = 0
        for _ in 0..<400 {
            var bytes = Array(Self.valid.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                Self.mutate(&bytes, &random)
            }
            do {
                _ = try TargetFile(parsing: bytes, source: "t.yaml", services: ServiceTable())
            } catch {
                refused += 1
                #expect((error.line ?? 0) >= 1, "\(error)")
                #expect((error.column ?? 0) >= 1)
                #expect(!error.problem.isEmpty && error.remedy.hasSuffix("."))
            }
        }
        #expect(refused > 0)
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...20, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2:
            bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: place)
        case 3:
            bytes.insert(
                contentsOf: bytes[place..<end], at: Int.random(in: 0...place, using: &random))
        default: bytes.removeSubrange(place...)
        }
    }

    @Test(
        "nesting beyond all reason is refused",
        arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
    func nesting(_ piece: String) {
        let error = #expect(throws: InputError.self) {
            try TargetFile(
                parsing: "version: 1\nexclude: " + String(repeating: piece, count: 100_000),
                source: "t.yaml", services: ServiceTable())
        }
        #expect(error?.line != nil)
        #expect(error?.description.contains("yaml_") == false)
        #expect(error?.problem.contains("set with") == false)
    }

    @Test func `aliases that multiply are refused at once`() {
        var text = "version: 1\nexclude: [192.0.2.1]\na0: &a0 [x, x]\n"
        for level in 1...60 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        let error = #expect(throws: InputError.self) {
            try TargetFile(parsing: text, source: "t.yaml", services: ServiceTable())
        }
        #expect(error?.line == 3)
    }

    /// Nine levels of lists, each with the one before ten times.
    private static let tree: String = {
        var text = "version: 1\nexclude: [192.0.2.1]\na0: &a0 [x, x]\n"
        for level in 1...9 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        return text
    }()

    @Test(
        "an alias cannot be a key, however much it stands for",
        arguments: [
            ("? *a9\n: 1\n", 13, 3), ("*a9 : 1\n", 13, 1), ("b: { *a9 : 1 }\n", 13, 6),
            ("b: [*a9:c]\n", 13, 5), ("b: { *a9:c }\n", 13, 6), ("? [*a9]\n: 1\n", 13, 3),
            ("[*a9]: 1\n", 13, 1), ("b: [? *a9 : 1]\n", 13, 7), ("? - *a9\n: 1\n", 13, 3),
            ("b: [{ *a9 }]\n", 13, 7), ("b: [[*a9]: x]\n", 13, 5),
        ])
    func aliasKey(_ line: String, at number: Int, _ column: Int) {
        let error = #expect(throws: InputError.self) {
            try TargetFile(
                parsing: Self.tree + line, source: "t.yaml", services: ServiceTable())
        }
        #expect(error?.line == number)
        #expect(error?.column == column)
        #expect(error?.problem == "a key is no word")
    }

    @Test(
        "stars that are no aliases change nothing",
        arguments: [
            "192.0.2.*", "'192.0.2.*'", "\"192.0.2.*\"", "&star 192.0.2.*", "{ block: 192.0.2.* }",
        ])
    func stars(_ text: String) throws {
        let file = try TargetFile(
            parsing: "version: 1\ndefaults: { rate: &rate max }\nexclude:\n- \(text) # *rate\n",
            source: "t.yaml", services: ServiceTable())
        #expect(file.excludedAddresses.count == 256)
    }
}
