import Prober

/// Reads from `nft --debug=netlink list ruleset` for which IP version each rule is.
///
/// The rules in the kernel's own form come first, then the same text as without `--debug`.
struct NFTBytecode {
    /// What finds a rule in a ruleset.
    struct RuleName: Hashable {
        var family: RuleTable.Family
        var table: String
        var chain: String
        var handle: UInt64
    }

    /// For which packets a rule is.
    enum Scope: Equatable {
        case bothFamilies
        case only(IPFamily)
    }

    /// The rules of which it is known.
    private(set) var scopes: [RuleName: Scope] = [:]
    /// What follows: the listing as text.
    let listing: String

    init(_ text: String) {
        guard let first = text.split(maxSplits: 1, whereSeparator: \.isNewline).first,
            Self.begins(with: first)
        else {
            listing = text
            return
        }
        var name: RuleName?
        var instructions: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty, !rest.hasPrefix("table ") {
            let end = rest.firstIndex(where: \.isNewline) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...].dropFirst()
            if line.hasPrefix("  [ ") {
                instructions.append(line.dropFirst(2))
                continue
            }
            if let name { scopes[name] = Self.scope(of: instructions) }
            name = Self.name(line)
            instructions = []
        }
        if let name { scopes[name] = Self.scope(of: instructions) }
        listing = String(rest)
    }

    /// Whether a text whose first line is `line` is such a listing.
    static func begins(with line: Substring) -> Bool {
        // `inet filter input 7`, or `inet filter @set`.
        let words = line.split(separator: " ")
        return (3...5).contains(words.count) && RuleTable.Family(rawValue: String(words[0])) != nil
            && (name(line) != nil || words[2].hasPrefix("@") || words[2].hasPrefix("__"))
    }

    /// The rule that is called `inet filter input 7`, behind which may stand the one before it.
    private static func name(_ line: Substring) -> RuleName? {
        let words = line.split(separator: " ")
        guard words.count == 4 || words.count == 5,
            let family = RuleTable.Family(rawValue: String(words[0])),
            let handle = UInt64(words[3])
        else { return nil }
        return RuleName(
            family: family, table: String(words[1]), chain: String(words[2]), handle: handle)
    }

    /// What `instructions` say of the IP version; nil when they say it in some other way.
    private static func scope(of instructions: [Substring]) -> Scope? {
        var found = Scope.bothFamilies
        for (index, instruction) in instructions.enumerated() {
            if instruction.contains("link header") { return nil }
            let isProtocol = instruction.hasPrefix("[ meta load protocol ")
            guard isProtocol || instruction.hasPrefix("[ meta load nfproto "),
                index + 1 < instructions.count
            else { continue }
            // Other comparisons than this one are listed.
            let words = instructions[index + 1].split(separator: " ")
            guard words.count == 7, words[1...3] == ["cmp", "eq", "reg"] else { continue }
            // The number of a protocol is in the packet's order, and shown in the machine's.
            switch (isProtocol, words[5]) {
            case (false, "0x00000002"), (true, "0x00000008"): found = .only(.ipv4)
            case (false, "0x0000000a"), (true, "0x0000dd86"): found = .only(.ipv6)
            default: return nil
            }
        }
        return found
    }
}

extension Rule {
    /// Leaves open for which IP version the rule is, where nft does not list it.
    ///
    /// In a table of both versions nft takes a match of the version, among the matches right before
    /// `reject with tcp reset`, for one that the refusal implies, and leaves it out
    /// (stmt_reject_postprocess of its netlink_delinearize.c, since 2021; measured with 1.0.6).
    mutating func noteUnlistedFamily(in family: RuleTable.Family) {
        guard [.inet, .bridge, .netdev].contains(family),
            let end = statements.firstIndex(of: .reject(.tcpReset)),
            end == 0 || statements[end - 1].isComparison,
            !statements[..<end].contains(where: \.tellsFamily)
        else { return }
        statements.insert(.unlistedFamily, at: end)
    }
}

extension RuleTable {
    /// Adds the IP version that nft did not list to the rules of which `bytecode` tells it.
    mutating func listFamilies(from bytecode: NFTBytecode) {
        for chain in chains.indices {
            for rule in chains[chain].rules.indices {
                guard
                    let place = chains[chain].rules[rule].statements.firstIndex(
                        of: .unlistedFamily),
                    case .handle(let handle) = chains[chain].rules[rule].place,
                    let scope = bytecode.scopes[
                        NFTBytecode.RuleName(
                            family: family, table: name, chain: chains[chain].name,
                            handle: handle)]
                else { continue }
                change(chain) { chain in
                    switch scope {
                    case .bothFamilies: chain.rules[rule].statements.remove(at: place)
                    case .only(let version):
                        let number: UInt128 = version == .ipv4 ? 2 : 10
                        chain.rules[rule].statements[place] = .match(
                            Match(.networkFamily, in: ValueSet(.range(number...number))))
                        chain.rules[rule].text =
                            "meta nfproto \(version == .ipv4 ? "ipv4" : "ipv6") "
                            + chain.rules[rule].text
                    }
                }
            }
        }
    }
}

extension Statement {
    /// Whether it compares, and does nothing else.
    fileprivate var isComparison: Bool {
        switch self {
        case .match, .either, .never, .opaqueMatch, .unlistedFamily: true
        case .verdict, .verdictMap, .reject, .translate, .translateSource, .setMark, .mapMark,
            .untrack, .rate, .changeSet, .transparent, .opaque:
            false
        }
    }

    /// Whether it holds for packets of one IP version alone.
    fileprivate var tellsFamily: Bool {
        guard case .match(let match) = self else { return false }
        return match.key.selectors.contains { selector in
            switch selector {
            case .headerProtocol, .address, .icmpType, .icmpCode, .connectionAddress,
                .headerVersion, .fragmentOffset, .headerExtension, .field(.network, _):
                true
            case .networkFamily, .etherType: match.key.selectors.count == 1 && match.isOfOneNumber
            case .transportProtocol, .port, .tcpFlags, .interface, .mark, .connectionState,
                .connectionStatus, .connectionDirection, .connectionPort, .packetType,
                .addressType, .reversePath, .field, .setField, .opaque:
                false
            }
        }
    }
}

extension Match {
    /// Whether it is for one number of a single fact.
    fileprivate var isOfOneNumber: Bool {
        guard key.bits.isEmpty, case .isIn(.values(let values)) = comparison,
            let range = values.ranges?.first, values.ranges?.count == 1
        else { return false }
        return range.lowerBound == range.upperBound
    }
}
