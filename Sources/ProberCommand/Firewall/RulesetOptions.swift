import ArgumentParser
import Prober
import Reconcile

/// The flag that says where rules are read from.
struct RulesetOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            Read these listings together: nft -j list ruleset, iptables-save, ip6tables-save, \
            ipset save (default: the rules of this host)
            """, valueName: "file"))
    var ruleset: [String] = []

    /// Whether the rules are those of this host.
    var isLive: Bool { ruleset.isEmpty }

    /// The rules.
    ///
    /// - Throws: ``InputError`` about the file that is malformed.
    func rules() throws(InputError) -> Ruleset {
        guard !isLive else {
            let live = LiveFirewall.collect()
            return try Ruleset(live.texts, gaps: live.gaps)
        }
        return try Self.rules(in: ruleset)
    }

    /// The rules in `files`.
    static func rules(in files: [String]) throws(InputError) -> Ruleset {
        var texts: [RulesetText] = []
        for path in files {
            texts.append(
                try RulesetText(recognising: try InputFile.bytes(path), origin: path))
        }
        return try Ruleset(texts)
    }
}
