public import Prober

extension Ruleset {
    /// The rules in `texts`, joined; `gaps` is what their collector could not read.
    ///
    /// A table that both `nft` and `iptables-save` list is taken from the latter, which alone shows
    /// what its matches are.
    ///
    /// - Throws: ``InputError`` about the origin of a text that is malformed.
    public init(_ texts: [RulesetText], gaps: [RulesetGap] = []) throws(InputError) {
        self.init()
        self.gaps = gaps
        for text in texts {
            origins.append(text.origin)
            try add(text)
        }
        preferIPTables()
        for text in texts where text.kind == .nftText {
            readHeadings(text, isListed: texts.contains { $0.kind == .nftJSON })
        }
        // A table that iptables cannot show is one of nftables, and nft has shown it.
        if texts.contains(where: { $0.kind == .nftJSON }) {
            self.gaps.removeAll { gap in
                guard case .unread(let reason) = gap else { return false }
                return reason.hasPrefix(IPTablesReader.foreignTable)
            }
        }
        if tables.contains(where: { $0.engine == .legacy }) {
            self.gaps.removeAll { $0 == Self.legacyGap }
        }
    }

    static let legacyGap = RulesetGap.unread(
        "tables of iptables-legacy are in use, and were not read")

    private mutating func add(_ text: RulesetText) throws(InputError) {
        let found: (tables: [RuleTable], gaps: [RulesetGap])
        switch text.kind {
        case .nftJSON:
            found = try NFTReader.read(text.text, source: text.origin)
            readFamilies = [.ipv4, .ipv6]
        case .nftText:
            readFamilies = [.ipv4, .ipv6]
            found = ([], [])
        case .iptables, .ip6tables, .iptablesLegacy, .ip6tablesLegacy:
            let isNamed = text.kind == .ip6tables || text.kind == .ip6tablesLegacy
            let isLegacy = text.kind == .iptablesLegacy || text.kind == .ip6tablesLegacy
            let content = String(decoding: text.text, as: UTF8.self)
            let family: IPFamily = isNamed ? .ipv6 : IPTablesReader.family(of: content)
            found = try IPTablesReader.read(
                content, source: text.origin, family: family, isLegacy: isLegacy)
            readFamilies.insert(family)
            if content.contains("iptables-legacy tables present") { gaps.append(Self.legacyGap) }
        case .ipset:
            let sets = try AddressSetReader.read(
                String(decoding: text.text, as: UTF8.self), source: text.origin)
            addressSets.merge(sets) { $1 }
            found = ([], [])
        }
        tables += found.tables
        gaps += found.gaps
    }

    /// Takes from a listing as text what JSON may lack, and nothing else.
    ///
    /// What the text alone lists is a gap.
    private mutating func readHeadings(_ text: RulesetText, isListed: Bool) {
        let bytecode = NFTBytecode(String(decoding: text.text, as: UTF8.self))
        for index in tables.indices where tables[index].engine == .nftables {
            tables[index].listFamilies(from: bytecode)
        }
        let headings = NFTHeadings(bytecode.listing)
        var isCovered = isListed && headings != nil
        for found in headings?.tables ?? [] {
            let place = tables.firstIndex {
                $0.engine != .legacy && $0.family == found.family && $0.name == found.name
            }
            guard let place else {
                isCovered = false
                continue
            }
            // JSON may lack the flag altogether: what stands in memory may be no text.
            tables[place].isDormant = found.flags.contains("dormant")
            for chain in found.chains {
                guard let index = tables[place].chainIndex(chain.name),
                    let base = tables[place].chains[index].base
                else {
                    isCovered = false
                    continue
                }
                if base.devices.isEmpty {
                    tables[place].change(index) { $0.base?.devices = chain.devices }
                }
            }
        }
        if !isCovered { gaps.append(.textListing(text.origin)) }
    }

    private mutating func preferIPTables() {
        let listed = tables.filter { $0.engine == .iptables }
        tables.removeAll { table in
            table.engine == .nftables
                && listed.contains { other in
                    other.family == table.family && other.name == table.name
                        && table.chains.allSatisfy { chain in
                            chain.base == nil || other.chainIndex(chain.name) != nil
                        }
                }
        }
    }
}
