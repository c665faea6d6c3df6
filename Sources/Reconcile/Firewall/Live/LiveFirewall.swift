import Prober
import SystemPackage

/// The firewall of the host that this process runs on, in the namespace of the calling thread.
public struct LiveFirewall: Sendable {
    /// The listings of everything that is in use.
    public private(set) var texts: [RulesetText]
    /// What may filter too, and was not read.
    public private(set) var gaps: [RulesetGap]

    /// A firewall that nobody asked.
    static let notRead = LiveFirewall(
        texts: [], gaps: [.unread(CoverageGap.firewallNotRead.reason)])

    init(texts: [RulesetText], gaps: [RulesetGap]) {
        self.texts = texts
        self.gaps = gaps
    }

    /// Asks every tool that lists rules, and looks for layers that no tool lists.
    ///
    /// Needs root: without it, everything is a gap.
    public static func collect() -> LiveFirewall { collect(from: .thisMachine) }

    /// The same of the machine that `source` is.
    static func collect(from source: FirewallSource) -> LiveFirewall {
        var found = LiveFirewall(texts: [], gaps: [])
        found.readNFTables(source)
        found.readIPTables(source)
        found.readLegacy(source)
        found.readAddressSets(source)
        found.gaps += LiveLayers(source: source).gaps()
        return found
    }

    private mutating func readNFTables(_ source: FirewallSource) {
        let command = "nft -j list ruleset"
        switch source.run("nft", ["-j", "list", "ruleset"]) {
        case .missing: gaps.append(.unread("nft is not installed, so its rules were not read"))
        case .failed(let reason): gaps.append(.unread("`\(command)` failed: \(reason)"))
        case .printed(let text) where text.isEmpty:
            // nft 1.0.6, where the flags of a table are garbage that is no text.
            gaps.append(.unread("`\(command)` printed nothing"))
        case .printed(let text):
            texts.append(RulesetText(.nftJSON, origin: command, text: text))
            readHeadings(of: String(decoding: text, as: UTF8.self), source)
        }
    }

    /// As JSON, nft 1.0.6 leaves out the devices of chains and the flags of tables; every nft leaves
    /// out which IP version a `reject with tcp reset` is for.
    private mutating func readHeadings(of listing: String, _ source: FirewallSource) {
        guard listing.contains("\"chain\"") else { return }
        let plain = ["list", "ruleset"]
        let choices =
            listing.contains("\"tcp reset\"") ? [["--debug=netlink"] + plain, plain] : [plain]
        for arguments in choices {
            guard case .printed(let text) = source.run("nft", arguments), !text.isEmpty else {
                continue
            }
            let command = (["nft"] + arguments).joined(separator: " ")
            texts.append(RulesetText(.nftText, origin: command, text: text))
            return
        }
    }

    /// Only iptables can say what the matches are that nft cannot show.
    private mutating func readIPTables(_ source: FirewallSource) {
        for (kind, program) in [
            (RulesetText.Kind.iptables, "iptables-nft-save"), (.ip6tables, "ip6tables-nft-save"),
        ] {
            guard case .printed(let text) = source.run(program, ["-c"]), !text.isEmpty else {
                continue
            }
            texts.append(RulesetText(kind, origin: "\(program) -c", text: text))
        }
    }

    /// The kernel says whether the older tables are in use; asking their tool would load them.
    private mutating func readLegacy(_ source: FirewallSource) {
        for (kind, program, names) in [
            (RulesetText.Kind.iptablesLegacy, "iptables-legacy-save", "ip_tables_names"),
            (.ip6tablesLegacy, "ip6tables-legacy-save", "ip6_tables_names"),
        ] {
            let list: [UInt8]
            do throws(Errno) {
                list = try source.networkFile(names)
            } catch {
                if error != .noSuchFileOrDirectory {
                    gaps.append(
                        .unread("whether \(program) has rules cannot be read (\(error))"))
                }
                continue
            }
            if list.isEmpty { continue }
            switch source.run(program, ["-c"]) {
            case .missing: gaps.append(Ruleset.legacyGap)
            case .failed(let reason): gaps.append(.unread("\(program) failed: \(reason)"))
            case .printed(let text):
                texts.append(RulesetText(kind, origin: "\(program) -c", text: text))
            }
        }
    }

    private mutating func readAddressSets(_ source: FirewallSource) {
        let usesSets = texts.contains { text in
            text.kind != .nftJSON
                && String(decoding: text.text, as: UTF8.self).contains("--match-set")
        }
        guard usesSets, case .printed(let text) = source.run("ipset", ["save"]) else { return }
        texts.append(RulesetText(.ipset, origin: "ipset save", text: text))
    }
}
