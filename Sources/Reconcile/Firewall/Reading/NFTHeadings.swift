/// Reads from `nft list ruleset` what nft 1.0.6 leaves out of its JSON: devices and flags.
struct NFTHeadings {
    /// A table as the text has it.
    struct Table {
        var family: RuleTable.Family
        var name: String
        var flags: [String] = []
        var chains: [Chain] = []
    }

    /// A base chain as the text has it.
    struct Chain {
        var name: String
        /// The devices; empty for a chain at another hook.
        var devices: [String]
    }

    private(set) var tables: [Table] = []

    /// The headings in `text`; nil when a line that matters is not understood.
    init?(_ text: String) {
        var depth = 0
        var chain: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            switch (depth, words.first) {
            case (0, "table"):
                // Behind the brace may stand who owns the table, as a comment.
                guard words.count >= 4, words[3] == "{",
                    let family = RuleTable.Family(rawValue: words[1])
                else { return nil }
                tables.append(Table(family: family, name: words[2]))
            case (0, let word?) where !word.hasPrefix("#") && !word.hasPrefix("}"): return nil
            case (1, "flags"):
                let flags = words.dropFirst().flatMap { $0.split { ",;".contains($0) } }
                tables[tables.count - 1].flags += flags.map(String.init)
            case (1, "chain"): chain = words.count > 1 ? words[1] : nil
            case (1, _): chain = nil
            case (2, "type") where chain != nil && words.contains("hook"):
                guard let chain, let hook = words.firstIndex(of: "hook"),
                    let priority = words.firstIndex(of: "priority"), hook + 2 <= priority
                else { return nil }
                tables[tables.count - 1].chains.append(
                    Chain(name: chain, devices: Self.devices(words[(hook + 2)..<priority])))
            default: break
            }
            depth += Self.depth(of: line)
            guard depth >= 0 else { return nil }
        }
        if depth != 0 { return nil }
    }

    /// How many more braces `line` opens than it closes.
    private static func depth(of line: Substring) -> Int {
        var depth = 0
        var isQuoted = false
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "{") where !isQuoted: depth += 1
            case UInt8(ascii: "}") where !isQuoted: depth -= 1
            default: break
            }
        }
        return depth
    }

    /// `device "eth0"`, `devices = { eth0, "eth1" }`.
    private static func devices(_ words: ArraySlice<String>) -> [String] {
        words.flatMap { $0.split { "\",{}=".contains($0) } }.map(String.init)
            .filter { $0 != "device" && $0 != "devices" }
    }
}
