import Testing

@testable import Prober

@Suite struct TargetWordTests {
    @Test(
        "what a word stands for",
        arguments: [
            ("203.0.113.1", "203.0.113.1"),
            ("203.0.113.77/24", "203.0.113.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("203.0.113.1/32", "203.0.113.1"),
            ("203.0.113.1-203.0.113.20", "203.0.113.1-203.0.113.20"),
            ("203.0.113.1-20", "203.0.113.1-203.0.113.20"),
            ("203.0.113.250-", "203.0.113.250-203.0.113.255"),
            ("203.0.113.-5", "203.0.113.0-203.0.113.5"),
            ("203.0.113.-", "203.0.113.0/24"),
            ("203.0.113.*", "203.0.113.0/24"),
            ("*.*.*.*", "0.0.0.0/0"),
            (
                "203.*.113-114.*",
                (0...255).map { "203.\($0).113.0-203.\($0).114.255" }.joined(separator: " ")
            ),
            (
                "203.0.113-115.1,3,5-7",
                "203.0.113.1 203.0.113.3 203.0.113.5-203.0.113.7 203.0.114.1 203.0.114.3 "
                    + "203.0.114.5-203.0.114.7 203.0.115.1 203.0.115.3 203.0.115.5-203.0.115.7"
            ),
            ("10.0-1.*.*", "10.0.0.0/15"),
            ("203.0.113.3,1,2", "203.0.113.1-203.0.113.3"),
            ("203.0.113.0-127,128-255", "203.0.113.0/24"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:DB8::1/64", "2001:db8::/64"),
            ("::/0", "::/0"),
            ("2001:db8::1-2001:db8::ff", "2001:db8::1-2001:db8::ff"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ])
    func ranges(of text: String, are expected: String) throws {
        guard case .ranges(let ranges) = try TargetWord(parsing: text) else {
            Issue.record("\(text) became a name")
            return
        }
        #expect(ranges.map(\.description).joined(separator: " ") == expected)
    }

    @Test(
        "what is a name",
        arguments: [
            "localhost", "web1.example.net", "web1.example.net.", "_dmarc.example.net",
            "xn--bcher-kva.example", "1-2-3.example", "3com.example", "a1", "127.0.0.1.nip.io",
        ])
    func name(_ text: String) throws {
        let plain = text.hasSuffix(".") ? String(text.dropLast()) : text
        #expect(try TargetWord(parsing: text) == .name(plain))
    }

    @Test(
        "every mistake has its column, its problem and a remedy that fits",
        arguments: [
            Mistake("", 1, "empty", "Write an address"),
            Mistake("1.2.3", 1, "3 parts", "four numbers"),
            Mistake("22", 1, "is a number, not an address", "--ports"),
            Mistake("1.2.3.4.5", 1, "5 parts", "four numbers"),
            Mistake("01.2.3.4", 1, "leading zero", "zeros: 1."),
            Mistake("1.2.3.04", 7, "leading zero", "zeros: 4."),
            Mistake("1.2.3.4/+24", 9, "\"+24\" is no IPv4 prefix length", "from 0 to 32"),
            Mistake("1.2.3.4/", 9, "prefix length is missing", "from 0 to 32"),
            Mistake("1.2.3.4/33", 9, "\"33\"", "from 0 to 32"),
            Mistake("1.2.3.4/024", 9, "\"024\"", "from 0 to 32"),
            Mistake("1.2.3.4/255.255.254.0", 9, "is a mask", "1.2.3.4/23"),
            Mistake("1.2.3.1-4/24", 1, "pattern with a prefix length", "without \"/24\""),
            Mistake("1.2.3/24", 1, "3 parts", "four numbers"),
            Mistake("example.org/24", 1, "\"example.org\" is no address", "name alone"),
            Mistake("256.1.1.1", 1, "\"256\" is more", "0 to 255"),
            Mistake("1.1.1.99999999999", 7, "is more", "0 to 255"),
            Mistake("1.2.3.9-1", 7, "backwards", "Write 1-9."),
            Mistake("203.0.113.9-203.0.113.1", 1, "backwards", "203.0.113.1-203.0.113.9"),
            Mistake("203.0.113.1-203.0.113.300", 13, "\"203.0.113.300\"", "0 to 255"),
            Mistake("1.2.3.1,,2", 9, "a number is missing", "list 1,3"),
            Mistake("1..2.3", 3, "a number is missing", "list 1,3"),
            Mistake("1.2.3.1-2-3", 7, "no range", "list 1,3"),
            Mistake("1.2.3.1*", 7, "no number", "* alone"),
            Mistake("1.2.3.4,1.2.3.5", 1, "joins several targets", "by spaces"),
            Mistake("*.*.*.1", 1, "16777216 ranges", "--exclude"),
            Mistake("1-255.1-255.1-255.1,3", 1, "33162750 ranges", "10.0.0.0/8"),
            Mistake("11::22::33", 7, "\"::\" twice", "eight groups"),
            Mistake("FF::FF/129", 8, "\"129\" is no IPv6 prefix length", "from 0 to 128"),
            Mistake("2001:db8:::1", 9, "three colons", "eight groups"),
            Mistake("2001:db8::12345", 11, "\"12345\" is too long", "eight groups"),
            Mistake("2001:db8::g", 11, "\"g\" is no hexadecimal", "eight groups"),
            Mistake("1:2:3", 1, "3 groups", "eight groups"),
            Mistake("1:2:3:4:5:6:7:8:9", 1, "9 groups", "eight groups"),
            Mistake("::1.2.3.400", 3, "no IPv4 address at the end", "eight groups"),
            Mistake("2001:db8::1-ff", 13, "\"ff\" is no IPv6 address", "in full"),
            Mistake("2001:db8::1-192.0.2.1", 1, "one address family", "each family"),
            Mistake("2001:db8::9-2001:db8::1", 1, "backwards", "2001:db8::1-2001:db8::9"),
            Mistake("2001:db8::1-2001:db8::9/64", 24, "range with a prefix", "without a slash"),
            Mistake("fe80::1%eth0", 8, "\"%eth0\" is a zone", "not link-local"),
            Mistake("[::1]", 1, "brackets", "alone: ::1."),
            Mistake("[2001:db8::1]:443", 1, "brackets", "alone: 2001:db8::1."),
            Mistake("http://x/", 1, "URL", "alone: x."),
            Mistake("https://web1.example:8443/a", 1, "URL", "alone: web1.example."),
            Mistake("http://[::1]:80/", 1, "URL", "alone: ::1."),
            Mistake("1.2.3.4:80", 9, "host and a port", "--ports 80"),
            Mistake("web1.example:https", 14, "host and a port", "web1.example"),
            Mistake("-oX", 1, "hyphen", "as DNS"),
            Mistake("web-.example", 1, "hyphen", "as DNS"),
            Mistake("web1..example", 6, "empty label", "one dot"),
            Mistake("web 1", 4, "\" \"", "letters, digits"),
            Mistake("web1.example!", 13, "\"!\"", "letters, digits"),
            Mistake("bücher.example", 2, "\"ü\"", "xn--"),
            Mistake("0x7f.1", 1, "looks like an address", "decimal"),
            Mistake("0x7f000001", 1, "looks like an address", "decimal"),
            Mistake("web.example.7", 1, "looks like an address", "decimal"),
            Mistake(String(repeating: "a", count: 64), 1, "63 characters", "as DNS"),
            Mistake(
                String(repeating: "abcdefg.", count: 32) + "example", 1, "253 characters", "as DNS"),
        ])
    func mistake(_ mistake: Mistake) {
        let error = #expect(throws: InputError.self) { try TargetWord(parsing: mistake.text) }
        #expect(error?.column == mistake.column)
        #expect(error?.problem.contains(mistake.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.contains(mistake.remedy) == true, "\(error?.remedy ?? "")")
    }

    struct Mistake: CustomTestStringConvertible {
        let text: String
        let column: Int
        let problem: String
        let remedy: String
        var testDescription: String { text.prefix(40).debugDescription }

        init(_ text: String, _ column: Int, _ problem: String, _ remedy: String) {
            self.text = text
            self.column = column
            self.problem = problem
            self.remedy = remedy
        }
    }

    @Test("no text makes the parser trap", arguments: 0..<20 as Range<UInt64>)
    func robustness(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let alphabet = Array("0123456789abfx.:,-*/%[]_ é\u{301}+")
        var accepted = 0
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 0...16, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "."
                })
            if case .ranges(let ranges)? = try? TargetWord(parsing: text) {
                accepted += 1
                #expect(TargetSet(ranges).ranges == ranges)
            }
        }
        #expect(accepted < 500)
    }
}
